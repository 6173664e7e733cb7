// SPDX-License-Identifier: MIT

package main

// Keeping Go memory alive to which C has pointers: the results of each thread's last call of each
// function, until the thread ends; and memory kept by plugin_go_keep.

// #include "closure.h"
// #include <stdlib.h>
import "C"

import (
	"sync"
	"unsafe"
)

// The results of a thread's last calls. Only that thread uses it.
type thread struct {
	results map[*function]unsafe.Pointer
}

// Keeps alive the threads to which C has pointers.
var threads = struct {
	sync.Mutex
	all map[*thread]struct{}
}{all: map[*thread]struct{}{}}

// Returns this thread's record, which is made when it first keeps something. call.thread may be
// outdated: a nested call may have made it meanwhile.
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

// Drops the threads that have ended.
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

// Keeps memory alive until the thread calls the function again, or ends.
func keepFor(call *C.struct_plugin_go_call, f *function, memory unsafe.Pointer) {
	if bool(call.has_ended) {
		forgetEnded()
	}
	currentThread(call).results[f] = memory
}

// The memory kept by plugin_go_keep, and how often.
var kept = struct {
	sync.Mutex
	count map[unsafe.Pointer]int
}{count: map[unsafe.Pointer]int{}}

// Go reports a pointer below this address as invalid.
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
