package fine

import "example.com/plugins/inits/counted"

var Value int

func init() { counted.Ran("fine"); Value = 42 }
