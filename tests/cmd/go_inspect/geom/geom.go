// Package geom is what another package brings into the forms.
package geom

type Point struct{ X, Y float64 }

type Shape interface{ Area() float64 }
