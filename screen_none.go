//go:build !nogui && !cgo

package main

import "fyne.io/fyne/v2"

// screenSize knows no screen: a build without C has none.
func screenSize() fyne.Size { return fyne.Size{} }
