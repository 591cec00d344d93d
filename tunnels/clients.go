package tunnels

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"culvert/tunnels/crash"
)

// regroupWait is how long a client is not told of a refusal that may be the first
// sign of the pod's end: the news of that come a little later than the end.
const regroupWait = time.Second

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
	ending    bool // answered and closed by the client; nothing but its end is due
}

// way is how a connection goes to the pod: what it needs to know of its end.
type way struct {
	pool   *pool
	member *member
	gate   *gate
	asks   bool // it tries the gate for others, too

	restarts int // of the pod when it was opened
}

// accept takes a new connection over and returns when another one may come.
func (r *run) accept(ctx context.Context, conn net.Conn, m Mapping) {
	local, _ := netip.ParseAddrPort(conn.LocalAddr().String()) // in tests it may be no TCP address
	c := r.track(conn, m)
	r.t.emit(Event{Kind: EventConn, Mapping: m, Addr: local})
	r.spawn("a connection", func() { r.serve(ctx, conn, c) }, func(*crash.Panic) { reset(conn) })
	r.roomForMore(ctx)
}

// serve carries one accepted connection to its end.
func (r *run) serve(ctx context.Context, conn net.Conn, c *client) {
	defer r.untrack(c)
	defer context.AfterFunc(ctx, r.contained("cutting a connection", func() { reset(conn) }, nil))()
	r.untilSure(ctx)
	w, err := &way{}, error(nil)
	if p := r.t.m.crashes.Contain("a connection", func() { w, err = r.carry(ctx, c, &replay{conn: conn}) }); p != nil {
		reset(conn)
		w, err = &way{}, PanicError(p)
	}
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
		failed := r.carryOnce(c, w, st, a)
		if ctx.Err() == nil && r.again(ctx, c, w, a, AsError(failed)) {
			refused = failed
			c.out.forget(a.resent())
			continue
		}
		a.finish()
		return w, failed
	}
}

// carryOnce copies until a connection is over, and takes it off its session.
func (r *run) carryOnce(c *client, w *way, st Stream, a *attempt) error {
	defer r.lasts(w)()
	defer r.left(c, w.member)
	return pipe(r.t.m.crashes, a, st, &c.in, &c.out, r.t.m.opts.FINHold,
		func(ending bool) { r.ending(c, w.member, ending) }, func() error { return r.unanswered(c, w) })
}

// unanswered returns what is wrong with a connection that its pod has ended: it
// has got no answer to what it has sent, and the pod itself is coming to its end.
func (r *run) unanswered(c *client, w *way) error {
	if c.in.Load() > 0 || c.out.Load() == 0 {
		return nil
	}
	pod, now := w.pool.endpoint(), r.lastCandidates()
	e, ok := findUID(now.Endpoints, pod.UID)
	lives := ok && !e.Terminating && e.Restarts == w.restarts
	if unknown := !ok && now.err != nil; lives || unknown {
		return nil
	}
	return &Error{
		Err:  fmt.Errorf("pod %s has ended before it answered", pod.Pod),
		Hint: "What was sent may or may not have been done: a program that ends its work on SIGTERM loses nothing.",
	}
}

// ending notes whether a connection has only its end left to be passed on.
func (r *run) ending(c *client, on *member, ending bool) {
	was := r.setEnding(c, ending)
	switch {
	case was == ending:
		return
	case ending:
		on.busy.Add(-1)
	default:
		on.busy.Add(1)
	}
	r.t.m.feed.notify()
}

// setEnding returns what it was before.
func (r *run) setEnding(c *client, ending bool) (was bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, c.ending = c.ending, ending
	return was
}

// left notes that a connection has left its session.
func (r *run) left(c *client, on *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !c.ending {
		on.busy.Add(-1)
	}
}

// lasts lets others follow when a connection that tries for them goes on. The
// returned function ends the turn and must be called.
func (r *run) lasts(w *way) (ended func()) {
	if !w.asks {
		return func() {}
	}
	var once sync.Once
	timer := time.AfterFunc(gateTrust, r.contained("a connection", func() {
		once.Do(func() {
			w.gate.trust()
			w.gate.leave()
		})
	}, nil))
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
		if w.gate.refuse() {
			return true
		}
		if w.pool.noteShut(c.mapping.Remote) {
			r.t.m.doubt() // its pod may have gone without a word
		}
		return r.regroups(ctx, c, w)
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
		if !slices.Contains(serving, w.pool) || r.gate(w.pool.endpoint(), c.mapping.Remote) != w.gate {
			return true
		}
		left := time.Until(late)
		if left <= 0 || r.wait(ctx, c, waiting{set: set, after: left, held: true}) != nil {
			return false
		}
	}
}

// gate returns what is known of a port of a serving pod.
func (r *run) gate(e Endpoint, port Port) *gate {
	key := gateKey{e.UID, e.Restarts, port}
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.gates[key]
	if g == nil {
		for old := range r.gates {
			serves := func(p *pool) bool { return p.endpoint().UID == old.uid }
			if old.port == port && (old.uid == e.UID || !slices.ContainsFunc(r.serving, serves)) {
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
	r.mu.Lock()
	defer r.mu.Unlock()
	c.pod, c.transport, c.ending = pod, m.transport, false
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
	case CauseReset:
		died := r.unanswered(c, w)
		if died == nil {
			return // a normal end
		}
		err = AsError(died)
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
	r.t.emit(Event{Kind: EventFailed, Mapping: c.mapping, Addr: c.addr, Pod: r.noteErr(c, err), Err: err})
}

// noteErr notes why a connection has failed, and returns its pod.
func (r *run) noteErr(c *client, err *Error) (pod string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.err = err
	return c.pod
}

// fail ends all sessions of a pool; keep sees it and reports it.
func (r *run) fail(p *pool, err *Error) {
	left := p.shun()
	for _, m := range left {
		r.spawn("closing a session", func() { _ = m.session.Close(err) }, nil) // within a second
	}
	if len(left) > 0 {
		r.t.m.doubt() // the watch should have told of it
	}
}
