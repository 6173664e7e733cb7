package main

func init() { panic("not today") }

func Get() int { return 1 }
func main()    {}
