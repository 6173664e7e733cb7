// Package main exports a variable or function of every form in docs/go.md, and symbols without one.
package main

import "C"

import (
	"fmt"
	"time"
	"unsafe"

	"example.com/forms/geom"
)

type Point struct{ X, Y float64 }

type Node struct {
	Left, Right *Node
	Kids        []Node
	Name        string
	Where       geom.Point
	handle      *Handle
}

type Handle struct{ c chan int }

type Inner struct{ M map[string]int }

type Outer struct {
	A int
	B [2]Inner
}

type Padded struct {
	A int64
	_ int32
	B int32
	_ int64
	E struct{}
}

type Odd struct {
	A int8
	_ [3]int8
	B int8
	_ [20]int32
	C int16
}

type Tail struct {
	A int32
	E [0]int64
}

type Blank struct{ _ int32 }

type Empty struct{}

type Pair[A, B any] struct {
	First  A
	Second B
}

type Embedded struct {
	Point
	*Node
	int
	volatile uint8
	π        float32
}

type Big struct{ a [65 << 10]byte }

type (
	Celsius  float64
	IntSlice []int
	Grid     [3][4]int16
	PointP   *Point
	Self     []Self
	Callback func(int) int
)

// C would need the sizes of their parts before it knows them.
type (
	Twist      *Twist
	TwistArray [2]*TwistArray
	Loop       []struct{ next Loop }
	Tangle     struct {
		p *struct{ n Tangle }
		k int
	}
	ArrayLoop struct{ a *[2]ArrayLoop }
)

var (
	VBool       bool
	VInt        int
	VInt8       int8
	VInt16      int16
	VInt32      int32
	VInt64      int64
	VUint       uint
	VUint8      byte
	VUint16     uint16
	VUint32     uint32
	VUint64     uint64
	VUintptr    uintptr
	VFloat32    float32
	VFloat64    float64
	VComplex64  complex64
	VComplex128 complex128
	VString     string
	VPointer    unsafe.Pointer
	VSlice      []int
	VSlices     [][]int
	VStrings    []string
	VPoints     []*Point
	VGeoms      []geom.Point
	VArrays     [][4]int
	VArray      [2][3]int32
	VZeroArray  [0]int
	VEmpties    [2]Empty
	VNode       Node
	VOuter      Outer
	VHandle     *Handle
	VHandles    []Handle
	VPadded     Padded
	VOdd        Odd
	VTail       Tail
	VBlank      Blank
	VEmpty      Empty
	VEmptyP     *Empty
	VPair       Pair[int, string]
	VPairs      []Pair[int8, geom.Point]
	VCelsius    Celsius
	VIntSlice   IntSlice
	VGrid       Grid
	VPointP     PointP
	VSelf       Self
	VTwist      Twist
	VTwistArray TwistArray
	VLoop       Loop
	VTangle     Tangle
	VArrayLoop  ArrayLoop
	VCallback   Callback
	VFunc       func(a int, b ...string) (error, bool)
	VMap        map[string][]int
	VChan       <-chan int
	VAny        interface{}
	VError      error
	VShape      geom.Shape
	VEmbedded   Embedded
	VDuration   time.Duration
	VBig        Big
	VPP         ***int
	VUnnamed    struct {
		A int
		B struct{ C string }
	}
	VTagged struct {
		A map[int]int `json:"*/ /* \"x\""`
	}
)

func F()                                                  { fmt.Println() }
func FInts(a int, b int8, c uint16, d uintptr) int32      { return 0 }
func FString(s string) string                             { return s }
func FSlice(s []int) []string                             { return nil }
func FVariadic(format string, a ...int) int               { return len(a) }
func FError(a int) error                                  { return nil }
func FTwo(a int) (int, error)                             { return 0, nil }
func FMany() (a int8, b Point, c string, d bool, e *Node) { return }
func FPoint(p Point, q *Point, g geom.Point) Point        { return p }
func FArray(a [4]int)                                     {}
func FGrid() (g Grid)                                     { return }
func FEmpty(e Empty)                                      {}
func FEmptyP(e *Empty)                                    {}
func FBig(b Big)                                          {}
func FBigP(b *Big)                                        {}
func FPadded(p Padded)                                    {}
func FPaddedP(p *Padded)                                  {}
func FMap(a int, m map[string]int)                        {}
func FChan() chan int                                     { return nil }
func FAny(a ...interface{})                               {}
func FCallback(f func(int) int)                           {}
func FOuter(o *Outer, p Outer)                            {}
func FErrorIn(e error)                                    {}
func FTwoBad() (int, geom.Shape)                          { return 0, nil }
func FPair(p Pair[int, string]) Pair[string, int8]        { return Pair[string, int8]{} }
func FUnsafe(p unsafe.Pointer) *byte                      { return nil }
func FComplex(a complex64, b complex128) complex128       { return b }
func FDuration(d time.Duration) (time.Duration, bool)     { return d, true }
func FUnnamed(a struct{ A, B int }) *struct{ C int }      { return nil }
func FDeep(o []*[]Outer, f *[]func(...int))               {}

func main() {}
