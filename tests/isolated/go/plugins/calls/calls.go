// What an isolated Go plugin is called with, and does wrong.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

type Point struct {
	X, Y int32
	Name string
}

// It has no form in C: a pointer to it is a handle.
type Box struct{ values map[string]int }

func Version() string { return runtime.Version() }

// ---- values ----

func Add(a int8, b uint16, c float32, d float64, e bool) float64 {
	if e {
		return float64(a) + float64(b) + float64(c) + d
	}
	return 0
}

func Mirror(p Point) Point { return Point{-p.X, -p.Y, "not " + p.Name} }

func Divide(a, b int) (int, error) {
	if b == 0 {
		return 0, errors.New("division by zero")
	}
	return a / b, nil
}

// ---- strings and slices ----

func Join(list []string, between string) string { return strings.Join(list, between) }
func Split(text string) []string                { return strings.Split(text, ",") }
func Length(text string) int                    { return len(text) }

func Sum(list []int) (sum int) {
	for _, value := range list {
		sum += value
	}
	return sum
}

func Double(list []int) {
	for i := range list {
		list[i] *= 2
	}
}

func Tail(list []int) []int       { return list[1:] }
func Append(list []int) []int     { return append(list, 7) }
func Capacity(list []int) int     { return cap(list) }
func Nothing(list []int) []int    { return nil }
func IsNil(list []int) bool       { return list == nil }
func Deeper(list [][]int) [][]int { return append([][]int{{1}}, list...) }

func Grow(list *[]int) {
	*list = append(*list, len(*list))
}

// ---- pointers ----

func Move(p *Point, by int32) {
	p.X += by
	p.Name = fmt.Sprint(p.Name, " moved")
}

func Rightmost(list []Point) *Point {
	found := &list[0]
	for i := range list {
		if list[i].X > found.X {
			found = &list[i]
		}
	}
	return found
}

// No slice, whatever its name in C.
type plugin_go_slice_fake struct {
	first *int8
	len   int
	last  int
}

func Fake(f plugin_go_slice_fake) int { return f.len + f.last + int(*f.first) }

// ---- what outlives the call ----

var (
	lock       sync.Mutex
	remembered []string
)

func Remember(text string, list []string, p *Point) {
	lock.Lock()
	defer lock.Unlock()
	remembered = append(append(remembered, text, p.Name), list...)
}

func Recall() string {
	lock.Lock()
	defer lock.Unlock()
	runtime.GC()
	recalled := strings.Join(remembered, " ")
	remembered = nil
	return recalled
}

func NewBox(name string) *Box { return &Box{map[string]int{name: 1}} }

func Put(b *Box, key string) int {
	b.values[key]++
	return len(b.values)
}

func Keys(b *Box) string {
	runtime.GC()
	var keys []string
	for key := range b.values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return strings.Join(keys, " ")
}

// ---- what goes wrong ----

func Panic(text string) int { panic(text) }

func Nil() int32 {
	var p *Point
	return p.X
}

func Exit(status int) { os.Exit(status) }

func Fatal() {
	go func() { panic("in a goroutine") }()
	select {}
}

func Sleep(milliseconds int) { time.Sleep(time.Duration(milliseconds) * time.Millisecond) }

func Hang() {
	for i := 0; ; i++ {
	}
}

// Goroutines that never end, nor wait.
func Spin(count int) {
	for i := 0; i < count; i++ {
		go Hang()
	}
}

var hoard [][]byte

func Hoard(mebibytes int) int {
	for i := 0; i < mebibytes; i++ {
		block := make([]byte, 1<<20)
		for k := range block {
			block[k] = 1
		}
		hoard = append(hoard, block)
	}
	return len(hoard)
}

func Lie(length int) string {
	words := [2]int{0, length}
	return *(*string)(unsafe.Pointer(&words))
}

// ---- the run-time, and the sandbox ----

func Goroutines(count int) int {
	results := make(chan int)
	for i := 0; i < count; i++ {
		go func(i int) {
			<-time.After(time.Millisecond)
			results <- i
		}(i)
	}
	sum := 0
	for i := 0; i < count; i++ {
		sum += <-results
	}
	return sum
}

func Garbage(rounds int) int {
	var list [][]byte
	for i := 0; i < rounds; i++ {
		list = append(list, make([]byte, 1<<20))
		if len(list) == 8 {
			list = nil
		}
	}
	runtime.GC()
	return rounds
}

func Read(path string) (int, error) {
	content, err := os.ReadFile(path)
	return len(content), err
}

func Socket() int {
	made, _ := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	return made
}

func Execute() int {
	made, _ := syscall.ForkExec("/bin/true", []string{"true"}, nil)
	return made
}

func Print(text string) { fmt.Println(text) }

func main() {}
