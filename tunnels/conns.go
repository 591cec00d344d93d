package tunnels

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"time"
)

// maxRecent is how many connections are remembered that have ended.
const maxRecent = 64

func (r *run) track(conn net.Conn, m Mapping) *client {
	addr, _ := netip.ParseAddrPort(conn.RemoteAddr().String()) // as in serve
	hold := r.spec.Hold
	if hold == 0 {
		hold = DefaultHold
	}
	now := time.Now()
	c := &client{id: r.t.m.connID.Add(1), addr: addr, mapping: m, since: now, deadline: now.Add(hold), queued: true}
	c.in, c.out = counter{total: &r.in}, counter{total: &r.out}
	r.opened.Add(1)
	r.add(c)
	signal(r.busy)
	r.t.m.feed.notify()
	return c
}

func (r *run) untrack(c *client) {
	defer r.t.m.feed.notify()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, c.id)
	if len(r.past) == maxRecent {
		r.past = slices.Delete(r.past, 0, 1)
	}
	last := c.seenLocked()
	last.State, last.Ended, last.RateIn, last.RateOut = ConnEnded, time.Now(), 0, 0
	r.past = append(r.past, last)
}

func (r *run) add(c *client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[c.id] = c
	r.queued++
}

// seenLocked returns what is told of a connection; the caller has the run's lock.
func (c *client) seenLocked() Conn {
	state := ConnOpen
	switch {
	case c.ending:
		state = ConnEnding
	case c.held || c.queued:
		state = ConnHeld
	}
	return Conn{
		ID: c.id, State: state, Client: c.addr, Mapping: c.mapping, Pod: c.pod, Transport: c.transport, Since: c.since,
		In: c.in.Load(), Out: c.out.Load(), RateIn: c.rateIn.now, RateOut: c.rateOut.now, Err: c.err,
	}
}

// recent returns the connections that have ended last, newest first.
func (r *run) recent() []Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	cs := slices.Clone(r.past)
	slices.Reverse(cs)
	return cs
}

// count fills in the counters of a status.
func (r *run) count(st *Status) {
	st.Opened, st.Failed = r.opened.Load(), r.failed.Load()
	st.In, st.Out = r.in.Load(), r.out.Load()
	r.mu.Lock()
	defer r.mu.Unlock()
	st.Held = r.held
	st.RateIn, st.RateOut = r.rateIn.now, r.rateOut.now
	for _, c := range r.conns {
		if !c.ending {
			st.Conns++
		}
	}
	for _, p := range r.serving {
		st.Sessions += len(p.all())
	}
	for _, e := range r.candidates.Endpoints {
		st.PodsAll++
		if e.usable() {
			st.PodsReady++
		}
	}
}

func (r *run) list() []Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	cs := make([]Conn, 0, len(r.conns))
	for _, c := range r.conns {
		cs = append(cs, c.seenLocked())
	}
	slices.SortFunc(cs, func(a, b Conn) int { return cmp.Compare(a.ID, b.ID) })
	return cs
}
