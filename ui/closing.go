package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/lang"
)

// hostWait is how long a program that starts hidden waits for a tray: at login,
// panels start at the same time.
const hostWait = 2 * time.Second

// closing is what becomes of a window that the user closes.
type closing uint8

const (
	closeHides closing = iota
	closeAsks
	closeEnds
)

// closingOf decides what closing the window does: it must not leave a program
// behind that nobody can reach, nor end tunnels that nobody thought of. running are
// those that end with it.
func closingOf(host, quits bool, running int) closing {
	switch {
	case host && !quits:
		return closeHides
	case running > 0:
		return closeAsks
	}
	return closeEnds
}

// closeWindow is what the window's close button does.
func (a *App) closeWindow() { a.withSettings(a.closeNow) }

func (a *App) closeNow() {
	switch closingOf(a.tray.host, a.closeQuits(), a.stopsWith()) {
	case closeHides:
		a.hide()
	case closeAsks:
		a.quitAsked()
	case closeEnds:
		a.Quit()
	}
}

// closeQuits says that the user wants closing to end the program.
func (a *App) closeQuits() bool {
	return a.settingsNow().CloseQuits
}

// quitAsked ends the program; where tunnels stop with it, it asks first.
func (a *App) quitAsked() {
	n := a.stopsWith()
	if n == 0 {
		a.Quit()
		return
	}
	if a.leaving {
		return
	}
	a.leaving = true
	a.ask(question{
		mark:  "quit",
		title: plural(n, "Quit and stop 1 tunnel?", "Quit and stop {{.N}} tunnels?", nil),
		text:  quitConsequence(a.tray.host, !a.closeQuits()),
		ok:    lang.L("Quit"),
		yes:   a.Quit,
		no:    func() { a.leaving = false },
	})
}

// quitConsequence says what goes with the program, and what would keep it; hides
// says that closing the window does.
func quitConsequence(host, hides bool) string {
	text := lang.L("What is connected through them is cut off.")
	switch {
	case !host:
		return joined(text, lang.L("This desktop shows no tray in which they could go on."))
	case hides:
		return joined(text, lang.L("They go on in the tray if you close the window instead."))
	}
	return joined(text, lang.L("Preferences can have them go on in the tray when the window is closed."))
}

// hide takes the window away; tunnels go on, and nothing is drawn any more.
func (a *App) hide() {
	if a.hidden {
		return
	}
	a.hidden = true
	a.window.Hide()
	if !a.memory.Hides {
		a.memory.Hides = true
		a.keepSoon()
		a.notify(notice{
			title: lang.L("Culvert goes on in the tray"),
			text:  lang.L("Your tunnels stay open. Preferences say what closing the window does."),
		})
	}
}

// Raise brings the window before the user, wherever it is. It may be called from
// any goroutine.
func (a *App) Raise() { a.do(a.raise) }

func (a *App) raise() {
	a.show()
	if a.deps.Restore != nil {
		a.deps.Restore(a.window)
	}
	a.window.RequestFocus()
}

// beSeen is raise where the window may be out of sight.
func (a *App) beSeen() {
	if a.hidden || !a.focused {
		a.raise()
	}
}

// show has a hidden window be there again, drawn as things are now.
func (a *App) show() {
	if !a.hidden {
		return
	}
	first := a.hidden && !a.wasShown
	a.hidden, a.wasShown = false, true
	a.draw()
	a.window.Show()
	if first {
		a.fitScreen()
	}
}

// showFirst shows the window for the first time, or leaves it hidden where a tray
// shows up soon.
func (a *App) showFirst() {
	if !a.deps.Hidden || a.deps.Tray == nil {
		a.wasShown = true
		a.window.Show()
		return
	}
	a.hidden, a.patient = true, true
	a.spawn(func(ctx context.Context) {
		t := time.NewTimer(hostWait)
		defer t.Stop()
		select {
		case <-ctx.Done():
		case <-t.C:
			a.do(func() {
				a.patient = false
				a.trayHost(a.tray.host)
			})
		}
	})
}

// trayHost notes whether something shows the tray. A hidden window that could not
// be reached any more shows itself.
func (a *App) trayHost(present bool) {
	a.tray.host = present
	if a.hidden && !present && !a.patient {
		a.show()
	}
}
