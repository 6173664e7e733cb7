// Shares package common with others, and changes its variable in an init.
package main

import (
	"reflect"

	"example.com/plugins/state/common"
)

type hidden struct{ X string }
type holder struct{ F *hidden }

var Seven int

func init() {
	Seven = 7
	common.X *= Seven
}

func F() int {
	_ = make([]byte, 1<<21)
	return 3
}
func ReadCommon() int { return common.X }

// SetHidden uses a type of which another plugin has a different declaration.
func SetHidden() int {
	h := holder{}
	field := reflect.ValueOf(&h).Elem().Field(0)
	field.Set(reflect.New(field.Type().Elem()))
	return reflect.TypeOf(*h.F).NumField()
}

func main() { panic("main ran") }
