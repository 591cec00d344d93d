package tunnels

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"
)

// maxHeld is how many connections of one tunnel may wait for a session or for
// the pod's program. More are not accepted meanwhile: they wait in the system's
// own queue, where they cost nothing.
const maxHeld = 1024

// open starts a stream on a serving pool. While that is not possible, it waits,
// up to the client's deadline.
func (r *run) open(ctx context.Context, c *client) (*way, Stream, *Error) {
	defer r.admit(c)
	var join time.Time // when to take any session there is; zero while there was no choice
	for {
		pools, set := r.current()
		first := 0
		if len(pools) > 1 {
			first = r.takeTurn() % len(pools)
		}
		w := waiting{set: set, held: true}
		var blame *pool // of what comes to nothing
		lacks := 0
		for i := range pools {
			p := pools[(first+i)%len(pools)]
			o := r.openOn(ctx, c, p, &join)
			if o.lacks {
				if lacks++; lacks == len(pools) {
					return o.way, nil, o.err
				}
				continue
			}
			if o.over {
				return o.way, o.stream, o.err
			}
			if blame == nil || !o.wait.held && w.held {
				w, blame = o.wait, p
				w.set = set
			}
		}
		if len(pools) > 1 && (w.after == 0 || w.after > joinWait) {
			w.after = joinWait // only one of them tells when it changes
		}
		if err := r.wait(ctx, c, w); err != nil {
			return &way{pool: blame}, nil, err
		}
	}
}

// outcome is what came of opening a stream on one pool: its end, or what to
// wait for.
type outcome struct {
	over   bool
	lacks  bool // the pod does not have the port at all: err says why
	way    *way
	stream Stream
	err    *Error
	wait   waiting
}

// openOn tries to open a stream on one pool without waiting. join says from when
// on any of its sessions will do; it is set when there is first a choice.
func (r *run) openOn(ctx context.Context, c *client, p *pool, join *time.Time) outcome {
	e := p.endpoint()
	port := e.Ports[c.mapping.Remote]
	if port.Err != nil {
		return outcome{lacks: true, way: &way{pool: p}, err: port.Err}
	}
	g := r.gate(e, c.mapping.Remote)
	pass, asks, changed, after := g.enter()
	if !pass {
		return outcome{wait: waiting{changed: changed, after: after, held: true}}
	}
	passed := false
	defer func() {
		if asks && !passed {
			g.leave()
		}
	}()
	now := time.Now()
	m, st, room, err := p.open(ctx, port.Number, !join.IsZero() && !now.Before(*join) || !now.Before(c.deadline))
	if err == nil {
		r.assign(c, e.Pod, m)
		passed = true
		return outcome{over: true, way: &way{p, m, g, asks, e.Restarts}, stream: st}
	}
	if !errors.Is(err, errNoRoom) {
		return outcome{over: true, way: &way{pool: p, member: m}, err: AsError(err)}
	}
	w := waiting{changed: room.changed, held: true}
	if room.patience > 0 {
		if join.IsZero() {
			*join = time.Now().Add(room.patience)
		}
		w.held, w.after = false, max(time.Until(*join), time.Nanosecond)
	}
	return outcome{wait: w}
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
		r.tellLanes(wantedOf)
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
	if r.noteHeld(c) {
		r.t.m.feed.notify()
	}
}

func (r *run) noteHeld(c *client) (fresh bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh = !c.held
	if fresh {
		c.held = true
		r.held++
	}
	if !c.queued { // it waits once more
		c.queued = true
		r.queued++
	}
	return fresh
}

// admit ends a client's waiting.
func (r *run) admit(c *client) {
	if r.noteAdmitted(c) {
		r.t.m.feed.notify()
	}
}

func (r *run) noteAdmitted(c *client) (held bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	held = c.held
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
	return held
}

// roomForMore blocks while as many connections wait as may.
func (r *run) roomForMore(ctx context.Context) {
	for {
		full, fewer := r.isFull()
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

// isFull says whether as many connections wait as may, and what is closed when they are
// fewer again.
func (r *run) isFull() (full bool, fewer <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.queued >= maxHeld, r.unqueued
}

// current returns the serving pools and the channel that is closed when these
// change.
func (r *run) current() ([]*pool, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.serving, r.servingSet
}

// takeTurn returns the number of the next connection that has a choice of pools.
func (r *run) takeTurn() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn = (r.turn + 1) % math.MaxInt32
	return r.turn
}

// setServing changes where new connections go and lets the held ones on.
func (l *lane) setServing(p *pool) {
	r := l.r
	r.mu.Lock()
	defer r.mu.Unlock()
	l.serving = p
	r.serving = nil
	for _, o := range r.allLanes() {
		if o.serving != nil {
			r.serving = append(r.serving, o.serving)
		}
	}
	close(r.servingSet)
	r.servingSet = make(chan struct{})
}

// serves says whether new connections go to a pool.
func (r *run) serves(p *pool) bool {
	pools, _ := r.current()
	return slices.Contains(pools, p)
}

func (r *run) clientsWait() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held > 0
}
