package tunnels

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// maxHeld is how many connections of one tunnel may wait for a session or for
// the pod's program. More are not accepted meanwhile: they wait in the system's
// own queue, where they cost nothing.
const maxHeld = 1024

// regroupWait is how long a client is not told of a refusal that may be the first
// sign of the pod's end: the news of that come a little later than the end.
const regroupWait = time.Second

// maxRecent is how many connections are remembered that have ended.
const maxRecent = 64

// client is one accepted connection.
type client struct {
	id       uint64
	addr     netip.AddrPort
	mapping  Mapping
	since    time.Time
	deadline time.Time // of waiting
	in, out  counter

	// Guarded by run.mu.
	pod       string
	transport string
	rateIn    rate
	rateOut   rate
	err       *Error
	held      bool // waits for a session, or for the pod's program
	queued    bool // counts towards maxHeld: accepted, and not on its way yet
	ending    bool // answered and closed by the client; only its end is still to be passed on
}

// way is how a connection goes to the pod: what it needs to know of its end.
type way struct {
	pool   *pool
	member *member
	gate   *gate
	asks   bool // it tries the gate for others, too
}

// accept takes a new connection over and returns when another one may come.
func (r *run) accept(ctx context.Context, conn net.Conn, m Mapping) {
	local, _ := netip.ParseAddrPort(conn.LocalAddr().String()) // in tests it may be no TCP address
	c := r.track(conn, m)
	r.t.emit(Event{Kind: EventConn, Mapping: m, Addr: local})
	r.wg.Go(func() { r.serve(ctx, conn, c) })
	r.roomForMore(ctx)
}

// serve carries one accepted connection to its end.
func (r *run) serve(ctx context.Context, conn net.Conn, c *client) {
	defer r.untrack(c)
	defer context.AfterFunc(ctx, func() { reset(conn) })()
	w, err := r.carry(ctx, c, &replay{conn: conn})
	if !errors.Is(err, errClientGone) {
		r.ended(ctx, c, w, AsError(err))
	}
}

// carry opens a stream for a client and copies, and again where the pod has not
// had the connection and may well take it a little later. It closes the client's
// connection.
func (r *run) carry(ctx context.Context, c *client, first *replay) (*way, error) {
	var refused error
	for {
		w, st, err := r.open(ctx, c)
		if err != nil {
			reset(first.conn)
			if refused != nil && errors.Is(err, errHeldTooLong) {
				return w, refused // the better reason
			}
			return w, err
		}
		a := first.attempt()
		c.in.first = func() {
			a.settle()
			w.gate.accept()
			r.t.updateRefused(c.mapping.Remote, nil)
		}
		lasted := w.lasts()
		failed := pipe(a, st, &c.in, &c.out, r.t.m.opts.FINHold, func(ending bool) {
			r.mu.Lock()
			c.ending = ending
			r.mu.Unlock()
			r.t.m.feed.notify()
		})
		lasted()
		if ctx.Err() == nil && r.again(ctx, c, w, a, AsError(failed)) {
			refused = failed
			c.out.forget(a.resent())
			continue
		}
		a.finish()
		return w, failed
	}
}

// lasts lets others follow when a connection that tries for them goes on. The
// returned function ends the turn and must be called.
func (w *way) lasts() (ended func()) {
	if !w.asks {
		return func() {}
	}
	var once sync.Once
	timer := time.AfterFunc(gateTrust, func() {
		once.Do(func() {
			w.gate.trust()
			w.gate.leave()
		})
	})
	return func() {
		timer.Stop()
		once.Do(w.gate.leave)
	}
}

// again says whether to try a failed connection once more: nothing of it has
// reached the pod's program, and the pod or another one may take it yet.
func (r *run) again(ctx context.Context, c *client, w *way, a *attempt, err *Error) bool {
	if err == nil || c.in.Load() > 0 || !a.repeatable() || !time.Now().Before(c.deadline) {
		return false
	}
	switch err.Cause {
	case CauseRefused:
		r.t.updateRefused(c.mapping.Remote, err)
		return w.gate.refuse() || r.regroups(ctx, c, w)
	case CausePodGone:
		r.fail(w.pool, err)
		return true
	default:
	}
	return false
}

// regroups waits for the cluster to tell why a port refuses that has accepted
// before: it returns true as soon as the pod is being left or its containers have
// restarted, and false when nothing comes of it.
func (r *run) regroups(ctx context.Context, c *client, w *way) bool {
	defer r.admit(c)
	late := time.Now().Add(regroupWait)
	for {
		serving, set := r.current()
		if serving != w.pool || r.gate(serving.endpoint(), c.mapping.Remote) != w.gate {
			return true
		}
		left := time.Until(late)
		if left <= 0 || r.wait(ctx, c, waiting{set: set, after: left, held: true}) != nil {
			return false
		}
	}
}

// open starts a stream on the serving pool. While that is not possible, it
// waits, up to the client's deadline.
func (r *run) open(ctx context.Context, c *client) (*way, Stream, *Error) {
	defer r.admit(c)
	var join time.Time // when to take any session there is; zero while there was no choice
	for {
		serving, set := r.current()
		w := waiting{set: set, held: true}
		if serving != nil {
			e := serving.endpoint()
			port := e.Ports[c.mapping.Remote]
			if port.Err != nil {
				return &way{pool: serving}, nil, port.Err
			}
			g := r.gate(e, c.mapping.Remote)
			pass, asks, changed, after := g.enter()
			w.changed, w.after = changed, after
			if pass {
				now := time.Now()
				m, st, room, err := serving.open(ctx, port.Number, !join.IsZero() && !now.Before(join) || !now.Before(c.deadline))
				if err == nil {
					r.assign(c, e.Pod, m)
					return &way{serving, m, g, asks}, st, nil
				}
				if asks {
					g.leave()
				}
				if !errors.Is(err, errNoRoom) {
					return &way{pool: serving, member: m}, nil, AsError(err)
				}
				if room.patience > 0 {
					if join.IsZero() {
						join = time.Now().Add(room.patience)
					}
					w.held, w.after = false, max(time.Until(join), time.Nanosecond)
				}
				w.changed = room.changed
			}
		}
		if err := r.wait(ctx, c, w); err != nil {
			return &way{pool: serving}, nil, err
		}
	}
}

// waiting is what a client waits for.
type waiting struct {
	set     <-chan struct{} // closed when another pool serves
	changed <-chan struct{} // closed when the serving one may take the client; may be nil
	after   time.Duration   // when it may do so by itself; 0 if it does not
	held    bool            // the client can be served by nothing that is there
}

// wait blocks until what a client waits for has come, or its deadline.
func (r *run) wait(ctx context.Context, c *client, w waiting) *Error {
	left := max(0, time.Until(c.deadline))
	late := w.after == 0 || w.after > left
	if late {
		w.after = left
	}
	if w.held {
		if left == 0 {
			return errHeldTooLong
		}
		r.hold(c)
		signal(r.wanted)
	}
	timer := time.NewTimer(w.after)
	defer timer.Stop()
	select {
	case <-w.set:
	case <-w.changed:
	case <-timer.C:
		if late && w.held { // else it takes what there is
			return errHeldTooLong
		}
	case <-ctx.Done():
		return &Error{Err: ctx.Err()}
	}
	return nil
}

var errHeldTooLong = &Error{
	Err:   errors.New("no session to the pod came up in time"),
	Hint:  "The tunnel's state says what it waits for.",
	Cause: CausePodNotReady,
}

// hold counts a client as one that waits.
func (r *run) hold(c *client) {
	r.mu.Lock()
	fresh := !c.held
	if fresh {
		c.held = true
		r.held++
	}
	if !c.queued { // it waits once more
		c.queued = true
		r.queued++
	}
	r.mu.Unlock()
	if fresh {
		r.t.m.feed.notify()
	}
}

// admit ends a client's waiting.
func (r *run) admit(c *client) {
	r.mu.Lock()
	held := c.held
	if held {
		c.held = false
		r.held--
	}
	if c.queued {
		c.queued = false
		r.queued--
		if r.queued == maxHeld-1 {
			close(r.unqueued)
			r.unqueued = make(chan struct{})
		}
	}
	r.mu.Unlock()
	if held {
		r.t.m.feed.notify()
	}
}

// roomForMore blocks while as many connections wait as may.
func (r *run) roomForMore(ctx context.Context) {
	for {
		r.mu.Lock()
		full, fewer := r.queued >= maxHeld, r.unqueued
		r.mu.Unlock()
		if !full {
			return
		}
		select {
		case <-fewer:
		case <-ctx.Done():
			return
		}
	}
}

// current returns the serving pool, or nil, and the channel that is closed when
// that changes.
func (r *run) current() (*pool, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.serving, r.servingSet
}

// gate returns what is known of a port of the serving pod.
func (r *run) gate(e Endpoint, port Port) *gate {
	key := gateKey{e.UID, e.Restarts, port}
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.gates[key]
	if g == nil {
		for old := range r.gates {
			if old.port == port {
				delete(r.gates, old)
			}
		}
		g = newGate()
		r.gates[key] = g
	}
	return g
}

// assign notes where a connection goes.
func (r *run) assign(c *client, pod string, m *member) {
	transport := m.session.Load().Transport
	r.mu.Lock()
	defer r.mu.Unlock()
	c.pod, c.transport = pod, transport
}

// ended draws the conclusions from the end of a connection. err is nil after a
// good end; w has no member when the connection never got a session.
func (r *run) ended(ctx context.Context, c *client, w *way, err *Error) {
	if ctx.Err() != nil {
		return
	}
	port := c.mapping.Remote
	if err == nil {
		if c.in.Load() == 0 { // else its first byte has said so, when it came
			w.gate.accept()
			r.t.updateRefused(port, nil)
		}
		return
	}
	switch err.Cause {
	case CauseReset: // a normal end
		return
	case CauseRefused:
		r.t.updateRefused(port, err)
	case CausePodGone:
		if w.member != nil {
			r.fail(w.pool, err)
		}
	case CauseSessionLost:
		if w.member != nil {
			_ = w.member.session.Close(err) // keep sees its end and reports it
		}
	default:
	}
	r.failed.Add(1)
	r.mu.Lock()
	c.err = err
	pod := c.pod
	r.mu.Unlock()
	r.t.emit(Event{Kind: EventFailed, Mapping: c.mapping, Addr: c.addr, Pod: pod, Err: err})
}

// fail ends all sessions of a pool; keep sees it and reports it.
func (r *run) fail(p *pool, err *Error) {
	for _, m := range p.shun() {
		r.wg.Go(func() { _ = m.session.Close(err) }) // within a second
	}
}

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
	r.mu.Lock()
	r.conns[c.id] = c
	r.queued++
	r.mu.Unlock()
	signal(r.busy)
	r.t.m.feed.notify()
	return c
}

func (r *run) untrack(c *client) {
	r.mu.Lock()
	delete(r.conns, c.id)
	if len(r.past) == maxRecent {
		r.past = slices.Delete(r.past, 0, 1)
	}
	last := c.seenLocked()
	last.State, last.Ended, last.RateIn, last.RateOut = ConnEnded, time.Now(), 0, 0
	r.past = append(r.past, last)
	r.mu.Unlock()
	r.t.m.feed.notify()
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
	cs := slices.Clone(r.past)
	r.mu.Unlock()
	slices.Reverse(cs)
	return cs
}

// setServing changes where new connections go and lets the held ones on.
func (r *run) setServing(p *pool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.serving = p
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
	st.RateIn, st.RateOut = r.rateIn.now, r.rateOut.now
	for _, c := range r.conns {
		if !c.ending {
			st.Conns++
		}
	}
	if r.serving != nil {
		st.Sessions = len(r.serving.all())
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
