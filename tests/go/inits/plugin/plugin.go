// Built under several names; they share packages with slow inits.
package main

import (
	"example.com/plugins/inits/counted"
	"example.com/plugins/inits/other"
	"example.com/plugins/inits/slow"
)

func init() { counted.Ran("NAME") }

func Ready() bool { return slow.Ready && other.Ready }
