// Package geom has types outside of package main.
package geom

type Point struct {
	X, Y int32
}

type Metres float64
