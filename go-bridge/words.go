// SPDX-License-Identifier: MIT

package main

// The assignment of parameters and results to registers, by the rules of Go's ABIInternal
// (cmd/compile/abi-internal.md in Go's source).

// #include "closure.h"
import "C"

import "reflect"

// A sequence of values as words in registers. Adding a value fails if it does not fit, or if its
// assignment is not certain.
type words struct {
	integers, floats int
	pointers         uint // bit mask of the integers that are pointers
	moves            []C.struct_plugin_go_move
}

func (w *words) areFew() bool {
	return w.integers <= few && w.floats <= few
}

func (w *words) add(scalar C.enum_plugin_go_scalar, argument int, offset uintptr) bool {
	word := &w.integers
	limit := integerRegisters
	if scalar == C.PLUGIN_GO_F32 || scalar == C.PLUGIN_GO_F64 {
		word = &w.floats
		limit = floatRegisters
	}
	if *word == limit {
		return false
	}
	w.moves = append(w.moves, C.struct_plugin_go_move{
		scalar:   scalar,
		argument: C.uint(argument),
		offset:   C.size_t(offset),
		word:     C.uint(*word),
	})
	*word++
	return true
}

func (w *words) addPointer(argument int, offset uintptr) bool {
	w.pointers |= 1 << w.integers
	return w.add(C.PLUGIN_GO_POINTER, argument, offset)
}

// Adds a value at an offset in an argument, or in the result.
func (w *words) addValue(t reflect.Type, argument int, offset uintptr) bool {
	switch t.Kind() {
	case reflect.Complex64:
		return w.add(C.PLUGIN_GO_F32, argument, offset) &&
			w.add(C.PLUGIN_GO_F32, argument, offset+4)
	case reflect.Complex128:
		return w.add(C.PLUGIN_GO_F64, argument, offset) &&
			w.add(C.PLUGIN_GO_F64, argument, offset+8)
	case reflect.Pointer, reflect.UnsafePointer:
		return w.addPointer(argument, offset)
	case reflect.String:
		return w.addPointer(argument, offset) &&
			w.add(C.PLUGIN_GO_S64, argument, offset+8)
	case reflect.Slice:
		return w.addPointer(argument, offset) &&
			w.add(C.PLUGIN_GO_S64, argument, offset+8) &&
			w.add(C.PLUGIN_GO_S64, argument, offset+16)
	case reflect.Array:
		return t.Len() == 1 && w.addValue(t.Elem(), argument, offset)
	case reflect.Struct:
		return w.addStruct(t, argument, offset)
	}
	scalar, found := scalars[t.Kind()]
	return found && w.add(scalar, argument, offset)
}

func (w *words) addStruct(t reflect.Type, argument int, offset uintptr) bool {
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		// The callee would spill it to more memory than its words take.
		if field.Name == "_" || field.Type.Size() == 0 {
			return false
		}
		if !w.addValue(field.Type, argument, offset+field.Offset) {
			return false
		}
	}
	return true
}

// Adds an error, which is two words in Go; the first one becomes its text for C.
func (w *words) addError(offset uintptr) bool {
	return w.addPointer(0, offset) && w.skipPointer()
}

func (w *words) skipPointer() bool {
	if w.integers == integerRegisters {
		return false
	}
	w.pointers |= 1 << w.integers
	w.integers++
	return true
}

func argumentWords(t reflect.Type) (words, bool) {
	var w words
	for i := 0; i < t.NumIn(); i++ {
		if !w.addValue(t.In(i), i, 0) {
			return w, false
		}
	}
	return w, true
}

// Also returns the words in which errors start. The offsets are those in the C result.
func resultWords(t reflect.Type, offsets []C.size_t) (w words, errors []int, done bool) {
	for i := 0; i < t.NumOut(); i++ {
		start := w.integers
		offset := uintptr(offsets[i])
		if t.Out(i) == errorType {
			errors = append(errors, start)
			done = w.addError(offset)
		} else {
			done = w.addValue(t.Out(i), 0, offset)
		}
		if !done {
			return w, nil, false
		}
	}
	return w, errors, true
}

// Returns whether C and Go pass the same words in the same order, so that no moves are needed. They
// do if C has a word for each scalar and for each part of a string; not for complex numbers, nor
// for structs, whose members may share words. An error is two words in Go, so it must be the last
// result.
func isDirect(t reflect.Type) bool {
	integers, floats := 0, 0
	for i := 0; i < t.NumIn(); i++ {
		switch t.In(i).Kind() {
		case reflect.Float32, reflect.Float64:
			floats++
		case reflect.String:
			integers += 2
		case reflect.Complex64, reflect.Complex128, reflect.Slice, reflect.Struct:
			return false
		default:
			integers++
		}
	}
	return integers <= directIntegers && floats <= directFloats && isDirectResult(t)
}

func isDirectResult(t reflect.Type) bool {
	switch t.NumOut() {
	case 0:
		return true
	case 1:
		_, isScalar := scalars[t.Out(0).Kind()]
		return (isScalar && !isComplex(t.Out(0))) || t.Out(0).Kind() == reflect.String || t.Out(0) == errorType
	case 2:
		return isWholeInteger(t.Out(0)) && (isWholeInteger(t.Out(1)) || t.Out(1) == errorType)
	}
	return false
}

func isComplex(t reflect.Type) bool {
	return t.Kind() == reflect.Complex64 || t.Kind() == reflect.Complex128
}

// Returns whether C returns it in a register of its own even as one of two results.
func isWholeInteger(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr,
		reflect.Pointer, reflect.UnsafePointer:
		return true
	}
	return false
}
