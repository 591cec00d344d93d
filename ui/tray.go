package ui

import (
	"context"
	"runtime"
	"time"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// Tray is the icon in the desktop's panel with its menu.
type Tray interface {
	// Watch calls fn with whether something shows the icon, now and at each change,
	// until ctx is done.
	Watch(ctx context.Context, fn func(present bool))
	// Start makes the icon; a click on it calls open, from any goroutine. It is called
	// once, on the main goroutine, before the toolkit runs.
	Start(menu *fyne.Menu, open func())
	// Show changes icon and tip, on the toolkit's goroutine.
	Show(icon parts.TrayIcon, tip string)
}

// trayEvery is how long changes of the menu are gathered: each one has the panel
// ask for the whole of it.
const trayEvery = 250 * time.Millisecond

// trayMood is what the app knows of the tray. The menu keeps what is shown.
type trayMood struct {
	host  bool // something shows the icon
	menu  *fyne.Menu
	shown trayView
	due   bool // it will be shown anew
}

// startTray makes the icon and its menu, before the toolkit runs.
func (a *App) startTray() {
	if a.deps.Tray == nil {
		return
	}
	a.tray.shown = a.trayView()
	a.tray.menu = fyne.NewMenu(Title, a.menuItems(a.tray.shown.items)...)
	a.deps.Tray.Start(a.tray.menu, a.Raise)
	a.deps.Tray.Show(a.tray.shown.icon, a.tray.shown.tip)
	a.spawn(func(ctx context.Context) {
		a.deps.Tray.Watch(ctx, func(present bool) { a.do(func() { a.trayHost(present) }) })
	})
}

func (a *App) trayView() trayView { return trayOf(a.snap, a.book.list, a.busy, a.elsewhere()) }

// applyTray has the tray show what differs, soon.
func (a *App) applyTray() {
	if a.tray.menu == nil || a.tray.due || a.trayView().same(a.tray.shown) {
		return
	}
	a.tray.due = true
	a.later(trayEvery, func() {
		a.tray.due = false
		a.showTray()
	})
}

func (a *App) showTray() {
	if a.ending.Load() { // the toolkit (Fyne 2.8.1) panics when its tray has closed the bus
		return
	}
	v := a.trayView()
	if v.same(a.tray.shown) {
		return
	}
	a.tray.shown = v
	a.tray.menu.Items = a.menuItems(v.items)
	a.tray.menu.Refresh()
	a.deps.Tray.Show(v.icon, v.tip)
}

// menuItems are lines as the toolkit has them.
func (a *App) menuItems(items []trayItem) []*fyne.MenuItem {
	var out []*fyne.MenuItem
	for _, t := range items {
		if t.rule {
			out = append(out, fyne.NewMenuItemSeparator())
			continue
		}
		item := fyne.NewMenuItem(trayLabel(runtime.GOOS, t.text), a.guarded("the tray", func() { a.trayDo(t) }))
		item.Checked, item.Disabled, item.IsQuit = t.checked, t.off, t.verb == trayQuit
		if len(t.sub) > 0 {
			item.ChildMenu = fyne.NewMenu("", a.menuItems(t.sub)...)
		}
		out = append(out, item)
	}
	return out
}

// trayDo does what a click on a line is for, by the verbs of the window. Where one
// of them has to ask, the window comes up with the question.
func (a *App) trayDo(t trayItem) {
	switch t.verb {
	case trayNothing:
	case trayOpen:
		a.raise()
	case trayToggle:
		a.toggle(tunnels.ID(t.of))
	case trayProfile:
		a.toggleProfile(t.of)
	case trayCopy:
		a.copyText(t.of)
	case trayStartAll:
		a.startThose(a.snap) // all, whatever the window is narrowed to
	case trayStopAll:
		a.stopThose(a.snap)
	case trayPreferences:
		a.raise()
		a.preferences()
	case trayQuit:
		a.Quit()
	}
}

// toggleProfile stops a profile of which all tunnels run, else starts the rest of
// it.
func (a *App) toggleProfile(id string) {
	if t := tallyOf(inProfile(a.snap, id)); t.running == t.total {
		a.stopProfile(id)
		return
	}
	a.startProfile(id)
}
