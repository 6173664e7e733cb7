package main

// #include <errno.h>
// #include <string.h>
import "C"

import (
	"reflect"
	"strings"

	"example.com/plugins/state/common"
)

type hidden struct{ X, Y string }
type holder struct{ F *hidden }

func init() {
	_ = strings.NewReplacer()
	C.strerror(C.EIO)
	common.X = 2
}

func ReadCommon() int { return common.X }
func SetHidden() int {
	h := holder{}
	field := reflect.ValueOf(&h).Elem().Field(0)
	field.Set(reflect.New(field.Type().Elem()))
	return reflect.TypeOf(*h.F).NumField()
}
