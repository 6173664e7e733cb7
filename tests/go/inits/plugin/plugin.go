// Built several times under several names: shares packages whose inits take long.
package main

import (
	"example.com/plugins/inits/counted"
	"example.com/plugins/inits/other"
	"example.com/plugins/inits/slow"
)

func init() { counted.Ran("NAME") }

func Ready() bool { return slow.Ready && other.Ready }
