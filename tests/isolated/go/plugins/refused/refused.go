package main

var Count int
var Names []string
var Table map[string]int

func Turn(z complex128) complex64     { return complex64(z * 1i) }
func Get() int                        { return Count }
func Each(call func(int)) int         { call(Count); return Count }
func Lookup(table map[string]int) int { return table["x"] }
func main()                           {}
