package main

import (
	"unsafe"

	"example.com/plugins/types/shared"
)

func Empty(p unsafe.Pointer) string {
	if t, ok := (*(*any)(p)).(*shared.T); ok {
		return t.Text
	}
	return "another type"
}
func Named(p unsafe.Pointer) string { return (*(*shared.Named)(p)).Name() }
func Equal(p unsafe.Pointer) bool {
	var nothing any = (*shared.T)(nil)
	_, is := nothing.(shared.Named)
	return is && *(*any)(p) != nothing
}
func Value(t *shared.T) string {
	var named shared.Named = t
	return named.Name()
}
