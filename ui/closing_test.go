package ui

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"culvert/tunnels/workspace"
	"culvert/ui/parts"
)

func TestClosingOf(t *testing.T) {
	tests := []struct {
		name        string
		host, quits bool
		running     int
		want        closing
	}{
		{"a tray shows it", true, false, 3, closeHides},
		{"a tray shows it and nothing runs", true, false, 0, closeHides},
		{"the user wants it to end", true, true, 0, closeEnds},
		{"the user wants it to end, tunnels run", true, true, 1, closeAsks},
		{"nothing shows it", false, false, 0, closeEnds},
		{"nothing shows it, tunnels run", false, false, 2, closeAsks},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := closingOf(tt.host, tt.quits, tt.running); got != tt.want {
				t.Errorf("closing does %v, want %v", got, tt.want)
			}
		})
	}
}

// questioned returns the open question, or nil.
func (w *world) questioned() *parts.Overlay {
	o, _ := w.app.window.Canvas().Overlays().Top().(*parts.Overlay)
	return o
}

func TestClosingHidesAndSaysSoOnce(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	told := make(chan string, 8)
	w.app.deps.Notify = func(_ context.Context, title, _ string) { told <- title }
	withTray(w)
	w.app.closeWindow()
	if !w.app.hidden {
		t.Fatal("the window is there")
	}
	if got := <-told; got != "Culvert goes on in the tray" {
		t.Errorf("the user was told %q", got)
	}
	w.app.raise()
	w.app.closeWindow()
	if !w.app.hidden || len(w.app.notices) > 0 || len(told) > 0 {
		t.Error("it was told a second time")
	}
}

func TestATrayThatGoesBringsTheWindow(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	f := withTray(w)
	w.app.closeWindow()
	f.present <- false
	w.until("the window is back", func() bool { return !w.app.hidden })
	w.app.closeWindow()
	if w.app.hidden || w.questioned() == nil {
		t.Error("without a tray closing does not ask")
	}
	w.app.closeWindow()
	if n := len(w.app.window.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d questions are open", n)
	}
	w.app.escape()
	if w.questioned() != nil || w.app.leaving {
		t.Error("the question cannot be left")
	}
}

func TestClosingAsksWhereTheUserWantsItToEnd(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.deps.Settings = &fakeSettings{now: workspace.Settings{CloseQuits: true}}
	withTray(w)
	w.app.closeWindow()
	w.until("it asks", func() bool { return w.questioned() != nil })
	if w.app.hidden {
		t.Error("the window is gone")
	}
}

func TestAHiddenStartWaitsForATray(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	f := &fakeTray{present: make(chan bool)}
	w.app.deps.Tray, w.app.deps.Hidden = f, true
	w.app.startTray()
	w.app.showFirst()
	f.present <- false // the panel starts too
	w.app.deps.Do(func() {})
	if !w.app.hidden {
		t.Fatal("the window came at once")
	}
	f.present <- true
	w.until("nobody waits any more", func() bool { return !w.app.patient })
	if !w.app.hidden {
		t.Error("the window came although a tray shows the program")
	}
	f.present <- false
	w.until("the window is there", func() bool { return !w.app.hidden })
}

func TestAHiddenStartWithoutATrayShowsTheWindow(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	f := &fakeTray{present: make(chan bool)}
	w.app.deps.Tray, w.app.deps.Hidden = f, true
	w.app.startTray()
	w.app.showFirst()
	w.until("the window is there", func() bool { return !w.app.hidden })
}

func TestQuitAsksWhatStops(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.quitAsked()
	o := w.questioned()
	if o == nil {
		t.Fatal("it does not ask")
	}
	var title string
	for _, obj := range test.LaidOutObjects(o) {
		if p, ok := obj.(*parts.Para); ok && p.Mark == "quit/title" {
			title = p.Text()
		}
	}
	if title != "Quit and stop 1 tunnel?" {
		t.Errorf("it asks %q", title)
	}
}

func TestQuitConsequence(t *testing.T) {
	tests := []struct {
		host, hides bool
		want        string
	}{
		{false, false, "This desktop shows no tray in which they could go on."},
		{false, true, "This desktop shows no tray in which they could go on."},
		{true, true, "They go on in the tray if you close the window instead."},
		{true, false, "Preferences can have them go on in the tray when the window is closed."},
	}
	for _, tt := range tests {
		if got := quitConsequence(tt.host, tt.hides); !strings.HasSuffix(got, ". "+tt.want) {
			t.Errorf("with a tray %t that keeps it %t it says %q", tt.host, tt.hides, got)
		}
	}
}
