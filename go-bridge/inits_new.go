// SPDX-License-Identifier: MIT

//go:build go1.21

package main

import "unsafe"

// runtime.initTask (runtime/proc.go).
type initTask struct {
	state, functionCount uint32
	// The addresses of the functions follow.
}

func initFunctions(task *initTask) []uintptr {
	return unsafe.Slice((*uintptr)(unsafe.Add(unsafe.Pointer(task), 8)), int(task.functionCount))
}
