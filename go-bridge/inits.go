package main

// Inits that have panicked in an open within another one. The outer one comes to them, too, and the
// run-time aborts when it finds inits that have begun and not ended. So they are made to wait again,
// and to panic at once.

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
