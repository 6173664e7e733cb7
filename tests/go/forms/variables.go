// A plugin with variables and functions of every type that has a C form. The hosts variables.c,
// functions.c and structs.c declare them, and compare values in both directions.
package main

import (
	"unsafe"

	"example.com/plugins/forms/geom"
)

type Point struct {
	X, Y int
}

type Celsius float64
type Names []string
type double int16

type Words struct {
	register int
	while    int8
	Default  double
	int      int16
	int_     uint16
	class    int32
	unix     bool
	__FILE__ bool
}

// Levels has a member with the name of its type.
type Levels struct {
	Level Level
	Least struct{ Level, Most *Level }
}

type Level int8

// Blank fields that are larger than C's own padding, or the only ones.
type Wide struct {
	First int8
	_     [64]byte
	Next  int8
	_     [3]Blank
}

type Blank struct {
	_ [8]byte
}

type Holes struct {
	Point
	_     int32
	Empty struct{}
	N     int8
	last  uint16
}

type Pair[T any] struct {
	First, Second T
}

type List struct {
	Value int
	Next  *List
}

// Every form as a member.
type Members struct {
	Bool       bool
	Int        int
	Int8       int8
	Int16      int16
	Int32      int32
	Int64      int64
	Uint       uint
	Uint8      uint8
	Uint16     uint16
	Uint32     uint32
	Uint64     uint64
	Uintptr    uintptr
	Float32    float32
	Float64    float64
	Complex64  complex64
	Complex128 complex128
	String     string
	Slice      []int
	Array      [3]int16
	Struct     geom.Point
	Unnamed    struct{ A, B int8 }
	Pointer    *int
	Unsafe     unsafe.Pointer
	Named      Celsius
	Handle     *Counter
	Self       *Members
}

var (
	Bool       = true
	Int        = -1 << 63
	Int8       = int8(-8)
	Int16      = int16(-16)
	Int32      = int32(-32)
	Int64      = int64(-64)
	Uint       = ^uint(0)
	Uint8      = uint8(208)
	Uint16     = uint16(65016)
	Uint32     = uint32(4000000032)
	Uint64     = uint64(1) << 63
	Uintptr    = uintptr(77)
	Float32    = float32(1.5)
	Float64    = -2.25
	Complex64  = complex64(complex(1, -2))
	Complex128 = complex(3, -4)
	String     = "a string"
	Slice      = []int{1, 2, 3}
	Strings    = []string{"one", "two"}
	Slices     = [][]int{{1}, {2, 3}}
	Pointers   = []*Point{{1, 2}}
	Bytes      = []byte{1, 2}
	Array      = [4]int{10, 20, 30, 40}
	Matrix     = [2][3]int8{{1, 2, 3}, {4, 5, 6}}
	Arrays     = [][2]int32{{1, 2}, {3, 4}}
	Struct     = Point{5, 6}
	Foreign    = geom.Point{X: 7, Y: 8}
	Unnamed    struct {
		A int
		B string
	}
	Pointer       = &Int
	PointerArray  = &Array
	PointerSlice  = &Slice
	PointerString = &String
	Double        = &Pointer
	Unsafe        = unsafe.Pointer(&Int)
	Temperature   = Celsius(36.6)
	Distance      = geom.Metres(3)
	Several       = Names{"x"}
	Reserved      = Words{register: 1, while: 2, Default: 3, int: 4, int_: 5, class: 6}
	Far           = Wide{First: 1, Next: 2}
	Nowhere       Blank
	Rise          Levels
	Gaps          = Holes{Point: Point{1, 2}, N: 3, last: 4}
	Generic       = Pair[int]{1, 2}
	Generics      = Pair[geom.Point]{geom.Point{X: 1, Y: 2}, geom.Point{X: 3, Y: 4}}
	Chain         = &List{1, &List{2, nil}}
	Every         Members
)

// CheckVariables lists the variables that do not have the values set by the host.
func CheckVariables() string {
	wrong := ""
	check := func(name string, is bool) {
		if !is {
			wrong += name + " "
		}
	}
	check("Bool", !Bool)
	check("Int", Int == 1)
	check("Int8", Int8 == 127)
	check("Int16", Int16 == 32767)
	check("Int32", Int32 == 1<<31-1)
	check("Int64", Int64 == 1<<63-1)
	check("Uint", Uint == 2)
	check("Uint8", Uint8 == 255)
	check("Uint16", Uint16 == 65535)
	check("Uint32", Uint32 == 1<<32-1)
	check("Uint64", Uint64 == 1<<64-1)
	check("Uintptr", Uintptr == 78)
	check("Float32", Float32 == -0.5)
	check("Float64", Float64 == 1e300)
	check("Complex64", Complex64 == complex(5, 6))
	check("Complex128", Complex128 == complex(7, 8))
	check("Slice", len(Slice) == 3 && Slice[1] == 22)
	check("Slices", Slices[1][1] == 33)
	check("Pointers", *Pointers[0] == Point{1, 22})
	check("Bytes", Bytes[1] == 0xff)
	check("Array", Array == [4]int{10, 20, 30, 44})
	check("Matrix", Matrix[1] == [3]int8{4, 5, -6})
	check("Arrays", Arrays[1] == [2]int32{3, 44})
	check("Struct", Struct == Point{5, 66})
	check("Foreign", Foreign == geom.Point{X: 7, Y: 88})
	check("Unnamed", Unnamed.A == 9)
	check("Temperature", Temperature == 40)
	check("Distance", Distance == 4)
	check("Reserved", Reserved == Words{1, 22, 33, 44, 55, 66, true, true})
	check("Far", Far == Wide{First: 11, Next: 22})
	check("Gaps", Gaps == Holes{Point: Point{1, 22}, N: 33, last: 44})
	check("Generic", Generic == Pair[int]{1, 22})
	check("Generics", Generics.Second.Y == 44)
	check("Chain", Chain.Next.Value == 22)
	return wrong + CheckMembers()
}

// CheckMembers does the same for the members of Every.
func CheckMembers() string {
	e := &Every
	if e.Bool && e.Int == 1 && e.Int8 == -2 && e.Int16 == 3 && e.Int32 == -4 && e.Int64 == 5 &&
		e.Uint == 6 && e.Uint8 == 7 && e.Uint16 == 8 && e.Uint32 == 9 && e.Uint64 == 10 &&
		e.Uintptr == 11 && e.Float32 == 12 && e.Float64 == 13 && e.Complex64 == 14i &&
		e.Complex128 == 15i && e.Array == [3]int16{16, 17, 18} && e.Struct.Y == 19 &&
		e.Unnamed.B == 20 && e.Named == 21 {
		return ""
	}
	return "Every "
}

// SetMembers gives the host pointers to read.
func SetMembers() {
	Every.String = "member"
	Every.Slice = []int{4, 5}
	Every.Pointer = &Int
	Every.Unsafe = unsafe.Pointer(&Int)
	Every.Handle = NewCounter()
	Every.Self = &Every
}
