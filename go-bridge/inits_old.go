//go:build !go1.21

package main

import "unsafe"

// What runtime/proc.go calls initTask.
type initTask struct {
	state, importCount, functionCount uintptr
	// The imports' tasks follow, and the functions' addresses.
}

func initFunctions(task *initTask) []uintptr {
	first := unsafe.Add(unsafe.Pointer(task), 8*(3+task.importCount))
	return unsafe.Slice((*uintptr)(first), int(task.functionCount))
}
