//go:build !nogui && cgo && linux && !wayland

package main

/*
#cgo LDFLAGS: -lX11
#include <X11/Xlib.h>

extern int culvertDisplayLost(Display *display);
*/
import "C"

import "sync/atomic"

// displayLost is what onDisplayLost was given. It is the program's, as the
// library's handler is, which gets nothing along but the connection.
var displayLost atomic.Pointer[func()]

// onDisplayLost has f called when the connection to the X server breaks, as at the
// end of a session: the library (libX11) ends the process otherwise. f must end it
// itself.
func onDisplayLost(f func()) {
	displayLost.Store(&f)
	C.XSetIOErrorHandler((*[0]byte)(C.culvertDisplayLost))
}

//export culvertDisplayLost
func culvertDisplayLost(*C.Display) C.int {
	(*displayLost.Load())()
	return 0 // the library ends the process now
}
