package common

var X int

func init() {
	X = 3
}
