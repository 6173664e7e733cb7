// Package methods has methods that only plugins reach.
package methods

type T int

func (t T) M() int { return int(t) + 1 }
func (t T) m() int { return int(t) + 2 }

type hidden interface{ m() int }

var kept hidden = T(123)

func CallHidden() int { return kept.m() }
func Keep(t T)        { kept = t }
