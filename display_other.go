//go:build !nogui && !(cgo && linux && !wayland)

package main

// onDisplayLost does nothing: here the toolkit closes the window, or the system
// ends the process, when the session ends.
func onDisplayLost(func()) {}
