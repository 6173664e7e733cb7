// SPDX-License-Identifier: MIT

//go:build !go1.21

package main

import "unsafe"

// runtime.initTask (runtime/proc.go).
type initTask struct {
	state, importCount, functionCount uintptr
	// The tasks of the imports follow, then the addresses of the functions.
}

func initFunctions(task *initTask) []uintptr {
	first := unsafe.Add(unsafe.Pointer(task), 8*(3+task.importCount))
	return unsafe.Slice((*uintptr)(first), int(task.functionCount))
}
