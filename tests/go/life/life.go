// A plugin that returns Go memory, and makes Go reuse memory that is not kept alive.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

type Node struct {
	Value int
	Text  string
	Next  *Node
	Fill  [8]int
}

var finalized [64]int32

// NewNode returns a node and its successor; Gone returns whether Go has freed it.
func NewNode(value int) *Node {
	n := &Node{Value: value, Text: fmt.Sprint("node ", value), Next: &Node{Value: value + 1}}
	runtime.SetFinalizer(n, func(n *Node) { atomic.AddInt32(&finalized[n.Value], 1) })
	return n
}
func Gone(value int) bool { return atomic.LoadInt32(&finalized[value]) != 0 }

func Text(value int) string   { return strings.Repeat(fmt.Sprint(value%10), 64) }
func Failure(value int) error { return errors.New(Text(value)) }
func Texts(value int) []string {
	return []string{Text(value), Text(value + 1)}
}
func Both(value int) (string, *Node, error) {
	return Text(value), &Node{Value: value, Text: Text(value)}, Failure(value)
}

var kept [][]byte
var lock sync.Mutex

// Churn collects garbage, and overwrites free memory.
func Churn() {
	lock.Lock()
	defer lock.Unlock()
	for i := 0; i < 2; i++ {
		runtime.GC()
		kept = kept[:0]
		for size := 8; size <= 1024; size *= 2 {
			for n := 0; n < 200; n++ {
				block := make([]byte, size)
				for b := range block {
					block[b] = 0xee
				}
				kept = append(kept, block)
			}
		}
	}
}

func Add(a, b int) int { return a + b }
func Grow(depth int) int {
	var frame [256]byte
	frame[depth%256] = 1
	if depth == 0 {
		return int(frame[0])
	}
	return Grow(depth-1) + 1
}
func Parallel(n int) int {
	var total int64
	var all sync.WaitGroup
	for i := 0; i < n; i++ {
		all.Add(1)
		go func() { defer all.Done(); atomic.AddInt64(&total, 1) }()
	}
	all.Wait()
	return int(total)
}
