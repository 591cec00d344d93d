//go:build !nogui && !windows && !darwin

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
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

// busEnv is where the toolkit looks for the session's bus.
const busEnv = "DBUS_SESSION_BUS_ADDRESS"

// launchNoBus keeps the toolkit from starting a session bus of its own where there
// is none: nobody would end it. It does so too where the bus is in a runtime folder
// that is not /run/user, the only one that it looks into.
func launchNoBus() {
	address := sessionbus.Address()
	if address == "" {
		address = sessionbus.Disabled
	}
	_ = os.Setenv(busEnv, address) // it fails for malformed names only
}

// hasTray says whether there may be a tray: it is on the session's bus.
func hasTray() bool {
	if sessionbus.Address() == "" {
		return false
	}
	log.SetOutput(withoutTrayNoise{os.Stderr})
	return true
}

// withoutTrayNoise leaves out of the log that there is no tray: the window knows it
// and a desktop without one is no error.
type withoutTrayNoise struct{ to io.Writer }

func (w withoutTrayNoise) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("systray error: failed to register:")) {
		return len(line), nil
	}
	return w.to.Write(line)
}

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
