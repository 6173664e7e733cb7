// Package asks opens the plugin $OPENS_AT_INIT by libplugin in its init.
package asks

// #include <plugin.h>
// #include <stdlib.h>
import "C"

import (
	"os"
	"unsafe"
)

func init() {
	text := C.CString(os.Getenv("OPENS_AT_INIT"))
	defer C.free(unsafe.Pointer(text))
	if C.plugin_open(text) == nil {
		os.Stdout.WriteString("init: " + C.GoString(C.plugin_error()) + "\n")
	}
}
