package slow

import (
	"time"

	"example.com/plugins/inits/counted"
)

var Ready bool

func init() {
	counted.Ran("slow begins")
	time.Sleep(300 * time.Millisecond)
	Ready = true
	counted.Ran("slow ends")
}
