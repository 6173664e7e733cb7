// Package table has a variable that an init fills, and that one plugin alone uses.
package table

var X = &map[int]int{123: 456}
