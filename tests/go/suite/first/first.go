// The first of two plugins that share packages.
package main

import (
	"encoding/json"

	"example.com/plugins/suite/events"
	"example.com/plugins/suite/jump"
	"example.com/plugins/suite/methods"
	_ "example.com/plugins/suite/table"
)

func Square(x int) int { return jump.Square(x) }
func Convert() bool {
	var err any = (*json.UnsupportedValueError)(nil)
	_, is := err.(error)
	return is
}
func Handle(e *events.Event) {}
func Keep(v int)             { methods.Keep(methods.T(v)) }
func NewT() *methods.T       { t := methods.T(5); return &t }
