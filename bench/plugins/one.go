// SPDX-License-Identifier: MIT

// The same plugin for Go.
package main

import "fmt"

var V int32

func F() {}

func Print() { fmt.Println("Hello, number", V) }

var (
	S000000, S000001, S000002, S000003, S000004, S000005, S000006, S000007 int32
	S000008, S000009, S000010, S000011, S000012, S000013, S000014, S000015 int32
)

func main() {}
