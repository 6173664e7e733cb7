// SPDX-License-Identifier: MIT

// The functions that are called: each once as a Go plugin exports it, and once as cgo does.
package main

import "C"
import "unsafe"

func Nothing() {}

//export export_nothing
func export_nothing() {}

func Add(a, b int) int { return a + b }

//export export_add
func export_add(a, b C.long) C.long { return a + b }

func Scale(a, b float64) float64 { return a * b }

//export export_scale
func export_scale(a, b C.double) C.double { return a * b }

func Mix(a int8, b uint16, c float32, d int32, e float64, f uint64, g bool) float64 {
	return mix(a, b, c, d, e, f, g)
}

//export export_mix
func export_mix(a C.schar, b C.ushort, c C.float, d C.int, e C.double, f C.ulong, g bool) C.double {
	return C.double(mix(int8(a), uint16(b), float32(c), int32(d), float64(e), uint64(f), g))
}

func mix(a int8, b uint16, c float32, d int32, e float64, f uint64, g bool) float64 {
	sum := float64(a) + float64(b) + float64(c) + float64(d) + e + float64(f)
	if g {
		return sum
	}
	return -sum
}

func Load(p unsafe.Pointer, offset int) int32 { return *(*int32)(unsafe.Add(p, offset)) }

//export export_load
func export_load(p unsafe.Pointer, offset C.long) C.int {
	return C.int(*(*int32)(unsafe.Add(p, int(offset))))
}

func main() {}
