package main

import (
	"errors"

	"example.com/plugins/fails/fine"
)

func init() {
	if fine.Value == 42 {
		panic(errors.New("the database\x1b[31m is locked"))
	}
}

func Value() int { return fine.Value }
