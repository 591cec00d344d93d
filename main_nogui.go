//go:build nogui

package main

import "culvert/cli"

// withWindow leaves the window out: this build imports nothing of Fyne.
func withWindow(d cli.Deps) cli.Deps { return d }
