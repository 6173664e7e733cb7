// The bridge between libplugin and Go: a shared library that opens Go plugins with Go's package
// plugin, and makes C functions of Go's. bridge.h says what the library may ask of it.
//
// Go's memory is never written into C's but as plain addresses, so that Go's checks of cgo's rules
// (GODEBUG=cgocheck) hold; kept.go keeps it alive.
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

// The plugins that are open, by the paths that they were opened from.
var plugins = struct {
	sync.Mutex
	byPath map[string]*plugin.Plugin
}{byPath: map[string]*plugin.Plugin{}}

// Go's message repeats the path, which the library says itself.
func reason(err error) string {
	text := err.Error()
	if _, after, found := strings.Cut(text, `"): `); found {
		return after
	}
	return text
}

// What a panic says, in a form that C can free. Of a value whose method panics when it is asked, fmt
// says so; with the value itself, fmt panics, too.
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
