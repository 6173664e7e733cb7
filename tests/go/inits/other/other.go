package other

import (
	"time"

	"example.com/plugins/inits/counted"
)

var Ready bool

func init() {
	counted.Ran("other begins")
	time.Sleep(300 * time.Millisecond)
	Ready = true
	counted.Ran("other ends")
}
