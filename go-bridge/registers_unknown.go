// SPDX-License-Identifier: MIT

//go:build !amd64 && !arm64

package main

// Go's registers are not known here: reflect makes all calls.
const (
	integerRegisters = 0
	floatRegisters   = 0
)

const (
	directIntegers = 0
	directFloats   = 0
)
