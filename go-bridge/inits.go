// SPDX-License-Identifier: MIT

package main

// Inits that panicked in a nested open. The outer open comes to them as well, and the run-time
// aborts if it finds inits that were started but not finished. So their state is reset, and their
// first function replaced by one that panics.

import "C"

import (
	"reflect"
	"unsafe"
)

func panicAgain() {
	panic("a package's init failed earlier, when another init opened a plugin that needs the package")
}

//export plugin_go_spoil_
func plugin_go_spoil_(task unsafe.Pointer) {
	functions := initFunctions((*initTask)(task))
	if len(functions) > 0 {
		functions[0] = reflect.ValueOf(panicAgain).Pointer()
	}
	(*initTask)(task).state = 0
}
