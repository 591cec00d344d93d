package tunnels

import (
	"context"
	"net"
	"slices"
	"time"
)

const (
	clockEvery = time.Second
	clockJump  = 5 * time.Second // more than a busy machine delays a tick
	wakeSure   = wakeDoubt + 100*time.Millisecond
)

// moment is one reading of both clocks.
type moment struct {
	wall time.Time     // without a monotonic part
	mono time.Duration // since some fixed moment
}

// slept says whether the machine may have slept between two ticks of
// clockEvery. On Linux and macOS the monotonic clock stands still meanwhile, so
// the wall clock gets ahead of it; on Windows, or when only this process was
// stopped, the ticks are far apart. A wall clock that is set back means nothing,
// one that is set forward costs a ping.
func slept(before, now moment) bool {
	passed := now.mono - before.mono
	return now.wall.Sub(before.wall)-passed > clockJump || passed > clockJump
}

// Wake tells that the machine may have slept or changed its network: sessions
// that do not answer within two seconds are replaced, and what waits for another
// attempt makes it now. The manager notices both by itself while a tunnel runs,
// within a second; a program that hears of it from the system may call Wake
// earlier. It does not wait.
func (m *Manager) Wake() {
	m.sure.Store(int64(m.clock().mono + wakeSure))
	m.doubt()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tunnels {
		t.wake()
	}
}

// doubt tells the backend that its connections may be dead.
func (m *Manager) doubt() { m.crashes.Guard("doubting the connections to clusters", m.backend.Doubt) }

// overslept says whether the machine may have slept since anybody asked.
func (m *Manager) overslept(now moment) bool { return slept(*m.looked.Swap(&now), now) }

// untilSure wakes the tunnels when the machine has slept and the lookout has not
// seen it yet, and says how long a new connection had better wait, 0.6 s at most:
// until it is known which sessions have died meanwhile.
func (m *Manager) untilSure() time.Duration {
	now := m.clock()
	if m.overslept(now) {
		m.Wake()
	}
	return time.Duration(m.sure.Load()) - now.mono
}

// untilSure keeps a new connection back while the manager's says so.
func (r *run) untilSure(ctx context.Context) {
	d := r.t.m.untilSure()
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func (t *tunnel) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.run != nil {
		signal(t.run.rewatch)
		t.run.tellLanes(wokenOf)
	}
}

// lookout calls wake when the machine has slept or its addresses have changed, and
// tick each time that it looks, until ctx is done.
func lookout(ctx context.Context, now func() moment, overslept func(moment) bool, addresses func() []string, wake func(), tick func(moment)) {
	ticker := time.NewTicker(clockEvery)
	defer ticker.Stop()
	known := addresses()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		at := now()
		awoken := overslept(at)
		if as := addresses(); as != nil && !slices.Equal(as, known) {
			known, awoken = as, true
		}
		if awoken {
			wake()
		}
		tick(at)
	}
}

// keepLookout is the lookout until ctx is done; after a panic it begins anew.
func (m *Manager) keepLookout(ctx context.Context) {
	for ctx.Err() == nil {
		p := m.crashes.Contain("the lookout", func() { lookout(ctx, m.clock, m.overslept, addresses, m.Wake, m.expire) })
		if p == nil {
			return
		}
		select {
		case <-time.After(clockEvery):
		case <-ctx.Done():
		}
	}
}

// clocks returns a reader of both clocks.
func clocks() func() moment {
	start := time.Now()
	return func() moment {
		now := time.Now()
		return moment{now.Round(0), now.Sub(start)}
	}
}

// addresses lists the machine's own addresses that lead anywhere; nil when the
// system does not tell.
func addresses() []string {
	as, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	out := []string{}
	for _, a := range as {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			out = append(out, a.String())
		}
	}
	slices.Sort(out)
	return out
}
