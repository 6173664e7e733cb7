// SPDX-License-Identifier: MIT

//go:build amd64 || arm64

package main

// How many registers are used here. Go has at least as many for parameters and results: on amd64,
// AX BX CX DI SI R8 R9 R10 R11 and X0 to X14; on arm64, R0 to R15 and F0 to F15.
const (
	integerRegisters = 9
	floatRegisters   = 8
)

// How many registers C has for parameters in both machines' ABIs.
const (
	directIntegers = 6
	directFloats   = 8
)
