package middle

import (
	"example.com/plugins/fails/wrong.v2"
	"example.com/plugins/inits/counted"
)

var Value = wrong.Value

func init() { counted.Ran("middle") }
