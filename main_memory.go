//go:build !nogui

package main

import "culvert/tunnels/durable"

// maxMemory bounds what is kept of a window, in bytes.
const maxMemory = 1 << 20

// windowMemory is the file in which the window keeps how it was left. The
// toolkit's own preferences would do, but Fyne 2.8.1 writes them anew at each
// end, reads them back meanwhile and complains about half a file. The empty one
// keeps nothing.
type windowMemory string

// Load implements [ui.Memory].
func (m windowMemory) Load() string {
	if m == "" {
		return ""
	}
	text, err := durable.Read(string(m), maxMemory)
	if err != nil { // at first there is none, and what is lost is only how large the window was
		return ""
	}
	return string(text)
}

// Save implements [ui.Memory]. The file is replaced at once or not at all.
func (m windowMemory) Save(text string) error {
	if m == "" {
		return nil
	}
	return durable.Write(string(m), []byte(text))
}
