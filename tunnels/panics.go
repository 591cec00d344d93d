package tunnels

import (
	"context"
	"errors"
	"time"

	"culvert/tunnels/crash"
)

// PanicError is a panic as a user gets to see it.
func PanicError(p *crash.Panic) *Error {
	e := &Error{
		Op: p.Part, Err: p, Cause: CauseInternal,
		Hint: "This is a mistake in Culvert, which goes on and tries again.",
	}
	if p.Report != "" {
		e.Hint += " A report without secrets is in " + p.Report + ": please send it to those who make Culvert."
	}
	return e
}

// asPanic returns the panic behind an error; nil when there is none.
func asPanic(err error) *crash.Panic {
	if p, ok := errors.AsType[*crash.Panic](err); ok {
		return p
	}
	return nil
}

// contain runs a part of the run, and tells of its panic in the timeline.
func (r *run) contain(part string, f func()) *crash.Panic {
	p := r.t.m.crashes.Contain(part, f)
	if p != nil {
		r.tellCrash(p)
	}
	return p
}

// contained is contain for a timer: then is called after a panic, unless it is nil.
func (r *run) contained(part string, f func(), then func(*crash.Panic)) func() {
	return func() {
		if p := r.contain(part, f); p != nil && then != nil {
			_ = r.contain(part, func() { then(p) }) // it is told, and there is no more to do
		}
	}
}

// spawn starts a goroutine of the run, which ends with it. A panic in it is told in the
// timeline and has no other consequence than then, unless that is nil.
func (r *run) spawn(part string, f func(), then func(*crash.Panic)) {
	r.wg.Go(r.contained(part, f, then))
}

func (r *run) tellCrash(p *crash.Panic) { r.t.emit(Event{Kind: EventCrash, Err: PanicError(p)}) }

// persist runs a part of the run, and again whenever that returns a panic, ever more
// slowly, or at once when again tells, until ctx is done or it returns none. show is called
// with the panic and when the next attempt comes.
func (r *run) persist(ctx context.Context, again <-chan struct{}, f func(context.Context) *crash.Panic, show func(*Error, time.Time)) {
	var b backoff
	for {
		began := time.Now()
		p := f(ctx)
		if p == nil || ctx.Err() != nil {
			return
		}
		if time.Since(began) >= healthyAfter {
			b.reset()
		}
		e := PanicError(p)
		delay := max(b.next(e, r.clientsWait()), backoffFirst)
		show(e, time.Now().Add(delay))
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
		case <-again:
			b.reset()
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// keepListening listens until ctx is done. After a panic all is bound anew, on the
// ports that there were.
func (r *run) keepListening(ctx context.Context) {
	r.persist(ctx, r.rebind, func(ctx context.Context) *crash.Panic {
		return r.contain("listening", func() { r.listen(ctx) })
	}, func(e *Error, _ time.Time) {
		r.bindingTried()
		r.t.update(func(f *facts) { f.bound, f.unbound, f.broken = nil, nil, e })
	})
}

// reach keeps the way to the pods until ctx is done.
func (r *run) reach(ctx context.Context) {
	select {
	case <-r.tried: // no dialling before the listeners are bound
	case <-ctx.Done():
		return
	}
	r.persist(ctx, r.rewatch, r.reachOnce, func(e *Error, retryAt time.Time) {
		r.t.update(func(f *facts) {
			f.refused = nil
			f.standing = standing{phase: Reconnecting, reason: reasonFor(e), err: e, retryAt: retryAt}
		})
	})
}

// reachOnce looks for the target and keeps sessions to it until ctx is done, or one of the
// goroutines that do so has panicked. Then nothing is left of what they have made.
func (r *run) reachOnce(ctx context.Context) *crash.Panic {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := newCrew(r, cancel)
	c.spawn("the watch of a target", func() { r.watch(ctx, c) })
	c.spawn("the supervision of sessions", func() { r.supervise(ctx, c) })
	c.wg.Wait()
	p := c.panic()
	if p != nil && ctx.Err() != nil {
		r.forgetWay()
		for _, s := range c.release() {
			r.spawn("closing a session", func() { _ = s.Close(PanicError(p)) }, nil) // within a second
		}
	}
	return p
}

// forgetWay drops all that is known of the way to the pods.
func (r *run) forgetWay() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.setLanes(nil)
	r.candidates = candidates{Resolution: Resolution{Locals: r.candidates.Locals}}
	r.serving = nil
	r.gates = make(map[gateKey]*gate)
	close(r.servingSet)
	r.servingSet = make(chan struct{})
}
