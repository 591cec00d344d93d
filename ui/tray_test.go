package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/tunnels/workspace"
	"culvert/ui/parts"
)

// fakeTray shows nothing; the test says whether it is there.
type fakeTray struct {
	present chan bool
	menu    *fyne.Menu
	open    func()
	icon    parts.TrayIcon
	tip     string
	shown   int
}

func (f *fakeTray) Watch(ctx context.Context, fn func(bool)) {
	for {
		select {
		case p := <-f.present:
			fn(p)
		case <-ctx.Done():
			return
		}
	}
}

func (f *fakeTray) Start(menu *fyne.Menu, open func()) { f.menu, f.open = menu, open }

func (f *fakeTray) Show(icon parts.TrayIcon, tip string) {
	f.icon, f.tip, f.shown = icon, tip, f.shown+1
}

// labels are the lines of the menu.
func (f *fakeTray) labels() []string {
	var out []string
	for _, i := range f.menu.Items {
		out = append(out, i.Label)
	}
	return out
}

// click does what a line of the menu, or of a submenu, is for.
func (f *fakeTray) click(t *testing.T, label string) {
	t.Helper()
	var find func(m *fyne.Menu) *fyne.MenuItem
	find = func(m *fyne.Menu) *fyne.MenuItem {
		for _, i := range m.Items {
			if strings.HasPrefix(i.Label, label) && i.ChildMenu == nil {
				return i
			}
			if i.ChildMenu != nil {
				if c := find(i.ChildMenu); c != nil {
					return c
				}
			}
		}
		return nil
	}
	i := find(f.menu)
	if i == nil || i.Disabled {
		t.Fatalf("%q cannot be clicked in %q", label, f.labels())
	}
	i.Action()
}

// withTray gives a world a tray that is there.
func withTray(w *world) *fakeTray {
	w.Helper()
	f := &fakeTray{present: make(chan bool)}
	w.app.deps.Tray = f
	w.app.startTray()
	f.present <- true
	w.until("the tray is there", func() bool { return w.app.tray.host })
	return f
}

// fakeSettings keeps what is chosen.
type fakeSettings struct {
	mu  sync.Mutex
	now workspace.Settings
	err error
}

func (f *fakeSettings) Settings() workspace.Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fakeSettings) SetSettings(_ context.Context, s workspace.Settings) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	f.now = s
	return nil
}

func TestTheTrayActsByTheVerbsOfTheWindow(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	f := withTray(w)
	if f.tip != "Culvert: 1 running" || f.icon != parts.TrayRunning {
		t.Errorf("the tray says %q with the icon %v", f.tip, f.icon)
	}
	f.click(t, "redis  6379")
	w.until("redis runs", func() bool { return w.row("redis").on })
	w.until("the tray ticks it", func() bool { return f.menu.Items[4].Checked })
	if f.tip != "Culvert: 2 running" {
		t.Errorf("the tray says %q", f.tip)
	}
}

func TestTheTrayCopiesAddresses(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	f := withTray(w)
	f.click(t, "web  127.0.0.1:6000")
	if got := w.app.deps.App.Clipboard().Content(); got != "127.0.0.1:6000" {
		t.Errorf("the clipboard has %q", got)
	}
}

func TestTheTrayStartsAndStopsAll(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	f := withTray(w)
	f.click(t, "Start all")
	w.until("all run", func() bool { return f.tip == "Culvert: 2 running" })
	f.click(t, "Stop all")
	w.until("none runs", func() bool { return f.tip == "Culvert: No tunnel runs" })
	want := []string{"start redis", "stop redis", "stop web"}
	got := w.tunnels.called()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("calls are %v, want %v", got, want)
	}
}

func TestAQuestionFromTheTrayBringsTheWindow(t *testing.T) {
	c := newFakeCatalog()
	c.contexts[1].Production = true
	w := newWorld(t, two(), c)
	f := withTray(w)
	w.app.hide()
	f.click(t, "redis  6379")
	if w.app.hidden || w.app.window.Canvas().Overlays().Top() == nil {
		t.Error("nothing is asked before a tunnel to production starts")
	}
	if calls := w.tunnels.called(); len(calls) > 0 {
		t.Errorf("the manager was called for %v", calls)
	}
}

func TestAHiddenWindowIsNotDrawn(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	f := withTray(w)
	w.app.hide()
	f.click(t, "redis  6379")
	w.until("the tray ticks redis", func() bool { return f.menu.Items[4].Checked })
	if w.row("redis").on {
		t.Error("the hidden table was drawn")
	}
	w.app.raise()
	if !w.row("redis").on {
		t.Error("the window shows what was so before")
	}
}

func TestTheTrayGathersChanges(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	f := withTray(w)
	before := f.shown
	for range 20 {
		w.tunnels.change("", "web", func(st *tunnels.Status) { st.State = tunnels.Reconnecting })
		w.app.draw()
		w.tunnels.change("", "web", func(st *tunnels.Status) { st.State = tunnels.Degraded })
		w.app.draw()
	}
	w.until("the tray shows how it ended", func() bool { return f.tip == "Culvert: 1 is degraded" })
	if n := f.shown - before; n > 2 {
		t.Errorf("it was shown anew %d times", n)
	}
}

func TestAClickInTheTrayThatFailsIsTold(t *testing.T) {
	fake := two()
	fake.fail = &tunnels.Error{Err: errors.New("the disk is full"), Hint: "make room"}
	w := newWorld(t, fake, newFakeCatalog())
	told := make(chan string, 8)
	w.app.deps.Notify = func(_ context.Context, title, text string) { told <- title + ". " + text }
	f := withTray(w)
	w.app.memory.Hides = true
	w.app.hide()
	f.click(t, "redis  6379")
	w.until("it is told", func() bool { return len(told) > 0 })
	if got := <-told; got != "redis: it could not be done. The disk is full. Make room." {
		t.Errorf("told is %q", got)
	}
}
