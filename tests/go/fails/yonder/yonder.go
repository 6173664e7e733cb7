package yonder

import "example.com/plugins/inits/counted"

var Value int

func init() { counted.Ran("yonder"); Value = 43 }
