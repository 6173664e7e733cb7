// A plugin most of whose symbols have no form in C.
package main

import "io"

type Events struct {
	ID    int
	Queue chan int
}

type Tree struct {
	Left, Right *Tree
	Visit       func(*Tree)
}

type Wide struct {
	Small int8
	_     [8]int8
	Large int64
}

type Huge struct{ Bytes [65537]byte }

var (
	Number   = 1
	Map      = map[string]int{"one": 1}
	Chan     chan int
	Func         = func(v int) int { return v + Number }
	Any      any = 1
	Error    error
	Reader   io.Reader
	Queues   Events
	Maps     [2]map[int]bool
	ToMap    = &Map
	ToEvents = &Queues
	ToAny    *any
	Nested   struct{ Inner struct{ Deep [3][]chan int } }
	Root     Tree
	Nothing  struct{}
	Gap      Wide
)

func Plain(v int) int                  { return v }
func TakesMap(v int, m map[string]int) {}
func TakesChan(c <-chan string)        {}
func TakesFunc(f func(int) error)      {}
func TakesAny(v ...any)                {}
func TakesError(e error)               {}
func TakesArray(a [2]int)              {}
func TakesEmpty(v struct{})            {}
func TakesHuge(v Huge)                 {}
func TakesWide(v Wide)                 {}
func TakesEvents(v Events)             {}
func TakesHandle(v *Events)            {}
func TakesMaps(v []map[int]int)        {}
func GivesMap() map[string]int         { return Map }
func GivesArray() [4]byte              { return [4]byte{} }
func GivesFunc() func()                { return nil }
func GivesAny() (int, any)             { return 1, 2 }
func GivesReader() (io.Reader, error)  { return nil, nil }
func GivesErrors() (error, []error)    { return nil, nil }
func GivesHandle() *Events             { return &Queues }
