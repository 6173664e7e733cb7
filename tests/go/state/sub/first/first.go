// A second plugin with this base name.
package main

import "example.com/plugins/state/common"

var FuncVar = func() {}

func F() int          { return 17 }
func ReadCommon() int { FuncVar(); return common.X }

func main() { panic("main ran") }
