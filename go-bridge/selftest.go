// SPDX-License-Identifier: MIT

package main

// Tests once whether this Go assigns registers as words.go does.

// #include "closure.h"
import "C"

import (
	"errors"
	"math"
	"reflect"
	"unsafe"
)

var registersAreKnown = integerRegisters > 0 && selfTestFew() && selfTestMany() && selfTestKept()

//go:noinline
func testFew(a int8, b float32, c uint16, d float64) (float64, int16, float32, bool) {
	return d * 2, int16(a) * 3, b * 4, c == 40000
}

type testPair struct {
	integer int32
	float   float32
}

// Pointed to by words, and so not on the stack, where nothing would keep it alive.
var (
	testText = "text"
	testList = []int16{100, 20, 3}
	testLast = 4
)

// Makes the stack grow, for which parameters are spilled from registers.
//
//go:noinline
func testStack(depth int) byte {
	var bytes [4096]byte
	bytes[depth] = byte(depth)
	if depth == 0 {
		return 0
	}
	return testStack(depth-1) + bytes[depth] - byte(depth)
}

//go:noinline
func testMany(s string, list []int16, p testPair, one [1]uint64, f float64, c complex64, d complex128,
	last *int, g, h float32) (testPair, string, complex128, float32, uintptr) {
	testStack(32)
	sum := float64(list[0]) + float64(list[1]) + float64(cap(list)) + float64(*last) + float64(one[0])
	return testPair{p.integer + 1, p.float * 2}, s, d + complex128(c) + complex(sum, f), g - h, uintptr(len(s))
}

//go:noinline
func testKept(s string, fails bool) (string, error) {
	if fails {
		return s, errors.New(s)
	}
	return s, nil
}

func setFloat32(word *C.double, value float32) {
	*(*uint64)(unsafe.Pointer(word)) = uint64(math.Float32bits(value))
}

func isFloat32(word C.double, value float32) bool {
	return uint32(math.Float64bits(float64(word))) == math.Float32bits(value)
}

func newTestCall(f any) *C.struct_plugin_go_call {
	return &C.struct_plugin_go_call{value: C.uintptr_t(funcValue(f))}
}

func selfTestFew() bool {
	call := newTestCall(testFew)
	i, f := &call.integers, &call.floats
	i[0], i[1] = math.MaxUint64-4, 40000
	setFloat32(&f[0], 1.5)
	f[1] = 2.25
	plugin_go_call_few_(call)
	return call.panic == nil && int16(i[0]) == -15 && byte(i[1]) == 1 && f[0] == 4.5 && isFloat32(f[1], 6)
}

func selfTestMany() bool {
	words, fit := argumentWords(reflect.TypeOf(testMany))
	if !fit || words.integers != 8 || words.floats != 8 {
		return false
	}
	call := newTestCall(testMany)
	i, f := &call.integers, &call.floats
	i[0], i[1] = C.uint64_t(uintptr(*(*unsafe.Pointer)(unsafe.Pointer(&testText)))), 4
	i[2], i[3], i[4] = C.uint64_t(uintptr(unsafe.Pointer(&testList[0]))), 2, 3
	i[5], i[6], i[7] = math.MaxUint64-6, 5000, C.uint64_t(uintptr(unsafe.Pointer(&testLast)))
	setFloat32(&f[0], 0.5)
	f[1] = 7
	setFloat32(&f[2], 8)
	setFloat32(&f[3], 9)
	f[4], f[5] = 1000, 2000
	setFloat32(&f[6], 11)
	setFloat32(&f[7], 12.5)
	start := i[0]
	plugin_go_call_many_(call)
	return call.panic == nil && int32(i[0]) == -6 && i[1] == start && i[2] == 4 && i[3] == 4 &&
		isFloat32(f[0], 1) && f[1] == 1000+8+100+20+3+4+5000 && f[2] == 2000+9+7 && isFloat32(f[3], -1.5)
}

func selfTestKept() bool {
	const pattern = 0b1101
	for _, fails := range []bool{false, true} {
		call := newTestCall(testKept)
		i := &call.integers
		i[0], i[1] = C.uint64_t(uintptr(*(*unsafe.Pointer)(unsafe.Pointer(&testText)))), 4
		if fails {
			i[2] = 1
		}
		start := i[0]
		kept := wordCalls[pattern](call, pattern)
		if i[0] != start || i[1] != 4 || kept == nil || *(*unsafe.Pointer)(kept) == nil {
			return false
		}
		err := *(*error)(unsafe.Add(kept, 16))
		if fails != (err != nil && err.Error() == testText) {
			return false
		}
	}
	return true
}
