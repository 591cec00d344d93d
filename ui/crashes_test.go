package ui

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
	"culvert/tunnels/crash"
	"culvert/ui/parts"
)

// TestPartsOfTheWindowFail: a view, a click and the work behind cost that one go; the banner
// tells, and the window goes on drawing.
func TestPartsOfTheWindowFail(t *testing.T) {
	tests := []struct {
		name string
		fail func(w *world)
		part string
	}{
		{"a view", func(w *world) {
			strip := w.app.strip
			w.app.strip = nil
			w.app.draw()
			w.app.strip = strip
		}, "the status line"},
		{"a click", func(w *world) {
			w.app.deps.App.Settings().SetTheme(parts.NewTheme().Catching(w.app.caught))
			test.Tap(parts.NewButton("x", "X", "", parts.Plain, func() { panic("clicked") }))
		}, "the window"},
		{"the work behind", func(w *world) { w.app.later(time.Millisecond, func() { panic("behind") }) }, "the window"},
		{"a line of the tray", func(w *world) {
			w.app.guarded("the tray", func() { panic("tray") })()
		}, "the tray"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "crashes")
			f := newFakeTunnels(tunnels.Status{Spec: spec("web", "dev", "shop", "web", "8080:80"), State: tunnels.Ready})
			w := newWorldOf(t, f, newFakeCatalog(), func(d *Deps) { d.Crashes = crash.New(crash.Options{Folder: dir}) })
			tt.fail(w)
			w.until("the banner tells", func() bool { return strings.HasPrefix(w.app.banner.view.key, "crash "+tt.part) })
			if v := w.app.banner.view; v.opens == "" || !strings.HasPrefix(v.opens, dir) || v.button == "" {
				t.Errorf("the banner is %+v", v)
			}
			told := w.app.banner.view
			w.app.dismissBanner(told)
			if w.app.banner.view.key == told.key {
				t.Error("the banner stays")
			}
			w.row("web")
		})
	}
}

// TestEndedBefore: the window says that a Culvert before has ended, until it is dismissed.
func TestEndedBefore(t *testing.T) {
	ended := &crash.Report{Path: "/state/crashes/crash-x.txt", Time: noon, Ended: true}
	facts := crashFacts(nil, ended)
	if len(facts) != 1 || facts[0].opens != ended.Path || !strings.Contains(facts[0].title, "ended unexpectedly") {
		t.Fatalf("the facts are %+v", facts)
	}
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.endedBefore = ended
	w.app.draw()
	if w.app.banner.view.key != endedKey {
		t.Fatalf("the banner is %+v", w.app.banner.view)
	}
	w.app.dismissBanner(w.app.banner.view)
	if w.app.endedBefore != nil || w.app.banner.Visible() {
		t.Error("it is told again")
	}
}
