// Returns values whose types types/b tests.
package main

import (
	"unsafe"

	"example.com/plugins/types/shared"
)

var empty any = &shared.T{Text: "from a"}
var named shared.Named = &shared.T{Text: "named by a"}

func Empty() unsafe.Pointer { return unsafe.Pointer(&empty) }
func Named() unsafe.Pointer { return unsafe.Pointer(&named) }
func Value() *shared.T      { return &shared.T{Text: "a value of a"} }
