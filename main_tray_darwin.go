//go:build !nogui

package main

import "fyne.io/fyne/v2"

// restore brings a minimized window back: one that is hidden and shown again comes
// from the Dock.
func restore(w fyne.Window) {
	w.Hide()
	w.Show()
}
