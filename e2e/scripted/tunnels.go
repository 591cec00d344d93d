package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/ui"
)

// scriptedTunnels are tunnels that change as often as they are told to.
type scriptedTunnels struct {
	ui.Tunnels // what the benchmark does not do
	running    sync.WaitGroup
	dirty      chan struct{}

	mu   sync.Mutex
	snap tunnels.Snapshot
	turn int
}

// A tunnel that is started is Starting for so long.
const connecting = 400 * time.Millisecond

func newTunnels(n int) *scriptedTunnels {
	s := &scriptedTunnels{dirty: make(chan struct{}, 1)}
	for i := range n {
		s.snap = append(s.snap, ready(specOf(i)))
	}
	return s
}

func specOf(i int) tunnels.Spec {
	return tunnels.Spec{
		ID: tunnels.ID(fmt.Sprintf("t%03d", i)), Name: fmt.Sprintf("tunnel-%03d", i),
		Target:   tunnels.Target{Context: contextName(i % 2), Namespace: "shop", Kind: tunnels.KindService, Name: fmt.Sprintf("svc-%03d", i)},
		Mappings: []tunnels.Mapping{{Local: tunnels.AnyPort, Remote: tunnels.Port{Number: 8080}}},
	}
}

// ready is a tunnel that has been so for hours: its age is not drawn each second.
func ready(spec tunnels.Spec) tunnels.Status {
	var n uint16
	_, _ = fmt.Sscanf(string(spec.ID), "t%d", &n)
	st := tunnels.Status{
		Spec: spec, State: tunnels.Ready, Pod: spec.Target.Name + "-7d4b9c6f5-x2x9k", Transport: "SPDY",
		Latency: 18 * time.Millisecond, Since: time.Now().Add(-3*time.Hour - 30*time.Second), Opened: 14, In: 48_300_000, Out: 1_200_000,
	}
	for _, ip := range []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()} {
		st.Bound = append(st.Bound, tunnels.Bound{Mapping: spec.Mappings[0], Addr: netip.AddrPortFrom(ip, 40000+n)})
	}
	return st
}

// change makes so many changes in a second, until ctx is done: tunnels in turn
// gain a connection or lose one, and carry bytes; each tenth loses its session or
// has it again.
func (s *scriptedTunnels) change(ctx context.Context, perSecond int) {
	s.running.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.step()
			}
		}
	})
}

// stop waits for what change has started.
func (s *scriptedTunnels) stop() { s.running.Wait() }

func (s *scriptedTunnels) step() {
	s.edit(func(snap tunnels.Snapshot) {
		st := &snap[s.turn%len(snap)]
		s.turn++
		if st.State == tunnels.Stopped {
			return
		}
		st.In += 40_000
		st.Out += 3_000
		switch {
		case st.State == tunnels.Reconnecting:
			st.State, st.Reason = tunnels.Ready, ""
		case s.turn%10 == 0:
			st.State, st.Reason = tunnels.Reconnecting, "opening a session"
			st.Reconnects++
		case st.Conns > 2:
			st.Conns = 0
		default:
			st.Conns++
			st.Opened++
		}
	})
}

// edit changes the tunnels.
func (s *scriptedTunnels) edit(f func(tunnels.Snapshot)) {
	s.mu.Lock()
	f(s.snap)
	s.mu.Unlock()
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

func (s *scriptedTunnels) of(id tunnels.ID, f func(*tunnels.Status)) {
	s.edit(func(snap tunnels.Snapshot) {
		for i := range snap {
			if snap[i].Spec.ID == id {
				f(&snap[i])
			}
		}
	})
}

// Watch tells as the real one does: now, after changes, at most 20 times in a
// second.
func (s *scriptedTunnels) Watch(ctx context.Context, fn func(tunnels.Snapshot)) {
	for {
		s.mu.Lock()
		snap := slices.Clone(s.snap) // what is told does not change
		s.mu.Unlock()
		fn(snap)
		select {
		case <-ctx.Done():
			return
		case <-time.After(50 * time.Millisecond):
		}
		select {
		case <-ctx.Done():
			return
		case <-s.dirty:
		}
	}
}

// Start shows a tunnel as Starting at once, and as Ready a little later.
func (s *scriptedTunnels) Start(ctx context.Context, id tunnels.ID) error {
	s.of(id, func(st *tunnels.Status) { st.State = tunnels.Starting })
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(connecting):
	}
	s.of(id, func(st *tunnels.Status) { *st = ready(st.Spec) })
	return nil
}

// Stop stops a tunnel at once.
func (s *scriptedTunnels) Stop(_ context.Context, id tunnels.ID) error {
	s.of(id, func(st *tunnels.Status) { *st = tunnels.Status{Spec: st.Spec} })
	return nil
}

// Put refuses: the benchmark makes no tunnels.
func (s *scriptedTunnels) Put(tunnels.Spec) error {
	return errors.New("the script has no such tunnel")
}
