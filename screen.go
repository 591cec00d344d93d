//go:build !nogui && cgo

package main

import (
	"runtime"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// screenSize returns how much room the largest screen has for windows, in
// pixels. It is zero where the system itself keeps windows inside their screen
// and counts in other units: under Wayland and on macOS. The toolkit must run.
func screenSize() fyne.Size {
	if runtime.GOOS == "darwin" || runtime.GOOS == "linux" && glfw.GetPlatform() != glfw.PlatformX11 {
		return fyne.Size{}
	}
	var most fyne.Size
	for _, m := range glfw.GetMonitors() {
		_, _, w, h := m.GetWorkarea()
		most = most.Max(fyne.NewSize(float32(w), float32(h)))
	}
	return most
}
