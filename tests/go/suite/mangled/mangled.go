// A function of a type whose tag has characters that are special to linkers.
package main

import "fmt"

type S struct {
	X int `parser:"|@@)"`
}

//go:noinline
func name[T any]() string { var v T; return fmt.Sprintf("%T", v) }

func Name(s string) string { return s + name[S]() }
