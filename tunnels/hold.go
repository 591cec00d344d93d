package tunnels

import (
	"context"
	"errors"
	"time"
)

// maxHeld is how many connections of one tunnel may wait for a session or for
// the pod's program. More are not accepted meanwhile: they wait in the system's
// own queue, where they cost nothing.
const maxHeld = 1024

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
