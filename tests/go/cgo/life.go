// The game of life, half in C and half in Go: both call each other, from many threads.
package main

// #include "life.h"
import "C"

import (
	"sync"
	"unsafe"
)

var running sync.WaitGroup

// Run advances a square board of this side by as many generations.
func Run(generations, side int, board []int32) {
	next := make([]int32, side*side)
	for i := 0; i < generations; i++ {
		C.life_advance(C.int(side), (*C.int)(unsafe.Pointer(&board[0])), (*C.int)(unsafe.Pointer(&next[0])))
		copy(board, next)
	}
}

//export goStart
func goStart(side, from, to C.int, board, next *C.int) {
	running.Add(1)
	go func() {
		defer running.Done()
		C.life_rows(side, from, to, board, next)
	}()
}

//export goWait
func goWait() { running.Wait() }
