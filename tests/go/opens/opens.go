// A plugin that opens others: by Go's package plugin, and by libplugin.
package main

// #include <plugin.h>
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"os"
	"plugin"
	"reflect"
	"unsafe"
)

func init() {
	if path := os.Getenv("OPENS_AT_INIT"); path != "" {
		fmt.Println("init:", ByC(path))
	}
}

// ByGo opens a plugin as Go programs do, and calls its function F, Value or its variable's method.
func ByGo(path, name string) string {
	opened, err := plugin.Open(path)
	if err != nil {
		return err.Error()
	}
	symbol, err := opened.Lookup(name)
	if err != nil {
		return err.Error()
	}
	if f, ok := symbol.(func() int); ok {
		return fmt.Sprint(f())
	}
	if method := reflect.ValueOf(symbol).Elem().MethodByName("M"); method.IsValid() {
		return fmt.Sprint(method.Call(nil)[0])
	}
	return fmt.Sprintf("%T", symbol)
}

// ByC opens a plugin as C programs do.
func ByC(path string) string {
	text := C.CString(path)
	defer C.free(unsafe.Pointer(text))
	if opened := C.plugin_open(text); opened != nil {
		return "opened " + C.GoString(C.plugin_path(opened))
	}
	return C.GoString(C.plugin_error())
}
