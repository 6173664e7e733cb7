package main

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"example.com/plugins/forms/geom"
)

func Not(v bool) bool                      { return !v }
func NextInt(v int) int                    { return v + 1 }
func NextInt8(v int8) int8                 { return v + 1 }
func NextInt16(v int16) int16              { return v + 1 }
func NextInt32(v int32) int32              { return v + 1 }
func NextInt64(v int64) int64              { return v + 1 }
func NextUint(v uint) uint                 { return v + 1 }
func NextUint8(v uint8) uint8              { return v + 1 }
func NextUint16(v uint16) uint16           { return v + 1 }
func NextUint32(v uint32) uint32           { return v + 1 }
func NextUint64(v uint64) uint64           { return v + 1 }
func NextUintptr(v uintptr) uintptr        { return v + 1 }
func HalfFloat32(v float32) float32        { return v / 2 }
func HalfFloat64(v float64) float64        { return v / 2 }
func TurnComplex64(v complex64) complex64  { return v * 1i }
func TurnComplex(v complex128) complex128  { return v * 1i }
func Same(v unsafe.Pointer) unsafe.Pointer { return v }
func Warm(v Celsius) Celsius               { return v + 1 }
func Walk(v geom.Metres) geom.Metres       { return v * 2 }

var calls int

func Nothing()   { calls++ }
func Calls() int { return calls }

// Pointers.

func Follow(p *int) int {
	if p == nil {
		return -1
	}
	*p *= 2
	return *p
}
func Where() *int                      { return &Int }
func Deep(p **int) int                 { return **p }
func SumArray(p *[4]int) int           { return p[0] + p[1] + p[2] + p[3] }
func Extend(p *[]int)                  { *p = append((*p)[:0:0], 7, 8, 9) }
func Rename(p *string)                 { *p = "renamed" }
func MovePoint(p *Point)               { p.X, p.Y = p.Y, p.X }
func MoveForeign(p *geom.Point) *Point { return &Point{int(p.X), int(p.Y)} }
func SumList(l *List) (sum int) {
	for ; l != nil; l = l.Next {
		sum += l.Value
	}
	return
}

// A handle: a struct that is incomplete in C.
type Counter struct{ seen map[string]int }

func NewCounter() *Counter              { return &Counter{map[string]int{}} }
func Count(c *Counter, word string) int { c.seen[word]++; return c.seen[word] }
func CountTwo(a, b *Counter) (n, m int) { return len(a.seen), len(b.seen) }
func Reset(c **Counter)                 { *c = nil }

// Strings and slices.

func Length(s string) int           { return len(s) }
func Repeat(s string, n int) string { return strings.Repeat(s, n) }
func Zeros() string                 { return "a\x00b\xff" }
func SumBytes(b []byte) (n int) {
	for _, v := range b {
		n += int(v)
	}
	return
}
func Sum(s []int) (n int) {
	for _, v := range s {
		n += v
	}
	return
}
func SumAll(n int, more ...int) int { return n + Sum(more) }
func DoubleAll(s []int) {
	for i := range s {
		s[i] *= 2
	}
}
func Append(s []int, v int) []int      { return append(s, v) }
func Room(s []int) int                 { return cap(s) }
func None() []int                      { return nil }
func Split(s string) []string          { return strings.Split(s, ",") }
func Join(s []string, c string) string { return strings.Join(s, c) }
func SumSlices(s [][]int) (n int) {
	for _, v := range s {
		n += Sum(v)
	}
	return
}
func Points(n int) []Point         { return make([]Point, n) }
func PointPointers(n int) []*Point { return []*Point{{n, n + 1}} }
func Upper(n Names) Names          { return append(n, "more") }

// Structs by value.

type Mixed struct {
	F float32
	I int32
	D float64
}
type Floats2 struct{ X, Y float32 }
type Floats3 struct{ X, Y, Z float32 }
type Doubles2 struct{ X, Y float64 }
type Doubles3 struct{ X, Y, Z float64 }
type FloatInt struct {
	F float32
	I int8
}
type LongDouble struct {
	L int
	D float64
}
type FloatArray struct{ A [3]float32 }
type Nested struct {
	P Point
	M Mixed
	S string
}
type InMiddle struct {
	A int8
	F Floats2
	B int8
}
type ComplexOne struct{ C complex64 }

func EchoPoint(v Point) Point                { return Point{v.Y, v.X} }
func EchoForeign(v geom.Point) geom.Point    { return geom.Point{X: v.Y, Y: v.X} }
func EchoMixed(v Mixed) Mixed                { return Mixed{v.F * 2, v.I * 2, v.D * 2} }
func EchoFloats2(v Floats2) Floats2          { return Floats2{v.Y, v.X} }
func EchoFloats3(v Floats3) Floats3          { return Floats3{v.Z, v.Y, v.X} }
func EchoDoubles2(v Doubles2) Doubles2       { return Doubles2{v.Y, v.X} }
func EchoDoubles3(v Doubles3) Doubles3       { return Doubles3{v.Z, v.Y, v.X} }
func EchoFloatInt(v FloatInt) FloatInt       { return FloatInt{v.F * 2, v.I * 2} }
func EchoLongDouble(v LongDouble) LongDouble { return LongDouble{v.L * 2, v.D * 2} }
func EchoFloatArray(v FloatArray) FloatArray { v.A[0], v.A[2] = v.A[2], v.A[0]; return v }
func EchoNested(v Nested) Nested             { v.P.X++; v.M.D++; v.S += "!"; return v }
func EchoInMiddle(v InMiddle) InMiddle       { v.A++; v.F.X++; v.B++; return v }
func EchoComplexOne(v ComplexOne) ComplexOne { return ComplexOne{v.C * 1i} }
func EchoGeneric(v Pair[int]) Pair[int]      { return Pair[int]{v.Second, v.First} }
func EchoUnnamed(v struct{ A, B int16 }) struct{ A, B int16 } {
	v.A, v.B = v.B, v.A
	return v
}
func Crowded(a, b, c, d, e int, p Point, q Doubles2, m Mixed, s string) string {
	return fmt.Sprint(a, b, c, d, e, p, q, m, s)
}

// Many parameters.

func Twelve(a, b, c, d, e, f, g, h, i, j, k, l int) int {
	return a + 2*b + 3*c + 4*d + 5*e + 6*f + 7*g + 8*h + 9*i + 10*j + 11*k + 12*l
}
func Twenty(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t float64) float64 {
	return a + 2*b + 3*c + 4*d + 5*e + 6*f + 7*g + 8*h + 9*i + 10*j +
		11*k + 12*l + 13*m + 14*n + 15*o + 16*p + 17*q + 18*r + 19*s + 20*t
}
func Small(a float32, b int8, c float32, d uint8, e float32, f int16, g float32, h bool,
	i float32, j int8, k float32, l uint16, m float32, n int8, o float32, p int8,
	q float32, r int8, s float32, t int8) string {
	return fmt.Sprint(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t)
}

// Results.

func DivMod(a, b int) (int, int, error) {
	if b == 0 {
		return 0, 0, errors.New("division by zero")
	}
	return a / b, a % b, nil
}
func Three() (int8, string, float32) { return -3, "three", 3.5 }
func Bytes2() (uint8, uint8)         { return 1, 2 }
func Doubles() (float64, float64)    { return 1.5, 2.5 }
func Lots(n int) (a int8, b int16, c int32, d int, p Point, s []int, e error) {
	return 1, 2, 3, 4, Point{5, 6}, []int{7, n}, fmt.Errorf("lots of %d", n)
}
func Fail(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}
