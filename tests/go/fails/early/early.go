package main

import (
	"example.com/plugins/fails/wrong.v2"
	"example.com/plugins/inits/slow"
)

func Value() int {
	if slow.Ready {
		return wrong.Value
	}
	return 0
}
