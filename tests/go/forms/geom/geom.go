// Package geom has the types that are of no package main.
package geom

type Point struct {
	X, Y int32
}

type Metres float64
