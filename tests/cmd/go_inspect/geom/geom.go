// Package geom has types of another package.
package geom

type Point struct{ X, Y float64 }

type Shape interface{ Area() float64 }
