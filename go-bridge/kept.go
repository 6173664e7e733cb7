package main

// What keeps the memory alive that C knows of: the results of each thread's last call of each
// function, until that thread has ended; and what the library was told to keep.

// #include "closure.h"
// #include <stdlib.h>
import "C"

import (
	"sync"
	"unsafe"
)

// What a thread's last calls have returned. Only that thread uses it.
type thread struct {
	results map[*function]unsafe.Pointer
}

// The threads that C has records of.
var threads = struct {
	sync.Mutex
	all map[*thread]struct{}
}{all: map[*thread]struct{}{}}

// What this thread keeps, made when it first keeps something. What the call says of it may be from
// before another call that was made within this one.
func currentThread(call *C.struct_plugin_go_call) *thread {
	address := call.thread
	if address == 0 {
		address = C.plugin_go_thread_kept()
	}
	if address != 0 {
		return *(**thread)(unsafe.Pointer(&address))
	}
	t := &thread{map[*function]unsafe.Pointer{}}
	threads.Lock()
	threads.all[t] = struct{}{}
	threads.Unlock()
	C.plugin_go_thread_keep(C.uintptr_t(uintptr(unsafe.Pointer(t))))
	return t
}

// Forgets the threads that have ended.
func forgetEnded() {
	threads.Lock()
	defer threads.Unlock()
	for ended := C.plugin_go_take_ended(); ended != nil; {
		next := ended.next
		delete(threads.all, *(**thread)(unsafe.Pointer(&ended.kept)))
		C.free(unsafe.Pointer(ended))
		ended = next
	}
}

// Keeps this alive until the thread calls the function again, or ends.
func keepFor(call *C.struct_plugin_go_call, f *function, memory unsafe.Pointer) {
	if bool(call.has_ended) {
		forgetEnded()
	}
	currentThread(call).results[f] = memory
}

// What the library keeps, and how often.
var kept = struct {
	sync.Mutex
	count map[unsafe.Pointer]int
}{count: map[unsafe.Pointer]int{}}

// Addresses below are no memory; Go takes such a pointer for a mistake.
const lowestAddress = 4096

//export plugin_go_keep_
func plugin_go_keep_(address C.uintptr_t) {
	if address < lowestAddress {
		return
	}
	memory := *(*unsafe.Pointer)(unsafe.Pointer(&address))
	kept.Lock()
	kept.count[memory]++
	kept.Unlock()
}

//export plugin_go_release_
func plugin_go_release_(address C.uintptr_t) {
	if address < lowestAddress {
		return
	}
	memory := *(*unsafe.Pointer)(unsafe.Pointer(&address))
	kept.Lock()
	defer kept.Unlock()
	if kept.count[memory] > 1 {
		kept.count[memory]--
	} else {
		delete(kept.count, memory)
	}
}
