package wrong

import "example.com/plugins/inits/counted"

var Value = 1

func init() {
	counted.Ran("wrong")
	var list []int
	Value = list[Value]
}
