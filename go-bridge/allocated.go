// SPDX-License-Identifier: MIT

package main

// Go memory that C fills, for a plugin that is isolated: what a call passes is copied there, so that Go
// may keep it. The collector must know where pointers lie: a number that looks like one would be an
// error to it.

// #include <stddef.h>
// #include <stdint.h>
import "C"

import (
	"reflect"
	"strconv"
	"sync"
	"unsafe"
)

// The types of objects with pointers, by the address of their offsets.
var layouts = struct {
	sync.Mutex
	byOffsets map[*C.size_t]reflect.Type
}{byOffsets: map[*C.size_t]reflect.Type{}}

// Returns a struct of this size with pointers at these offsets, in rising order.
func makeLayout(size C.size_t, pointers []C.size_t) reflect.Type {
	var fields []reflect.StructField
	end := C.size_t(0)
	add := func(t reflect.Type, words int) {
		name := "F" + strconv.Itoa(len(fields))
		if words > 0 {
			fields = append(fields, reflect.StructField{Name: name, Type: reflect.ArrayOf(words, t)})
			end += C.size_t(8 * words)
		}
	}
	number, pointer := reflect.TypeOf(uint64(0)), reflect.TypeOf(unsafe.Pointer(nil))
	for i, run := 0, 0; i < len(pointers); i += run {
		for run = 1; i+run < len(pointers) && pointers[i+run] == pointers[i]+C.size_t(8*run); run++ {
		}
		add(number, int((pointers[i]-end)/8))
		add(pointer, run)
	}
	add(number, int((size-end)/8))
	return reflect.StructOf(fields)
}

func layoutOf(size C.size_t, pointers *C.size_t, count C.size_t) reflect.Type {
	layouts.Lock()
	defer layouts.Unlock()
	t := layouts.byOffsets[pointers]
	if t == nil {
		t = makeLayout(size, unsafe.Slice(pointers, int(count)))
		layouts.byOffsets[pointers] = t
	}
	return t
}

//export plugin_go_allocate_
func plugin_go_allocate_(size C.size_t, pointers *C.size_t, pointerCount, count C.size_t) (made C.uintptr_t) {
	defer func() {
		recover() // more than Go can make
	}()
	var memory unsafe.Pointer
	if pointerCount == 0 {
		memory = unsafe.Pointer(&make([]uint64, (size*count+7)/8)[0])
	} else {
		t := layoutOf(size, pointers, pointerCount)
		memory = reflect.MakeSlice(reflect.SliceOf(t), int(count), int(count)).UnsafePointer()
	}
	made = C.uintptr_t(uintptr(memory))
	plugin_go_keep_(made)
	return made
}
