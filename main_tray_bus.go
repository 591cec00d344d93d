//go:build !nogui && !windows && !darwin

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"culvert/ui"
	"culvert/ui/notification"
	"culvert/ui/sessionbus"
)

// notifyWithin is how long the desktop may take for a notification.
const notifyWithin = 10 * time.Second

// hasTray says whether there may be a tray: it is on the session's bus.
func hasTray() bool { return sessionbus.Address() != "" }

// notifier sends notifications over the session's bus. The toolkit's own way waits
// for the desktop on the goroutine that draws. What goes wrong is told once: a
// desktop without notifications stays so.
func notifier(fyne.App) func(ctx context.Context, title, text string) {
	sender := notification.New(appID, ui.Title)
	var once sync.Once
	return func(ctx context.Context, title, text string) {
		ctx, cancel := context.WithTimeout(ctx, notifyWithin)
		defer cancel()
		err := sender.Send(ctx, title, text)
		if err != nil && !errors.Is(err, sessionbus.ErrNone) && !errors.Is(err, context.Canceled) {
			once.Do(func() { fmt.Fprintf(os.Stderr, "culvert: %v\n", err) })
		}
	}
}

// restore brings a minimized window back: here the focus does.
func restore(fyne.Window) {}
