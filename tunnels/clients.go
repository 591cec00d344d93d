package tunnels

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"
)

// maxHeld is how many connections of one tunnel may wait for a session.
const maxHeld = 128

// client is one accepted connection.
type client struct {
	id      uint64
	addr    netip.AddrPort
	mapping Mapping
	since   time.Time
	in, out counter
	pod     string // guarded by run.mu, as is ending
	ending  bool   // answered and closed by the client; only its end is still to be passed on
}

// serve carries one accepted connection from its hold to its end.
func (r *run) serve(ctx context.Context, conn net.Conn, m Mapping) {
	local, _ := netip.ParseAddrPort(conn.LocalAddr().String()) // in tests it may be no TCP address
	c := r.track(conn, m)
	defer r.untrack(c)
	r.t.emit(Event{Kind: EventConn, Mapping: m, Addr: local})
	defer context.AfterFunc(ctx, func() { reset(conn) })()

	l, st, err := r.open(ctx, c)
	if err != nil {
		reset(conn)
		r.ended(ctx, c, l, err)
		return
	}
	failed := pipe(conn, st, &c.in, &c.out, r.t.m.opts.FINHold, func(ending bool) {
		r.mu.Lock()
		c.ending = ending
		r.mu.Unlock()
		r.t.m.feed.notify()
	})
	if !errors.Is(failed, errClientGone) {
		r.ended(ctx, c, l, AsError(failed))
	}
}

// open starts a stream on the serving session and waits for one, up to the
// spec's hold time, while there is none.
func (r *run) open(ctx context.Context, c *client) (*link, Stream, *Error) {
	hold := r.spec.Hold
	if hold == 0 {
		hold = DefaultHold
	}
	deadline := time.NewTimer(max(hold, 0))
	defer deadline.Stop()
	for {
		l, set := r.current(c)
		if l != nil {
			st, err := r.openOn(ctx, l, c)
			if err == nil || l.endpoint.Ports[c.mapping.Remote].Err != nil {
				return l, st, err
			}
			if l.session.Load().Draining {
				signal(r.drained)
			}
		}
		waited := r.wait(ctx, set, deadline.C)
		if waited != nil {
			return l, nil, waited
		}
	}
}

// current returns the serving link, or nil, and the channel that is closed when
// that changes.
func (r *run) current(c *client) (*link, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.serving != nil {
		c.pod = r.serving.endpoint.Pod
	}
	return r.serving, r.servingSet
}

func (r *run) openOn(ctx context.Context, l *link, c *client) (Stream, *Error) {
	p := l.endpoint.Ports[c.mapping.Remote]
	if p.Err != nil {
		return nil, p.Err
	}
	st, err := l.session.Open(ctx, p.Number)
	return st, AsError(err)
}

// wait holds a connection until another session serves.
func (r *run) wait(ctx context.Context, set <-chan struct{}, deadline <-chan time.Time) *Error {
	if !r.hold(1) {
		return &Error{
			Err:   fmt.Errorf("%d connections wait already", maxHeld),
			Hint:  "The tunnel has no session to its pod; see its state.",
			Cause: CausePodNotReady,
		}
	}
	defer r.hold(-1)
	signal(r.wanted)
	select {
	case <-set:
		return nil
	case <-deadline:
		return &Error{
			Err:   errors.New("no session to the pod came up in time"),
			Hint:  "The tunnel's state says what it waits for.",
			Cause: CausePodNotReady,
		}
	case <-ctx.Done():
		return &Error{Err: ctx.Err()}
	}
}

// hold adds to the number of connections that wait, and returns false when
// there are too many.
func (r *run) hold(n int) bool {
	r.mu.Lock()
	ok := n < 0 || r.held < maxHeld
	if ok {
		r.held += n
	}
	r.mu.Unlock()
	r.t.m.feed.notify()
	return ok
}

// ended draws the conclusions from the end of a connection. err is nil after a
// good end, l is nil when the connection never got a session.
func (r *run) ended(ctx context.Context, c *client, l *link, err *Error) {
	if ctx.Err() != nil {
		return
	}
	port := c.mapping.Remote
	if err == nil {
		r.t.updateRefused(port, nil)
		return
	}
	switch err.Cause {
	case CauseReset: // a normal end
		return
	case CauseRefused:
		r.t.updateRefused(port, err)
	case CausePodGone, CauseSessionLost:
		if l != nil {
			_ = l.session.Close(err) // keep sees its end and reports it
		}
	default:
	}
	r.failed.Add(1)
	r.t.emit(Event{Kind: EventFailed, Mapping: c.mapping, Addr: c.addr, Pod: c.pod, Err: err})
}

func (r *run) track(conn net.Conn, m Mapping) *client {
	addr, _ := netip.ParseAddrPort(conn.RemoteAddr().String()) // as in serve
	c := &client{id: r.t.m.connID.Add(1), addr: addr, mapping: m, since: time.Now()}
	c.in = counter{total: &r.in, first: func() { r.t.updateRefused(m.Remote, nil) }}
	c.out = counter{total: &r.out}
	r.opened.Add(1)
	r.mu.Lock()
	r.conns[c.id] = c
	r.mu.Unlock()
	r.t.m.feed.notify()
	return c
}

func (r *run) untrack(c *client) {
	r.mu.Lock()
	delete(r.conns, c.id)
	r.mu.Unlock()
	r.t.m.feed.notify()
}

// setServing changes where new connections go and lets the held ones on.
func (r *run) setServing(l *link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.serving = l
	close(r.servingSet)
	r.servingSet = make(chan struct{})
}

func (r *run) clientsWait() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held > 0
}

// count fills in the counters of a status.
func (r *run) count(st *Status) {
	st.Opened, st.Failed = r.opened.Load(), r.failed.Load()
	st.In, st.Out = r.in.Load(), r.out.Load()
	r.mu.Lock()
	defer r.mu.Unlock()
	st.Held = r.held
	for _, c := range r.conns {
		if !c.ending {
			st.Conns++
		}
	}
}

func (r *run) list() []Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	cs := make([]Conn, 0, len(r.conns))
	for _, c := range r.conns {
		if c.ending {
			continue
		}
		cs = append(cs, Conn{c.id, c.addr, c.mapping, c.pod, c.since, c.in.Load(), c.out.Load()})
	}
	slices.SortFunc(cs, func(a, b Conn) int { return cmp.Compare(a.ID, b.ID) })
	return cs
}
