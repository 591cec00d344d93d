//go:build !nogui && (windows || darwin)

package main

import (
	"context"
	"runtime"

	"fyne.io/fyne/v2"

	"culvert/ui/notification"
)

// launchNoBus has nothing to do: there is no session bus here.
func launchNoBus() {}

// hasTray says that there is a tray.
func hasTray() bool { return true }

// notifier sends notifications by the toolkit, which does so on its own goroutine.
func notifier(app fyne.App) func(ctx context.Context, title, text string) {
	return func(_ context.Context, title, text string) {
		if runtime.GOOS == "windows" {
			title, text = notification.ForPowerShell(title), notification.ForPowerShell(text)
		}
		fyne.Do(func() { app.SendNotification(fyne.NewNotification(title, text)) })
	}
}
