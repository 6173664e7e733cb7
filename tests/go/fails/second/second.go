package main

import (
	"example.com/plugins/fails/fine"
	"example.com/plugins/fails/wrong.v2"
	"example.com/plugins/inits/counted"
)

func init() { counted.Ran("second") }

func Value() int { return fine.Value + wrong.Value }
