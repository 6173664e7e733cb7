// SPDX-License-Identifier: MIT

package main

// Making a C function for a Go function.

// #include "closure.h"
import "C"

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// All functions that were made, for C refers to them for ever.
var functions struct {
	sync.Mutex
	all []*function
}

// Returns the func value, which is the data word of the interface.
func funcValue(symbol any) uintptr {
	return (*[2]uintptr)(unsafe.Pointer(&symbol))[1]
}

func hasPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return hasPointers(t.Elem())
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if hasPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.String, reflect.UnsafePointer:
		return true
	}
	return false
}

// How C calls a function, and the words to move.
type way struct {
	kind      C.enum_plugin_go_way
	arguments []C.struct_plugin_go_move
	results   []C.struct_plugin_go_move
}

// Returns the fastest way to call the function.
func (f *function) fastestWay() way {
	t := f.value.Type()
	arguments, fit := argumentWords(t)
	results, errors, alsoFit := resultWords(t, f.offsets)
	if !fit || !alsoFit || !registersAreKnown {
		return way{kind: C.PLUGIN_GO_BY_REFLECT}
	}
	w := way{arguments: arguments.moves, results: results.moves}
	switch {
	case results.pointers != 0 && results.areFew():
		f.pointers, f.errors = results.pointers, errors
		w.kind = C.PLUGIN_GO_BY_KEPT
	case results.pointers != 0:
		return way{kind: C.PLUGIN_GO_BY_REFLECT}
	case arguments.areFew() && results.areFew():
		w.kind = C.PLUGIN_GO_BY_FEW
	default:
		w.kind = C.PLUGIN_GO_BY_MANY
	}
	return w
}

// Makes the C function, which is never freed.
func makeFunction(symbol any, context unsafe.Pointer) (unsafe.Pointer, error) {
	f := &function{value: reflect.ValueOf(symbol)}
	all := forms{known: map[reflect.Type]*C.ffi_type{}}
	code, err := f.make(&all, funcValue(symbol), context)
	if err != nil {
		all.free()
		return nil, err
	}
	functions.Lock()
	functions.all = append(functions.all, f)
	functions.Unlock()
	return code, nil
}

// Returns the forms of all parameters.
func (f *function) parameters(all *forms) ([]*C.ffi_type, error) {
	var parameters []*C.ffi_type
	t := f.value.Type()
	for i := 0; i < t.NumIn(); i++ {
		form, err := all.ofValue(t.In(i))
		if err != nil {
			return nil, fmt.Errorf("its parameter %d: %w", i+1, err)
		}
		parameters = append(parameters, form)
		f.in = append(f.in, t.In(i))
	}
	return parameters, nil
}

func (f *function) make(all *forms, value uintptr, context unsafe.Pointer) (unsafe.Pointer, error) {
	parameters, err := f.parameters(all)
	if err != nil {
		return nil, err
	}
	t := f.value.Type()
	result, offsets, err := all.ofResults(t)
	if err != nil {
		return nil, err
	}
	f.offsets = offsets
	for i := 0; i < t.NumOut(); i++ {
		f.out = append(f.out, t.Out(i))
		f.isKeeping = f.isKeeping || hasPointers(t.Out(i))
	}
	w := f.fastestWay()
	made := C.plugin_go_function_new(C.size_t(len(parameters)), C.size_t(len(w.arguments)),
		C.size_t(len(w.results)))
	if made == nil {
		return nil, errors.New("out of memory")
	}
	made.way = w.kind
	made.value = C.uintptr_t(value)
	made.record = C.uintptr_t(uintptr(unsafe.Pointer(f)))
	made.context = context
	made.is_direct = C.bool(w.kind != C.PLUGIN_GO_BY_REFLECT && isDirect(t))
	made.is_keeping = C.bool(f.isKeeping)
	if t.NumOut() > 0 {
		made.result_size = result.size
	}
	made.result = result
	copy(unsafe.Slice(made.parameters, len(parameters)), parameters)
	copy(unsafe.Slice(made.argument_moves, len(w.arguments)), w.arguments)
	copy(unsafe.Slice(made.result_moves, len(w.results)), w.results)
	code := C.plugin_go_function_finish(made)
	if code == nil {
		C.plugin_go_function_free(made)
		return nil, errors.New("libffi cannot make a function with these types")
	}
	return code, nil
}
