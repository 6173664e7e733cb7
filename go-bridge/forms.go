// SPDX-License-Identifier: MIT

package main

// Go types as libffi types: the C forms of docs/go.md.

// #include "closure.h"
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"reflect"
	"unsafe"
)

var errorType = reflect.TypeOf((*error)(nil)).Elem()

// The size of the largest value that is passed by value.
const largestValue = 64 << 10

var scalars = map[reflect.Kind]C.enum_plugin_go_scalar{
	reflect.Bool:          C.PLUGIN_GO_U8,
	reflect.Int:           C.PLUGIN_GO_S64,
	reflect.Int8:          C.PLUGIN_GO_S8,
	reflect.Int16:         C.PLUGIN_GO_S16,
	reflect.Int32:         C.PLUGIN_GO_S32,
	reflect.Int64:         C.PLUGIN_GO_S64,
	reflect.Uint:          C.PLUGIN_GO_U64,
	reflect.Uint8:         C.PLUGIN_GO_U8,
	reflect.Uint16:        C.PLUGIN_GO_U16,
	reflect.Uint32:        C.PLUGIN_GO_U32,
	reflect.Uint64:        C.PLUGIN_GO_U64,
	reflect.Uintptr:       C.PLUGIN_GO_U64,
	reflect.Float32:       C.PLUGIN_GO_F32,
	reflect.Float64:       C.PLUGIN_GO_F64,
	reflect.Complex64:     C.PLUGIN_GO_COMPLEX64,
	reflect.Complex128:    C.PLUGIN_GO_COMPLEX128,
	reflect.Pointer:       C.PLUGIN_GO_POINTER,
	reflect.UnsafePointer: C.PLUGIN_GO_POINTER,
}

// The forms of one function, and their memory.
type forms struct {
	allocated []unsafe.Pointer
	known     map[reflect.Type]*C.ffi_type
}

func (f *forms) free() {
	for _, memory := range f.allocated {
		C.free(memory)
	}
}

// Returns a C struct of these members, and their offsets.
func (f *forms) structOf(members []*C.ffi_type) (*C.ffi_type, []C.size_t) {
	form := C.plugin_go_struct_type(C.size_t(len(members)))
	if form == nil {
		panic("out of memory")
	}
	f.allocated = append(f.allocated, unsafe.Pointer(form))
	copy(unsafe.Slice(form.elements, len(members)), members)
	offsets := make([]C.size_t, len(members))
	if !C.plugin_go_struct_finish(form, &offsets[0]) {
		panic("libffi cannot lay out a struct")
	}
	return form, offsets
}

// Returns the form of a type as it is in memory. Its size is from 1 to largestValue.
func (f *forms) of(t reflect.Type) (*C.ffi_type, error) {
	if scalar, found := scalars[t.Kind()]; found {
		return C.plugin_go_scalar_type(scalar), nil
	}
	if form := f.known[t]; form != nil {
		return form, nil
	}
	form, err := f.make(t)
	if err == nil {
		f.known[t] = form
	}
	return form, err
}

func (f *forms) make(t reflect.Type) (*C.ffi_type, error) {
	pointer := C.plugin_go_scalar_type(C.PLUGIN_GO_POINTER)
	length := C.plugin_go_scalar_type(C.PLUGIN_GO_S64)
	switch t.Kind() {
	case reflect.String:
		form, _ := f.structOf([]*C.ffi_type{pointer, length})
		return form, nil
	case reflect.Slice:
		form, _ := f.structOf([]*C.ffi_type{pointer, length, length})
		return form, nil
	case reflect.Array:
		return f.ofArray(t)
	case reflect.Struct:
		return f.ofStruct(t)
	}
	return nil, fmt.Errorf("%s has no C form", t)
}

// libffi has no arrays. Within a struct, one is laid out and passed like a struct of its elements.
func (f *forms) ofArray(t reflect.Type) (*C.ffi_type, error) {
	element, err := f.of(t.Elem())
	if err != nil {
		return nil, err
	}
	elements := make([]*C.ffi_type, t.Len())
	for i := range elements {
		elements[i] = element
	}
	form, _ := f.structOf(elements)
	return form, nil
}

func (f *forms) ofStruct(t reflect.Type) (*C.ffi_type, error) {
	var members []*C.ffi_type
	var wanted []uintptr
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		if field.Name == "_" || field.Type.Size() == 0 {
			continue
		}
		member, err := f.of(field.Type)
		if err != nil {
			return nil, err
		}
		members = append(members, member)
		wanted = append(wanted, field.Offset)
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("%s has no members in C", t)
	}
	form, offsets := f.structOf(members)
	for i, offset := range offsets {
		if uintptr(offset) != wanted[i] {
			return nil, fmt.Errorf("C lays out %s differently", t)
		}
	}
	if uintptr(form.size) != t.Size() {
		return nil, fmt.Errorf("C lays out %s differently", t)
	}
	return form, nil
}

// Returns the form of a parameter or a result.
func (f *forms) ofValue(t reflect.Type) (*C.ffi_type, error) {
	switch {
	case t.Kind() == reflect.Array:
		return nil, fmt.Errorf("C cannot pass %s, an array, by value", t)
	case t.Size() == 0:
		return nil, fmt.Errorf("C cannot pass %s, of size 0, by value", t)
	case t.Size() > largestValue:
		return nil, fmt.Errorf("%s is too large to pass by value", t)
	}
	return f.of(t)
}

// Returns the form of all results together, and the offset of each.
func (f *forms) ofResults(t reflect.Type) (*C.ffi_type, []C.size_t, error) {
	var members []*C.ffi_type
	for i := 0; i < t.NumOut(); i++ {
		member := C.plugin_go_scalar_type(C.PLUGIN_GO_POINTER)
		if t.Out(i) != errorType {
			var err error
			if member, err = f.ofValue(t.Out(i)); err != nil {
				return nil, nil, fmt.Errorf("its result %d: %w", i+1, err)
			}
		}
		members = append(members, member)
	}
	switch len(members) {
	case 0:
		return C.plugin_go_scalar_type(C.PLUGIN_GO_VOID), nil, nil
	case 1:
		return members[0], []C.size_t{0}, nil
	}
	form, offsets := f.structOf(members)
	return form, offsets, nil
}
