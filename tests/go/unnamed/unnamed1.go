package main

type Y struct{ X *X }
type X struct{ Y Y }

func FuncInt() int     { return 1 }
func FuncRecursive() X { return X{} }
