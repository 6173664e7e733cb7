package main

import (
	_ "example.com/plugins/fails/asks"
	"example.com/plugins/fails/wrong.v2"
	"example.com/plugins/inits/counted"
)

func init() { counted.Ran("nested") }

func Value() int { return wrong.Value }
