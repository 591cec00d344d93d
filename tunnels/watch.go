package tunnels

import (
	"context"
	"sync"
	"time"
)

const (
	// watchGap is the shortest time between two snapshots for one watcher: a
	// burst of changes costs one redraw.
	watchGap = 50 * time.Millisecond
	// countersEvery is how often a watcher is told of counters that moved.
	countersEvery = time.Second
)

// Watch blocks until ctx is done and calls fn with a snapshot: now, at once
// after each change of a state, an address or the number of connections (bursts
// become one call, at most 20 in a second), and once a second while only byte
// counters move. It is never called concurrently by the same Watch. A panic in fn is
// reported and costs that snapshot.
func (m *Manager) Watch(ctx context.Context, fn func(Snapshot)) {
	dirty := m.feed.join()
	defer m.feed.leave(dirty)
	tick := time.NewTicker(countersEvery)
	defer tick.Stop()
	var seen uint64
	for {
		s := m.Snapshot()
		seen = s.traffic()
		m.crashes.Guard("a watcher of tunnels", func() { fn(s) })
		gap := time.NewTimer(watchGap)
		select {
		case <-gap.C:
		case <-ctx.Done():
			gap.Stop()
			return
		}
		if !waitDirty(ctx, dirty, tick.C, func() bool { return m.Snapshot().traffic() != seen }) {
			return
		}
	}
}

// waitDirty returns true when a snapshot is due and false when ctx is done.
func waitDirty(ctx context.Context, dirty <-chan struct{}, tick <-chan time.Time, moved func() bool) bool {
	for {
		select {
		case <-dirty:
			return true
		case <-tick:
			if moved() {
				return true
			}
		case <-ctx.Done():
			return false
		}
	}
}

// traffic is a number that differs when a byte counter has moved.
func (s Snapshot) traffic() uint64 {
	var n uint64
	for _, st := range s {
		n += st.In + st.Out
	}
	return n
}

// feed tells watchers that something has changed.
type feed struct {
	mu       sync.Mutex
	watchers map[chan struct{}]bool
}

func (f *feed) join() chan struct{} {
	c := make(chan struct{}, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watchers == nil {
		f.watchers = make(map[chan struct{}]bool)
	}
	f.watchers[c] = true
	return c
}

func (f *feed) leave(c chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.watchers, c)
}

func (f *feed) notify() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
