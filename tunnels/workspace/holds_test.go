package workspace

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"culvert/tunnels"
)

func TestHold(t *testing.T) {
	type holder = func(context.Context) error
	hold := func(t *bench) holder {
		t.Helper()
		release, err := t.Hold(t.Context(), []tunnels.ID{"a"})
		t.ok(err)
		synctest.Wait()
		return release
	}
	end := func(t *bench, release holder) {
		t.Helper()
		t.ok(release(t.Context()))
	}
	start := func(t *bench) { t.start("a") }
	stop := func(t *bench) { t.ok(t.Stop(t.Context(), "a")) }
	tests := map[string]struct {
		do   func(*bench)
		want tunnels.State
	}{
		"it runs while it is held":       {func(t *bench) { hold(t) }, tunnels.Ready},
		"it stops at the end":            {func(t *bench) { end(t, hold(t)) }, tunnels.Stopped},
		"what ran before runs on":        {func(t *bench) { start(t); end(t, hold(t)) }, tunnels.Ready},
		"one of two ends":                {func(t *bench) { r := hold(t); hold(t); end(t, r) }, tunnels.Ready},
		"the first one of two ends last": {func(t *bench) { r := hold(t); end(t, hold(t)); end(t, r) }, tunnels.Stopped},
		"ending twice counts once":       {func(t *bench) { r := hold(t); hold(t); end(t, r); end(t, r) }, tunnels.Ready},
		"the user starts it meanwhile":   {func(t *bench) { r := hold(t); start(t); end(t, r) }, tunnels.Ready},
		"the user stops it meanwhile":    {func(t *bench) { hold(t); stop(t) }, tunnels.Stopped},
		"stops and starts it":            {func(t *bench) { r := hold(t); stop(t); start(t); end(t, r) }, tunnels.Ready},
		"it ran, is stopped and held anew": {func(t *bench) {
			start(t)
			r := hold(t)
			stop(t)
			s := hold(t)
			end(t, r)
			end(t, s)
		}, tunnels.Stopped},
		"it ran, is stopped, and held on":    {func(t *bench) { start(t); r := hold(t); stop(t); hold(t); end(t, r) }, tunnels.Ready},
		"once more after the end":            {func(t *bench) { end(t, hold(t)); hold(t) }, tunnels.Ready},
		"twice by the same one":              {func(t *bench) { r, err := t.Hold(t.Context(), []tunnels.ID{"a", "a"}); t.ok(err); end(t, r) }, tunnels.Stopped},
		"the user starts it after the end":   {func(t *bench) { r := hold(t); end(t, r); start(t); end(t, r) }, tunnels.Ready},
		"an edit leads it elsewhere":         {func(t *bench) { r := hold(t); t.elsewhere("a"); end(t, r) }, tunnels.Stopped},
		"an edit, and the user starts again": {func(t *bench) { r := hold(t); t.elsewhere("a"); start(t); end(t, r) }, tunnels.Ready},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.put(aSpec(t, "a", "8080:80"))
				tt.do(t)
				if st := t.status("a"); st.State != tt.want {
					t.Errorf("at last it is %v, want %v", st.State, tt.want)
				}
			})
		})
	}
}

// elsewhere edits the file of a tunnel so that it leads to another context.
func (t *bench) elsewhere(id tunnels.ID) {
	t.Helper()
	spec := t.status(id).Spec
	spec.Target.Context = "production"
	t.edit(spec)
	t.settled()
	if st := t.status(id); st.State != tunnels.Stopped {
		t.Errorf("after an edit it is %v", st.State)
	}
}

func TestReleaseWaitsUntilThePortsAreFree(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put(aSpec(t, "a", "8080:80"))
		t.put(aSpec(t, "b", "8081:80"))
		release, err := t.Hold(t.Context(), []tunnels.ID{"a", "b"})
		t.ok(err)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := release(ended); !errors.Is(err, context.Canceled) && err != nil {
			t.Errorf("with a context that has ended: %v", err)
		}
		t.ok(release(t.Context()))
		for _, id := range []tunnels.ID{"a", "b"} {
			if st := t.status(id); st.State != tunnels.Stopped || len(st.Bound) > 0 {
				t.Errorf("%s is %v on %v", id, st.State, st.Bound)
			}
		}
	})
}

// TestHoldsThatMeetTheEnd: who asks while a tunnel is being stopped, because nobody
// holds it any more, has it running.
func TestHoldsThatMeetTheEnd(t *testing.T) {
	for what, again := range map[string]func(*bench) error{
		"held": func(t *bench) error {
			_, err := t.Hold(t.Context(), []tunnels.ID{"a"})
			return err
		},
		"started": func(t *bench) error { return t.Start(t.Context(), "a") },
		"started on another port": func(t *bench) error {
			return t.StartOn(t.Context(), "a", map[tunnels.Mapping]uint16{t.status("a").Spec.Mappings[0]: 9000})
		},
	} {
		t.Run(what, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.put(aSpec(t, "a", "8080:80"))
				_, err := t.Hold(t.Context(), []tunnels.ID{"a"})
				t.ok(err)
				stop, stopped := t.holds.give("a") // as by its end
				if !stop {
					t.Fatal("it is not to stop")
				}
				done := make(chan error, 1)
				go func() { done <- again(t) }()
				synctest.Wait()
				if len(done) > 0 {
					t.Error("it has not waited")
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if err := t.Start(ctx, "a"); !errors.Is(err, context.Canceled) {
					t.Errorf("who does not wait is told %v", err)
				}
				t.ok(t.Stop(t.Context(), "a"))
				stopped()
				t.ok(<-done)
				synctest.Wait()
				if st := t.status("a"); st.State != tunnels.Ready {
					t.Errorf("it is %v", st.State)
				}
			})
		})
	}
}

func TestAHeldTunnelThatIsRemoved(t *testing.T) {
	inBubble(t, func(t *bench) {
		profile := t.bring(guest(t, "web", "8080:80"))
		t.put(aSpec(t, "a", ":80"))
		release, err := t.Hold(t.Context(), []tunnels.ID{"a", t.ids()["web"]})
		t.ok(err)
		t.ok(t.Remove(t.Context(), "a"))
		t.ok(t.Dismiss(t.Context(), profile))
		t.ok(release(t.Context()))
		if len(t.holds.all) > 0 {
			t.Errorf("held is %v", t.holds.all)
		}
	})
}

func TestHoldOfWhatIsNotThere(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put(aSpec(t, "a", "8080:80"))
		_, err := t.Hold(t.Context(), []tunnels.ID{"a", "x"})
		if e := tunnels.AsError(err); e == nil || e.Cause != tunnels.CauseNotFound {
			t.Errorf("the error is %v", err)
		}
		if st := t.status("a"); st.State != tunnels.Stopped || len(t.holds.all) > 0 {
			t.Errorf("the other one is %v, and held is %v", st.State, t.holds.all)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 20 { // it may be started before the context is looked at
			if _, err := t.Hold(ctx, []tunnels.ID{"a"}); err == nil {
				continue
			}
			synctest.Wait()
			if st := t.status("a"); len(t.holds.all) == 0 && st.State != tunnels.Stopped {
				t.Fatalf("after an error it is %v", st.State)
			}
		}
		t.Close()
		if _, err := t.Hold(t.Context(), []tunnels.ID{"a"}); !errors.Is(err, errClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestFollowTellsOfTheEnd(t *testing.T) {
	inBubble(t, func(t *bench) {
		ctx, cancel := context.WithCancel(t.Context())
		var kinds []tunnels.EventKind
		first, second := make(chan error), make(chan error)
		go func() { first <- t.Follow(ctx, func(tunnels.Event) {}) }()
		go func() {
			second <- t.Follow(t.Context(), func(e tunnels.Event) { kinds = append(kinds, e.Kind) })
		}()
		synctest.Wait()
		t.run(aSpec(t, "a", "8080:80"))
		cancel()
		t.ok(<-first)
		t.Close()
		if err := <-second; !errors.Is(err, errClosed) || !slices.Contains(kinds, tunnels.EventBound) {
			t.Errorf("after %v it says %v", kinds, err)
		}
		if _, _, err := t.List(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("listing says %v", err)
		}
	})
}
