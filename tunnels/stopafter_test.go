package tunnels_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

// runFor puts and starts the tunnel "t" with a StopAfter.
func (t *bench) runFor(d time.Duration) {
	t.Helper()
	t.cluster.SetPods(nil, pod("1"))
	t.put("t", "80", stopAfter(d))
	t.start("t")
	t.want(tunnels.Ready, "")
}

func stopAfter(d time.Duration) func(*tunnels.Spec) {
	return func(s *tunnels.Spec) { s.StopAfter = d }
}

// pass lets time pass.
func (t *bench) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestStopsByItself(t *testing.T) {
	inBubble(t, func(t *bench) {
		began := time.Now()
		t.runFor(time.Hour)
		c := t.patientDial()
		if got := t.status("t").StopAt; got.Sub(began) != time.Hour {
			t.Errorf("it stops at %v after its start", got.Sub(began))
		}
		t.pass(time.Hour - 2*time.Second)
		t.want(tunnels.Ready, "")
		t.pass(4 * time.Second)
		st := t.want(tunnels.Stopped, "stopped by itself after 1 h")
		if st.Ended != time.Hour || !st.StopAt.IsZero() || len(st.Bound) > 0 || len(t.cluster.Live()) > 0 {
			t.Errorf("it stops at %v, listens on %v and has %d sessions", st.StopAt, st.Bound, len(t.cluster.Live()))
		}
		if readErr(c) == nil {
			t.Error("the client's connection goes on")
		}
		told := t.Timeline("t")
		if last := told[len(told)-1]; last.Kind != tunnels.EventState || last.State != tunnels.Stopped || last.Reason != "stopped by itself after 1 h" {
			t.Errorf("the timeline ends with %+v", last)
		}

		t.start("t")
		if st := t.want(tunnels.Ready, ""); time.Until(st.StopAt) != time.Hour {
			t.Errorf("started again, it stops in %v", time.Until(st.StopAt))
		}
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		if st := t.status("t"); st.Reason != "" || st.Ended != 0 || !st.StopAt.IsZero() {
			t.Errorf("stopped by the user: %q, stops at %v", st.Reason, st.StopAt)
		}
	})
}

func TestPutOfStopAfterRestartsNothing(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.runFor(time.Hour)
		dialed := t.cluster.Dialed()
		stopAt := t.status("t").StopAt
		t.pass(30 * time.Minute)
		t.put("t", "80", stopAfter(time.Hour), func(s *tunnels.Spec) { s.Name, s.Tags = "other", []string{"blue"} })
		if got := t.status("t").StopAt; !got.Equal(stopAt) {
			t.Errorf("after a new name it stops %v later", got.Sub(stopAt))
		}
		t.put("t", "80", stopAfter(2*time.Hour))
		if got := time.Until(t.status("t").StopAt); got != 2*time.Hour {
			t.Errorf("after a change to two hours it stops in %v", got)
		}
		t.pass(time.Hour + 30*time.Minute)
		t.want(tunnels.Ready, "")
		t.put("t", "80")
		if st := t.status("t"); !st.StopAt.IsZero() {
			t.Errorf("without StopAfter it stops at %v", st.StopAt)
		}
		t.pass(24 * time.Hour)
		if st := t.want(tunnels.Ready, ""); st.Reconnects > 0 || t.cluster.Dialed() != dialed {
			t.Errorf("%d reconnects, %d sessions after %d", st.Reconnects, t.cluster.Dialed(), dialed)
		}
	})
}

func TestExtend(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put("t", "80")
		for name, err := range map[string]error{
			"no tunnel": t.Extend("other", time.Hour),
			"stopped":   t.Extend("t", time.Hour),
			"too long":  t.Extend("t", tunnels.MaxStopAfter+1),
			"the past":  t.Extend("t", -1),
		} {
			if e := tunnels.AsError(err); e == nil || e.Cause != tunnels.CauseInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		t.runFor(time.Hour)
		t.pass(50 * time.Minute)
		if err := t.Extend("t", time.Hour); err != nil {
			t.Fatal(err)
		}
		t.pass(59 * time.Minute)
		t.want(tunnels.Ready, "")
		t.pass(2 * time.Minute)
		t.want(tunnels.Stopped, "stopped by itself after 1 h 50 min")

		t.start("t")
		if err := t.Extend("t", 0); err != nil {
			t.Fatal(err)
		}
		t.pass(5 * time.Hour)
		t.want(tunnels.Ready, "")
	})
}

// TestStopsByItselfBesideAStart: whoever has the turn is not disturbed.
func TestStopsByItselfBesideAStart(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.runFor(time.Second)
		for range 20 {
			time.Sleep(500 * time.Millisecond)
			if err := t.Start(t.Context(), "t"); err != nil {
				t.Fatal(err)
			}
		}
		t.pass(3 * time.Second)
		t.want(tunnels.Stopped, "stopped by itself after 1 s")
		stops := slices.DeleteFunc(t.Timeline("t"), func(e tunnels.Event) bool { return e.State != tunnels.Stopped })
		if len(stops) < 3 {
			t.Errorf("it stopped %d times", len(stops))
		}
	})
}
