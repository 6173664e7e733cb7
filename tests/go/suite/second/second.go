// The second of them, and tests of single plugins.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"runtime/pprof"
	"strings"
	"unicode"

	"example.com/plugins/suite/events"
	"example.com/plugins/suite/jump"
	"example.com/plugins/suite/methods"
	"example.com/plugins/suite/table"
)

// Linked is set by -ldflags=-X.
var Linked = "unset"

type C struct{}
type T int
type Tagged struct {
	Bar string `json:"Bar@baz,omitempty" parser:"|@@)"`
}

var X T = 6

func (t T) M() int { return int(t) * 7 }

func Square(x int) int { return jump.Square(x) }
func FromTable() int   { return (*table.X)[123] }
func IsUnmarshaler() bool {
	var err any = (*json.UnsupportedValueError)(nil)
	_, isError := err.(error)
	var event any = (*events.Event)(nil)
	_, is := event.(json.Unmarshaler)
	return isError && is
}
func CallHidden() int { return methods.CallHidden() }
func CallMethod(t *methods.T) int {
	var v any = *t
	return v.(interface{ M() int }).M()
}

func F(c *C) *C           { return nil }
func SameType() bool      { var c *C; return reflect.TypeOf(F).Out(0) == reflect.TypeOf(c) }
func Tag() string         { return string(reflect.TypeOf(Tagged{}).Field(0).Tag) }
func Known(s string) bool { return unicode.Categories[s] != nil }
func Odd(s string) error {
	if strings.ContainsAny(s, "&$@;/:+,?\\{^}%`]\">[~<#|") {
		return fmt.Errorf("%s is odd", s)
	}
	return nil
}

//go:noinline
func generic[V any](v V) string { return fmt.Sprintf("%T", v) }
func G[V any](V)                {}
func Generic() string           { return generic(struct{ Plain int }{}) }

func Background() string {
	done := make(chan string)
	go func() { done <- fmt.Sprint(1.5) }()
	return <-done
}
func Profile() error {
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		return err
	}
	pprof.StopCPUProfile()
	return nil
}
func Execute() int {
	out, err := exec.Command("echo", "hello").Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return len(out)
}
