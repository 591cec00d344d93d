//go:build !nogui

package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"golang.org/x/sys/windows"
)

// swRestore is SW_RESTORE of ShowWindow.
const swRestore = 9

// restore brings a minimized window back.
func restore(w fyne.Window) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(c any) {
		window, ok := c.(driver.WindowsWindowContext)
		if !ok || window.HWND == 0 {
			return
		}
		user := windows.NewLazySystemDLL("user32.dll")
		if minimized, _, _ := user.NewProc("IsIconic").Call(window.HWND); minimized != 0 {
			_, _, _ = user.NewProc("ShowWindow").Call(window.HWND, swRestore) // its result is how it was before
		}
	})
}
