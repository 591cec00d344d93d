package tunnels_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

// follower keeps what it is told of.
type follower struct {
	mu    sync.Mutex
	kinds []tunnels.EventKind
	ended bool
}

// follow begins to follow, on a goroutine that ends as Follow does.
func (t *bench) follow(ctx context.Context, f *follower, fn func(tunnels.Event)) {
	go func() {
		t.Follow(ctx, func(e tunnels.Event) {
			f.mu.Lock()
			f.kinds = append(f.kinds, e.Kind)
			f.mu.Unlock()
			fn(e)
		})
		f.mu.Lock()
		defer f.mu.Unlock()
		f.ended = true
	}()
	synctest.Wait()
}

func (f *follower) told() ([]tunnels.EventKind, bool) {
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.kinds), f.ended
}

func nothing(tunnels.Event) {}

func TestFollowersAreToldOfEachEvent(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		var all, late, stuck follower
		hold := make(chan struct{})
		t.follow(t.Context(), &all, func(tunnels.Event) { t.Snapshot() })
		t.follow(t.Context(), &stuck, func(tunnels.Event) { <-hold })
		t.run("80")
		t.follow(t.Context(), &late, nothing)
		if err := t.Stop(t.Context(), "t"); err != nil { // and nobody holds it up
			t.Fatal(err)
		}
		kinds, _ := all.told()
		t.mu.Lock()
		for i, e := range t.events {
			if i >= len(kinds) || kinds[i] != e.Kind {
				t.Errorf("told of %v, but event %d is %v", kinds, i, e.Kind)
			}
		}
		t.mu.Unlock()
		if got, _ := stuck.told(); len(got) != 1 {
			t.Errorf("one that does not return is called once more: %v", got)
		}
		if got, _ := late.told(); !slices.Equal(got, []tunnels.EventKind{tunnels.EventState}) {
			t.Errorf("of what came before, one is told: %v", got)
		}
		close(hold)
		if got, _ := stuck.told(); !slices.Equal(got, kinds) {
			t.Errorf("told of %v at last, want %v", got, kinds)
		}
	})
}

func TestFollowEndsWithItsContext(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		ctx, cancel := context.WithCancel(t.Context())
		var f follower
		t.follow(ctx, &f, func(tunnels.Event) { cancel() })
		t.run("80")
		if kinds, ended := f.told(); len(kinds) != 1 || !ended {
			t.Errorf("it was called with %v (ended: %v) when the first call ended the context", kinds, ended)
		}
	})
}

func TestFollowEndsWithTheManager(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		var f, stuck, after follower
		t.follow(t.Context(), &f, nothing)
		hold := make(chan struct{})
		t.follow(t.Context(), &stuck, func(tunnels.Event) { <-hold })
		t.run("80")
		began := time.Now()
		t.Close()
		if took := time.Since(began); took != time.Second {
			t.Errorf("closing took %v beside one that does not return, want a second", took)
		}
		t.mu.Lock()
		want := len(t.events)
		t.mu.Unlock()
		if kinds, ended := f.told(); len(kinds) != want || !ended {
			t.Errorf("told of %d events of %d, and ended: %v", len(kinds), want, ended)
		}
		t.follow(t.Context(), &after, nothing)
		if _, ended := after.told(); !ended {
			t.Error("a closed manager is followed")
		}
		close(hold)
		if kinds, ended := stuck.told(); len(kinds) != want || !ended {
			t.Errorf("told of %d events of %d at last, and ended: %v", len(kinds), want, ended)
		}
	})
}

// numbers are those of a pod whose port named http has one number, and whose port
// 443 of a service another.
func numbers(uid string, http, tls uint16) tunnels.Endpoint {
	e := pod(uid)
	e.Ports = map[tunnels.Port]tunnels.PortResult{
		{Name: "http"}:   {Number: http},
		{Number: 443}:    {Number: tls},
		{Name: "absent"}: {Err: &tunnels.Error{Err: errors.New("no such port"), Cause: tunnels.CauseNotFound}},
	}
	return e
}

func TestNumbersAreThoseOfThePodInUse(t *testing.T) {
	inBubble(t, func(t *bench) {
		want := func(when string, got map[tunnels.Port]uint16, http, tls uint16) {
			t.Helper()
			want := map[tunnels.Port]uint16{{Name: "http"}: http, {Number: 443}: tls}
			if http == 0 {
				want = nil
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s: the numbers are %v, want %v", when, got, want)
			}
		}
		last := func(kind tunnels.EventKind) tunnels.Event {
			synctest.Wait()
			t.mu.Lock()
			defer t.mu.Unlock()
			for _, e := range slices.Backward(t.events) {
				if e.Kind == kind {
					return e
				}
			}
			return tunnels.Event{}
		}
		t.put("t", "8080:http 8443:443 9000:absent", func(s *tunnels.Spec) {
			s.Target = tunnels.Target{Kind: tunnels.KindService, Name: "web"}
		})
		want("stopped", t.status("t").Numbers, 0, 0)
		t.start("t")
		want("without a pod", t.status("t").Numbers, 0, 0)
		t.cluster.SetPods(nil, numbers("1", 3000, 8443))
		want("ready", t.want(tunnels.Degraded, "").Numbers, 3000, 8443)
		want("of the session", last(tunnels.EventSession).Numbers, 3000, 8443)
		want("of the state", last(tunnels.EventState).Numbers, 3000, 8443)
		t.cluster.SetPods(nil, numbers("1", 3000, 9443))
		want("when the service sends it elsewhere", t.want(tunnels.Degraded, "").Numbers, 3000, 9443)
		e := numbers("1", 3000, 9443)
		e.Ready = false
		t.cluster.SetPods(nil, e)
		want("while the pod is not ready", t.want(tunnels.Waiting, "").Numbers, 0, 0)
		want("of the state then", last(tunnels.EventState).Numbers, 0, 0)
		t.cluster.SetPods(nil, e, numbers("2", 4000, 8444))
		want("of the next pod", t.want(tunnels.Degraded, "").Numbers, 4000, 8444)
		want("of its session", last(tunnels.EventSession).Numbers, 4000, 8444)
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("no such port"), Cause: tunnels.CauseUnreachable})
		t.cluster.Cut(nil)
		want("after the session", t.want(tunnels.Reconnecting, "").Numbers, 0, 0)
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		want("stopped again", t.status("t").Numbers, 0, 0)
	})
}

func TestNumbersOfSeveralPodsAreThoseOfOne(t *testing.T) {
	inBubble(t, func(t *bench) {
		one, two := numbers("1", 3000, 8443), numbers("2", 4000, 8444)
		two.Pod = "web-2"
		t.cluster.SetPods(nil, one, two)
		t.runOn(tunnels.PolicyRoundRobin, "8080:http 8443:443")
		st := t.want(tunnels.Ready, "")
		by := map[string]map[tunnels.Port]uint16{
			"web":   {{Name: "http"}: 3000, {Number: 443}: 8443},
			"web-2": {{Name: "http"}: 4000, {Number: 443}: 8444},
		}
		if !maps.Equal(st.Numbers, by[st.Pod]) {
			t.Errorf("the numbers are %v beside the pod %s", st.Numbers, st.Pod)
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, e := range t.events {
			if e.Kind == tunnels.EventSession && !maps.Equal(e.Numbers, by[e.Pod]) {
				t.Errorf("the numbers of the session to %s are %v", e.Pod, e.Numbers)
			}
		}
	})
}
