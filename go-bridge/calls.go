// SPDX-License-Identifier: MIT

package main

// Calls of Go functions whose types are known at run time only.
//
// reflect.Value.Call can make all of them, but is many times slower than a plain call from C. So
// where all parameters and results are in registers, the function is called as if all of its
// parameters and results were words: integers of a register's width, and float64s, which are passed
// in the same registers. A float32 is the low half of its word. The function ignores words that it
// does not take; result words that it does not return are garbage, and not read. The garbage
// collector uses the function's own types for its parameters, and C keeps alive what they point to;
// results that are pointers must be pointers in the type that is called, too (callWords). The
// caller leaves room to spill as many words as it passes. That suffices, since words.go admits no
// type that is larger in memory than in words. Go's register assignment may change with any
// version: selftest.go tries it, and if it differs, reflect makes all calls.

// #include "closure.h"
import "C"

import (
	"reflect"
	"unsafe"
)

// A call of a few words is faster than one of many.
const few = 4

type fewWords func(i0, i1, i2, i3 C.uint64_t, f0, f1, f2, f3 C.double) (
	j0, j1, j2, j3 C.uint64_t, g0, g1, g2, g3 C.double)

type manyWords func(i0, i1, i2, i3, i4, i5, i6, i7, i8 C.uint64_t, f0, f1, f2, f3, f4, f5, f6, f7 C.double) (
	j0, j1, j2, j3, j4, j5, j6, j7, j8 C.uint64_t, g0, g1, g2, g3, g4, g5, g6, g7 C.double)

// The Go side of a C function (struct plugin_go_function).
type function struct {
	value     reflect.Value
	in, out   []reflect.Type
	offsets   []C.size_t // of the results in the C result
	isKeeping bool       // the results may point to Go memory
	pointers  uint       // bit mask of the result words that are pointers
	errors    []int      // the result words in which errors start
}

// Deferred by each function that C calls: turns a panic into a text.
func catch(call *C.struct_plugin_go_call, hasReturned *bool) {
	if !*hasReturned {
		call.panic = panicText(recover())
	}
}

//export plugin_go_call_few_
func plugin_go_call_few_(call *C.struct_plugin_go_call) {
	hasReturned := false
	defer catch(call, &hasReturned)
	i, f := &call.integers, &call.floats
	value := *(*fewWords)(unsafe.Pointer(&call.value))
	i[0], i[1], i[2], i[3], f[0], f[1], f[2], f[3] =
		value(i[0], i[1], i[2], i[3], f[0], f[1], f[2], f[3])
	hasReturned = true
}

//export plugin_go_call_many_
func plugin_go_call_many_(call *C.struct_plugin_go_call) {
	hasReturned := false
	defer catch(call, &hasReturned)
	i, f := &call.integers, &call.floats
	value := *(*manyWords)(unsafe.Pointer(&call.value))
	i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], i[8], f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7] =
		value(i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], i[8], f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7])
	hasReturned = true
}

// For results of at most `few` words, some of which are pointers.
//
//export plugin_go_call_kept_
func plugin_go_call_kept_(call *C.struct_plugin_go_call) {
	hasReturned := false
	defer catch(call, &hasReturned)
	f := *(**function)(unsafe.Pointer(&call.record))
	if kept := wordCalls[f.pointers](call, f.pointers); kept != nil {
		keepFor(call, f, errorWords(call, f, kept))
	}
	hasReturned = true
}

//export plugin_go_call_reflect_
func plugin_go_call_reflect_(call *C.struct_plugin_go_call) {
	hasReturned := false
	defer catch(call, &hasReturned)
	f := *(**function)(unsafe.Pointer(&call.record))
	arguments := unsafe.Slice((*unsafe.Pointer)(unsafe.Pointer(call.arguments)), len(f.in))
	in := make([]reflect.Value, len(f.in))
	for i, t := range f.in {
		in[i] = reflect.NewAt(t, arguments[i]).Elem()
	}
	var out []reflect.Value
	if f.value.Type().IsVariadic() {
		out = f.value.CallSlice(in)
	} else {
		out = f.value.Call(in)
	}
	if kept := writeResults(call, f, out); f.isKeeping {
		keepFor(call, f, kept)
	}
	hasReturned = true
}

// ---- results ----

// Returns the text of an error, NUL-terminated; nil for no error.
func errorText(err error) unsafe.Pointer {
	if err == nil {
		return nil
	}
	text := append([]byte(untilNUL(err.Error())), 0)
	return unsafe.Pointer(&text[0])
}

// Replaces errors by their texts. `kept` keeps the words alive; the result keeps the texts, too.
func errorWords(call *C.struct_plugin_go_call, f *function, kept unsafe.Pointer) unsafe.Pointer {
	if len(f.errors) == 0 {
		return kept
	}
	all := make([]unsafe.Pointer, 1, 1+len(f.errors))
	all[0] = kept
	for _, word := range f.errors {
		text := errorText(*(*error)(unsafe.Add(kept, 8*word)))
		call.integers[word] = C.uint64_t(uintptr(text))
		all = append(all, text)
	}
	return unsafe.Pointer(&all[0])
}

// Copies the results of a call by reflect to C. Returns a pointer that keeps their memory alive.
func writeResults(call *C.struct_plugin_go_call, f *function, out []reflect.Value) unsafe.Pointer {
	all := make([]unsafe.Pointer, len(out)+1)
	for i, value := range out {
		to := unsafe.Add(call.result, f.offsets[i])
		if f.out[i] == errorType {
			err, _ := value.Interface().(error)
			text := errorText(err)
			*(*uintptr)(to) = uintptr(text)
			all[i] = text
			continue
		}
		copied := reflect.New(f.out[i])
		copied.Elem().Set(value)
		from := copied.UnsafePointer()
		size := f.out[i].Size()
		copy(unsafe.Slice((*byte)(to), size), unsafe.Slice((*byte)(from), size))
		all[i] = from
	}
	return unsafe.Pointer(&all[0])
}

// ---- words that are pointers ----

type word interface{ uintptr | unsafe.Pointer }

type keptWords[P, Q, R, S word] func(i0, i1, i2, i3, i4, i5, i6, i7, i8 C.uint64_t,
	f0, f1, f2, f3, f4, f5, f6, f7 C.double) (p P, q Q, r R, s S, g0, g1, g2, g3 C.double)

type wordResults[A, B, C, D word] struct {
	a A
	b B
	c C
	d D
}

// Makes the call. Returns memory with the result words, which keeps alive what they point to; nil
// if all pointers are nil.
func callWords[P, Q, R, S word](call *C.struct_plugin_go_call, pointers uint) unsafe.Pointer {
	i, f := &call.integers, &call.floats
	value := *(*keptWords[P, Q, R, S])(unsafe.Pointer(&call.value))
	p, q, r, s, g0, g1, g2, g3 :=
		value(i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], i[8], f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7])
	f[0], f[1], f[2], f[3] = g0, g1, g2, g3
	// As integers: C memory must not hold Go pointers.
	i[0], i[1] = *(*C.uint64_t)(unsafe.Pointer(&p)), *(*C.uint64_t)(unsafe.Pointer(&q))
	i[2], i[3] = *(*C.uint64_t)(unsafe.Pointer(&r)), *(*C.uint64_t)(unsafe.Pointer(&s))
	if (pointers&1 == 0 || i[0] == 0) && (pointers&2 == 0 || i[1] == 0) &&
		(pointers&4 == 0 || i[2] == 0) && (pointers&8 == 0 || i[3] == 0) {
		return nil
	}
	return unsafe.Pointer(&wordResults[P, Q, R, S]{p, q, r, s})
}

// Indexed by the bit mask of the words that are pointers.
var wordCalls = [1 << few]func(*C.struct_plugin_go_call, uint) unsafe.Pointer{
	0b0001: callWords[unsafe.Pointer, uintptr, uintptr, uintptr],
	0b0010: callWords[uintptr, unsafe.Pointer, uintptr, uintptr],
	0b0011: callWords[unsafe.Pointer, unsafe.Pointer, uintptr, uintptr],
	0b0100: callWords[uintptr, uintptr, unsafe.Pointer, uintptr],
	0b0101: callWords[unsafe.Pointer, uintptr, unsafe.Pointer, uintptr],
	0b0110: callWords[uintptr, unsafe.Pointer, unsafe.Pointer, uintptr],
	0b0111: callWords[unsafe.Pointer, unsafe.Pointer, unsafe.Pointer, uintptr],
	0b1000: callWords[uintptr, uintptr, uintptr, unsafe.Pointer],
	0b1001: callWords[unsafe.Pointer, uintptr, uintptr, unsafe.Pointer],
	0b1010: callWords[uintptr, unsafe.Pointer, uintptr, unsafe.Pointer],
	0b1011: callWords[unsafe.Pointer, unsafe.Pointer, uintptr, unsafe.Pointer],
	0b1100: callWords[uintptr, uintptr, unsafe.Pointer, unsafe.Pointer],
	0b1101: callWords[unsafe.Pointer, uintptr, unsafe.Pointer, unsafe.Pointer],
	0b1110: callWords[uintptr, unsafe.Pointer, unsafe.Pointer, unsafe.Pointer],
	0b1111: callWords[unsafe.Pointer, unsafe.Pointer, unsafe.Pointer, unsafe.Pointer],
}
