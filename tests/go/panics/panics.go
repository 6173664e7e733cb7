// A plugin whose functions panic.
package main

import (
	"errors"
)

type Point struct{ X, Y int }

type unreadable struct{}

func (unreadable) Error() string { panic("no text") }

type hopeless struct{}

func (h hopeless) Error() string { panic(h) }

type textual struct{ code int }

func (t *textual) Error() string { return "textual error" }

var deferred int

func Explicit(text string) int { panic(text) }
func WithError() (string, int) { panic(errors.New("as an error")) }
func WithStruct() Point        { panic(Point{1, 2}) }
func WithNil() []int           { panic(any(nil)) }
func WithUnreadable() float64  { panic(unreadable{}) }
func WithHopeless() int        { panic(hopeless{}) }
func WithControls() int        { panic("a\x1b[31mb\x00c\n") }
func NilMap() int              { var m map[int]int; m[1] = 1; return 1 }
func Index(i int) int          { return []int{1, 2}[i] }
func NilPointer(p *int) int    { return *p }
func Divide(a, b int) int      { return a / b }
func Assertion() uint8         { var v any = 1; return uint8(len(v.(string))) }
func Failing() error           { return unreadable{} }
func Hopeless() error          { return hopeless{} }
func NilError() error          { var t *textual; return t }
func Deferred() (n int)        { defer func() { deferred++ }(); panic("deferred") }
func Again() (n int)           { defer func() { panic("again") }(); panic("once") }
func HowMany() int             { return deferred }
func Recovered() (n int)       { defer func() { recover(); n = 5 }(); panic("unseen") }
func Fine(v int) int           { return v + 1 }
