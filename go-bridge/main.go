// SPDX-License-Identifier: MIT

// The bridge between libplugin and Go: a shared library that opens Go plugins with Go's package
// plugin, and makes C functions for Go functions. bridge.h is its interface.
//
// Pointers to Go memory are written into C memory only as integers, as cgo's rules demand
// (GODEBUG=cgocheck); kept.go keeps that memory alive.
package main

/*
#cgo LDFLAGS: -lffi
#include "closure.h"
*/
import "C"

import (
	"fmt"
	"plugin"
	"reflect"
	"strings"
	"sync"
	"unsafe"
)

func main() {}

// The open plugins, by the paths from which they were opened.
var plugins = struct {
	sync.Mutex
	byPath map[string]*plugin.Plugin
}{byPath: map[string]*plugin.Plugin{}}

// Go's message starts with the path, which libplugin adds itself.
func reason(err error) string {
	text := err.Error()
	if _, after, found := strings.Cut(text, `"): `); found {
		return after
	}
	return text
}

// Returns the text of a panic, allocated by malloc. fmt reports a String method that panics, but
// panics itself if that method panics with its own value.
func panicText(value any) (text *C.char) {
	defer func() {
		recover()
		if text == nil {
			text = C.CString(fmt.Sprintf("panic: a value of type %T, which panics when formatted", value))
		}
	}()
	return C.CString("panic: " + untilNUL(fmt.Sprint(value)))
}

func untilNUL(text string) string {
	before, _, _ := strings.Cut(text, "\x00")
	return before
}

//export plugin_go_open_
func plugin_go_open_(path *C.char, isInitFailure *C.bool) (why *C.char) {
	*isInitFailure = false
	hasReturned := false
	defer func() {
		if !hasReturned {
			*isInitFailure = true
			why = panicText(recover())
		}
	}()
	name := C.GoString(path)
	opened, err := plugin.Open(name)
	hasReturned = true
	if err != nil {
		return C.CString(untilNUL(reason(err)))
	}
	plugins.Lock()
	plugins.byPath[name] = opened
	plugins.Unlock()
	return nil
}

//export plugin_go_bind_
func plugin_go_bind_(path, name *C.char, context unsafe.Pointer, why **C.char) unsafe.Pointer {
	code, err := bind(C.GoString(path), C.GoString(name), context)
	if err != nil {
		*why = C.CString(untilNUL(err.Error()))
	}
	return code
}

func bind(path, name string, context unsafe.Pointer) (unsafe.Pointer, error) {
	plugins.Lock()
	opened := plugins.byPath[path]
	plugins.Unlock()
	if opened == nil {
		return nil, fmt.Errorf("no plugin was opened from this path")
	}
	symbol, err := opened.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("it has no symbol %s", name)
	}
	if reflect.TypeOf(symbol).Kind() != reflect.Func {
		return nil, fmt.Errorf("%s is a variable", name)
	}
	return makeFunction(symbol, context)
}
