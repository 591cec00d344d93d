package ui

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
	"culvert/tunnels/holder"
)

// busyTunnel wants addresses that others have.
func busyTunnel(name string, addrs ...string) tunnels.Status {
	st := stopped(spec(name, "dev", "shop", name+"-0", "5432"))
	st.State, st.Reason = tunnels.NeedsUser, "port busy"
	for _, a := range addrs {
		err := &tunnels.Error{Cause: tunnels.CausePortBusy}
		err.Err = errors.New("another program uses port 5432")
		st.Unbound = append(st.Unbound, tunnels.Unbound{Mapping: st.Spec.Mappings[0], Addr: netip.MustParseAddrPort(a), Err: err})
		st.Err = err
	}
	return st
}

func TestConflictView(t *testing.T) {
	both := busyTunnel("pg", "127.0.0.1:5432", "[::1]:5432")
	half := busyTunnel("pg", "[::1]:5432")
	half.State = tunnels.Degraded
	half.Bound = []tunnels.Bound{{Mapping: half.Spec.Mappings[0], Addr: netip.MustParseAddrPort("127.0.0.1:5432")}}
	ours := readyStatus(spec("web", "dev", "shop", "web-1", "5432:80"))
	instead := readyStatus(spec("pg", "dev", "shop", "pg-0", "5432"))
	instead.Instead = map[tunnels.Mapping]uint16{instead.Spec.Mappings[0]: 5433}
	random := readyStatus(spec("pg", "dev", "shop", "pg-0", ":5432"))
	random.Instead = map[tunnels.Mapping]uint16{random.Spec.Mappings[0]: 5433}
	twice := busyTunnel("pg", "127.0.0.1:5432")
	twice.Spec.Mappings = append(twice.Spec.Mappings, tunnels.Mapping{Local: 5432, Remote: tunnels.Port{Number: 1}})
	twice.Bound = []tunnels.Bound{{Mapping: twice.Spec.Mappings[1], Addr: netip.MustParseAddrPort("127.0.0.1:5432")}}
	postgres := holder.Process{PID: 812, Name: "postgres", Path: "/usr/lib/postgresql/16/bin/postgres"}

	tests := map[string]struct {
		st    tunnels.Status
		all   tunnels.Snapshot
		look  portLook
		head  string
		path  string
		note  string
		verbs []string
		texts []string
		ready bool
	}{
		"no conflict": {st: ours},
		"not looked yet": {
			st: both, head: "Port 5432 is used by another program.", note: "Culvert never stops other programs.",
			verbs: []string{verbUsePort, verbSavePort, verbWaitPort}, texts: []string{"Use 5433 this time", "Save 5433", "Retry when 5432 is free"},
		},
		"a program": {
			st: both, look: portLook{process: postgres, next: 5433, done: true},
			head: "Port 5432 is used by postgres (pid 812).", path: "/usr/lib/postgresql/16/bin/postgres", note: "Culvert never stops other programs.",
			verbs: []string{verbUsePort, verbSavePort, verbWaitPort}, texts: []string{"Use 5433 this time", "Save 5433", "Retry when 5432 is free"}, ready: true,
		},
		"one family": {
			st: half, look: portLook{process: postgres, next: 5433, done: true},
			head: "[::1]:5432 is used by postgres (pid 812).", path: "/usr/lib/postgresql/16/bin/postgres", note: "Culvert never stops other programs.",
			verbs: []string{verbUsePort, verbSavePort, verbWaitPort}, ready: true,
		},
		"a program without a name": {
			st: both, look: portLook{process: holder.Process{PID: 4}, next: 5433, done: true},
			head: "Port 5432 is used by the process 4.", note: "Culvert never stops other programs.",
			verbs: []string{verbUsePort, verbSavePort, verbWaitPort}, ready: true,
		},
		"another user's": {
			st: both, look: portLook{err: holder.ErrUnknown, next: 5433, done: true},
			head:  "Port 5432 is used by another program.",
			note:  "The system does not tell which one: it may be another user's. Culvert never stops other programs.",
			verbs: []string{verbUsePort, verbSavePort, verbWaitPort}, ready: true,
		},
		"no free port": {
			st: both, look: portLook{process: postgres, done: true},
			head: "Port 5432 is used by postgres (pid 812).", path: "/usr/lib/postgresql/16/bin/postgres", note: "Culvert never stops other programs.",
			verbs: []string{verbOtherPort, verbWaitPort}, ready: true,
		},
		"free again": {
			st: both, look: portLook{err: holder.ErrFree, next: 5433, done: true},
			head: "Port 5432 is free again.", note: "The tunnel takes it within 5 s.", verbs: []string{verbRetryPort}, ready: true,
		},
		"waiting": {
			st: both, look: portLook{process: postgres, next: 5433, done: true, waits: true},
			head: "Port 5432 is used by postgres (pid 812).", path: "/usr/lib/postgresql/16/bin/postgres",
			note:  "Waiting until it is free: the tunnel tries every 5 s.",
			verbs: []string{verbRetryPort, verbUsePort, verbSavePort}, ready: true,
		},
		"a tunnel of ours": {
			st: both, all: tunnels.Snapshot{both, ours}, look: portLook{next: 5433, done: true},
			head:  "Port 5432 is used by your tunnel “web”.",
			verbs: []string{verbUsePort, verbStopHolder, verbSavePort}, texts: []string{"Use 5433 this time", "Stop “web”", "Save 5433"}, ready: true,
		},
		"the tunnel itself": {
			st: twice, all: tunnels.Snapshot{twice}, look: portLook{next: 5433, done: true},
			head: "Port 5432 is used by another port of this tunnel.", verbs: []string{verbUsePort, verbSavePort}, ready: true,
		},
		"Culvert's own": {
			st: both, look: portLook{process: holder.Process{PID: 1, Name: "culvert", Own: true}, next: 5433, done: true},
			head: "Port 5432 is used by Culvert itself.", note: "Culvert never stops other programs.", verbs: []string{verbUsePort, verbSavePort, verbWaitPort}, ready: true,
		},
		"a port stands in": {
			st: instead, head: "Port 5433 instead of 5432 this time.", note: "That ends when the tunnel is stopped.",
			verbs: []string{verbSavePort, verbOwnPort}, texts: []string{"Save 5433", "Back to 5432"}, ready: true,
		},
		"a port stands in for any": {
			st: random, head: "Port 5433 this time.", note: "That ends when the tunnel is stopped.", verbs: []string{verbSavePort}, ready: true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v := conflictViewOf(tt.st, tt.all, tt.look)
			if v.head != tt.head || v.path != tt.path || v.note != tt.note || v.ready != tt.ready {
				t.Errorf("%+v", v)
			}
			if got := keysOf(v.verbs); got != strings.Join(tt.verbs, " ") {
				t.Errorf("verbs %v, want %v", got, tt.verbs)
			}
			for i, want := range tt.texts {
				if v.verbs[i].text != want {
					t.Errorf("%q, want %q", v.verbs[i].text, want)
				}
			}
		})
	}
}

// inConflict is a world that shows a tunnel whose port postgres has.
func inConflict(t *testing.T, others ...tunnels.Status) *world {
	t.Helper()
	all := append([]tunnels.Status{busyTunnel("pg", "127.0.0.1:5432", "[::1]:5432")}, others...)
	w := newWorld(t, newFakeTunnels(all...), newFakeCatalog())
	w.holder = holder.Process{PID: 812, Name: "postgres", Path: "/usr/lib/postgresql/16/bin/postgres"}
	w.app.choose("pg")
	w.until("the holder is known", func() bool { return w.app.details.conflict.view.ready })
	return w
}

// tapConflict taps one of the card's buttons.
func (w *world) tapConflict(key string) {
	w.Helper()
	for _, b := range w.app.details.conflict.buttons {
		if b.Mark == "conflict:"+key && b.Visible() && !b.Disabled() {
			test.Tap(b)
			return
		}
	}
	w.Fatalf("the card offers no %s but %v", key, keysOf(w.app.details.conflict.view.verbs))
}

func TestConflictCard(t *testing.T) {
	web := readyStatus(spec("web", "dev", "shop", "web-1", "5432:80"))
	tests := map[string]struct {
		others []tunnels.Status
		tap    string
		calls  []string
		after  func(*world) bool
	}{
		"use it this time": {tap: verbUsePort, calls: []string{"start-on pg"}, after: func(w *world) bool {
			return w.app.details.view.conflict.head == "Port 5433 instead of 5432 this time."
		}},
		"save it": {tap: verbSavePort, calls: []string{"put pg"}, after: func(w *world) bool {
			return w.app.undo.Visible() && w.app.snap[0].Spec.Mappings[0].String() == "5433:5432"
		}},
		"wait": {tap: verbWaitPort, after: func(w *world) bool {
			return w.app.details.view.conflict.verbs[0].key == verbRetryPort && len(w.app.busy) == 0
		}},
		"stop the other tunnel": {others: []tunnels.Status{web}, tap: verbStopHolder, calls: []string{"stop web", "kick pg"}, after: func(w *world) bool {
			return w.app.snap[1].State == tunnels.Stopped
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := inConflict(t, tt.others...)
			w.tapConflict(tt.tap)
			w.until("it is done", func() bool { return len(w.tunnels.called()) == len(tt.calls) && tt.after(w) })
			if got := w.tunnels.called(); !slices.Equal(got, tt.calls) {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestUndoOfAChangeKeepsLaterOnes: what was changed since is not lost, and what is
// gone does not come back.
func TestUndoOfAChangeKeepsLaterOnes(t *testing.T) {
	for name, later := range map[string]func(*world){
		"changed again": func(w *world) {
			s := w.app.snap[0].Spec
			s.Name = "database"
			if err := w.tunnels.Put(s); err != nil {
				t.Fatal(err)
			}
			w.until("it has its name", func() bool { return w.app.snap[0].Spec.Name == "database" })
		},
		"removed": func(w *world) {
			if err := w.tunnels.Remove(t.Context(), "pg"); err != nil {
				t.Fatal(err)
			}
			w.until("it is gone", func() bool { return len(w.app.snap) == 0 })
		},
	} {
		w := inConflict(t)
		w.tapConflict(verbSavePort)
		w.until("it is saved", func() bool { return w.app.undo.Visible() && w.app.snap[0].Spec.Mappings[0].String() == "5433:5432" })
		later(w)
		calls := len(w.tunnels.called())
		test.Tap(w.app.undo.undo)
		if got := told(w); len(w.app.busy) > 0 || len(w.tunnels.called()) != calls || !strings.Contains(got, "meanwhile") {
			t.Errorf("%s: %v, and it says %q", name, w.tunnels.called(), got)
		}
	}
}

// TestConflictCardKeepsInside: whatever the width and the words, nothing sticks out.
func TestConflictCardKeepsInside(t *testing.T) {
	w := inConflict(t)
	c := w.app.details.conflict
	long := c.view
	long.verbs = slices.Clone(long.verbs)
	long.verbs[2].text = "Versuchen, sobald der Anschluss 5432 wieder frei ist, und nicht eher als dann"
	for _, v := range []conflictView{c.view, long} {
		c.set(v)
		for _, width := range []float32{200, 312, 640} {
			h := c.Fit(width)
			c.Resize(fyne.NewSize(width, h))
			for _, b := range c.buttons {
				end := b.Position().AddXY(b.Size().Width, b.Size().Height)
				if b.Visible() && (end.X > width || end.Y > h) {
					t.Errorf("at %v %q ends at %v of %v", width, b.Label(), end, h)
				}
			}
		}
	}
	c.set(conflictView{})
	if c.Visible() || c.Fit(300) != 0 {
		t.Error("an empty card shows")
	}
}
