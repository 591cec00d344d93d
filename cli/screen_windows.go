package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// understands has the console understand more than lines.
func understands(f *os.File, env func(string) string) bool {
	if env("TERM") == "dumb" {
		return false
	}
	var mode uint32
	console := windows.Handle(f.Fd())
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
