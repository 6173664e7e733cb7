//go:build go1.21

package main

import "unsafe"

// What runtime/proc.go calls initTask.
type initTask struct {
	state, functionCount uint32
	// The functions' addresses follow.
}

func initFunctions(task *initTask) []uintptr {
	return unsafe.Slice((*uintptr)(unsafe.Add(unsafe.Pointer(task), 8)), int(task.functionCount))
}
