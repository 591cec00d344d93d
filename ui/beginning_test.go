package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/tunnels"
)

// TestWhatRunsFromTheStartOn: what is harmless starts by itself, and about the rest
// the user is asked, once.
func TestWhatRunsFromTheStartOn(t *testing.T) {
	w := productionWorld(t)
	w.app.deps.Begin = []tunnels.ID{"redis", "cache", "web", "gone"}
	w.app.draw()
	if w.app.window.Canvas().Overlays().Top() == nil {
		t.Fatal("nothing is asked")
	}
	w.until("cache runs", func() bool { return w.row("cache").on && len(w.app.busy) == 0 })
	if got := w.tunnels.called(); !slices.Equal(got, []string{"start cache"}) {
		t.Errorf("unasked it does %q", got)
	}
	test.Tap(w.button("ask-start/ok"))
	w.until("redis runs", func() bool { return w.row("redis").on && len(w.app.busy) == 0 })
	w.app.draw()
	if w.app.window.Canvas().Overlays().Top() != nil || len(w.tunnels.called()) != 2 {
		t.Errorf("it begins again: %q", w.tunnels.called())
	}
}

// TestTheStartWaitsForTheContexts: before they are read any one may be production.
func TestTheStartWaitsForTheContexts(t *testing.T) {
	w := productionWorld(t)
	b := w.app.browser
	known := b.Contexts()
	set := func(l listing[kube.Context]) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.contexts = l
	}
	set(listing[kube.Context]{})
	w.app.deps.Begin = []tunnels.ID{"cache"}
	w.app.begin()
	if w.app.window.Canvas().Overlays().Top() != nil || len(w.tunnels.called()) > 0 {
		t.Fatal("it begins before the contexts are known")
	}
	set(known)
	w.app.begin()
	w.until("cache runs", func() bool { return w.row("cache").on })
}
