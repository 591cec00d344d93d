package ui

import (
	"context"
	"slices"
	"testing"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// TestStartBeforeTheStopIsOver: who sees that a tunnel is stopped and starts it is not
// ignored because the stop has not come back yet.
func TestStartBeforeTheStopIsOver(t *testing.T) {
	f := newFakeTunnels(tunnels.Status{Spec: tunnels.Spec{ID: "web", Target: tunnels.Target{Context: "dev", Name: "web"}, Mappings: []tunnels.Mapping{{Remote: tunnels.Port{Number: 80}}}}})
	w := newWorld(t, f, newFakeCatalog())
	w.until("the tunnel is there", func() bool { return len(w.app.snap) == 1 })
	over := make(chan struct{})
	w.app.act("web", lang.L("Stopping…"), func(context.Context) error { <-over; return nil })
	w.app.toggle("web")
	w.app.toggle("web") // twice is once
	if got := f.called(); len(got) > 0 {
		t.Errorf("before the stop is over there was %q", got)
	}
	close(over)
	w.until("it is started", func() bool { return len(f.called()) > 0 && w.app.busy["web"] == "" })
	if got := f.called(); !slices.Equal(got, []string{"start web"}) {
		t.Errorf("the tunnels were told %q", got)
	}
}
