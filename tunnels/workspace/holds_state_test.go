package workspace

import (
	"slices"
	"testing"

	"culvert/tunnels"
)

// TestWhatIsHeldHasNotRun: a tunnel that somebody else needs for a while is not noted as
// one that the user has running, until the user starts it.
func TestWhatIsHeldHasNotRun(t *testing.T) {
	d := newDesk(t, threeTunnels)
	w := d.open()
	d.start(w, "dev/a")
	release, err := w.Hold(t.Context(), []tunnels.ID{"dev/a", "dev/c"})
	d.ok(err)
	d.until("its ports are written", func() bool { return slices.Equal(d.havePorts(), []place{"dev/a", "dev/c"}) })
	if got := d.runs(); !slices.Equal(got, []tunnels.ID{"dev/a"}) {
		t.Errorf("%v run by the file", got)
	}
	d.start(w, "dev/c") // nothing changes about it
	d.until("it is noted", func() bool { return slices.Equal(d.runs(), []tunnels.ID{"dev/a", "dev/c"}) })
	d.ok(release(t.Context()))
	w.Close()
	if got := d.runs(); !slices.Equal(got, []tunnels.ID{"dev/a", "dev/c"}) {
		t.Errorf("after the end, %v run by the file", got)
	}
}

// TestTheEndOfWhatIsHeld: that the process ends while something is held does not note it
// either.
func TestTheEndOfWhatIsHeld(t *testing.T) {
	d := newDesk(t, threeTunnels)
	w := d.open()
	if _, err := w.Hold(t.Context(), []tunnels.ID{"dev/a"}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if got := d.runs(); len(got) != 0 {
		t.Errorf("after the end, %v run by the file", got)
	}
}
