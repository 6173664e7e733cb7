// Package table has a variable that an init fills, which not every plugin uses.
package table

var X = &map[int]int{123: 456}
