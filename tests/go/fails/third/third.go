package main

import (
	"example.com/plugins/fails/fine"
	"example.com/plugins/fails/yonder"
	"example.com/plugins/inits/counted"
)

func init() { counted.Ran("third") }

func Value() int { return fine.Value + yonder.Value }
