// Package jump has a switch that is compiled to a jump table.
package jump

import "runtime"

var y int

// Square is x squared; 0 if a jump has left the function for a copy in another module.
//
//go:noinline
func Square(x int) int {
	var before, after [1]uintptr
	runtime.Callers(1, before[:])
	switch x {
	case 1:
		y = 1
	case 2:
		y = 4
	case 3:
		y = 9
	case 4:
		y = 16
	case 5:
		y = 25
	case 6:
		y = 36
	case 7:
		y = 49
	case 8:
		y = 64
	default:
		panic("too large")
	}
	runtime.Callers(1, after[:])
	if after[0] < before[0] || after[0] > before[0]+1000000 {
		return 0
	}
	return y
}
