package tunnels

import (
	"context"
	"fmt"
	"time"
)

const (
	// demandGap is the least time between two attempts that waiting clients
	// bring about.
	demandGap = 500 * time.Millisecond
	// drainFor is how long the connections of a session may go on that takes no
	// new ones.
	drainFor = 30 * time.Second
)

// supervise keeps one session after the other until ctx is done.
func (r *run) supervise(ctx context.Context) {
	var b backoff
	for {
		e, seen, ok := r.await(ctx)
		if !ok {
			return
		}
		lived, err := r.runOnce(ctx, e)
		if ctx.Err() != nil {
			return
		}
		if lived >= healthyAfter {
			b.reset()
		}
		if err != nil && !r.pause(ctx, e, seen, err, &b) {
			return
		}
	}
}

// await returns the endpoint to dial and the candidates that it was chosen from,
// or false when ctx is done. Meanwhile it shows what it waits for.
func (r *run) await(ctx context.Context) (Endpoint, candidates, bool) {
	for {
		c := r.lastCandidates()
		if e, ok := pick(c.endpoints, ""); ok {
			return e, c, true
		}
		r.showWaiting(c)
		select {
		case <-r.changed:
		case <-r.kicked:
		case <-ctx.Done():
			return Endpoint{}, c, false
		}
	}
}

func (r *run) showWaiting(c candidates) {
	r.t.update(func(f *facts) {
		f.retryAt, f.pod, f.err = time.Time{}, "", c.err
		switch e := c.err; {
		case c.word == 0:
			f.phase, f.reason = Starting, "looking for "+r.spec.Target.String()
		case e == nil:
			f.phase, f.reason = Waiting, whyNone(r.spec.Target, c.endpoints)
		case e.Permanent:
			f.phase, f.reason = NeedsUser, reasonFor(e)
		case e.Cause == CauseNotFound, e.Cause == CausePodNotReady:
			f.phase, f.reason = Waiting, reasonFor(e)
		default:
			f.phase, f.reason = Reconnecting, reasonFor(e)
		}
	})
}

// runOnce opens a session to one endpoint and keeps it until it is over. It
// returns how long the session served, and no error when another attempt is due
// at once: the user asked for it, the pod is being replaced, the session takes
// no more connections, or ctx is done.
func (r *run) runOnce(ctx context.Context, e Endpoint) (lived time.Duration, err *Error) {
	r.t.update(func(f *facts) {
		if f.phase != Reconnecting {
			f.phase, f.err = Starting, nil
		}
		f.reason, f.pod, f.retryAt = "opening a session", e.Pod, time.Time{}
	})
	began := time.Now()
	s, latency, err := r.openSession(ctx, e)
	if s == nil {
		return 0, err
	}
	ready := time.Now()
	l := &link{s, e}
	r.setServing(l)
	r.showReady(e, s, latency)
	r.sessions++
	if r.sessions > 1 {
		r.t.update(func(f *facts) { f.reconnects++ })
	}
	r.t.emit(Event{Kind: EventSession, Pod: e.Pod, Took: ready.Sub(began)})

	sessionCtx, stop := context.WithCancel(ctx)
	defer stop()
	r.wg.Go(func() { r.keepAlive(sessionCtx, l) })
	lost := r.keep(ctx, l)
	r.setServing(nil)
	if ctx.Err() == nil {
		r.showLost(e, lost)
	}
	if s.Load().Draining && ctx.Err() == nil {
		r.wg.Go(func() { drain(ctx, s) })
	} else {
		_ = s.Close(nil) // its own cause, if it has one, is lost
	}
	return time.Since(ready), lost
}

// showLost tells that the serving session does so no more.
func (r *run) showLost(e Endpoint, lost *Error) {
	r.t.update(func(f *facts) {
		f.phase, f.reason, f.err = Reconnecting, "opening a session", lost
		if lost != nil {
			f.reason = reasonFor(lost)
		}
		f.transport, f.latency = "", 0
		f.portErrs, f.portWarnings, f.refused = nil, nil, nil
	})
	r.t.emit(Event{Kind: EventLost, Pod: e.Pod, Err: lost})
}

// drain lets the streams of a session end, for drainFor at most, and closes it.
func drain(ctx context.Context, s Session) {
	defer s.Close(nil)
	ctx, cancel := context.WithTimeout(ctx, drainFor)
	defer cancel()
	tick := time.NewTicker(drainFor / 60)
	defer tick.Stop()
	for s.Load().Streams > 0 {
		select {
		case <-tick.C:
		case <-s.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

// openSession dials and makes sure that the other side answers. The user's kick
// ends the attempt: then, as when ctx is done, it returns neither a session nor
// an error.
func (r *run) openSession(ctx context.Context, e Endpoint) (Session, time.Duration, *Error) {
	attempt, cancel := context.WithCancel(ctx)
	defer cancel()
	r.wg.Go(func() {
		select {
		case <-r.kicked:
			cancel()
		case <-attempt.Done():
		}
	})
	s, err := r.t.m.backend.Dial(attempt, e, r.spec.Via)
	if err != nil {
		if attempt.Err() != nil {
			return nil, 0, nil
		}
		return nil, 0, AsError(err)
	}
	latency, err := pingWithin(attempt, s, firstPing)
	switch {
	case err == nil:
		return s, latency, nil
	case attempt.Err() != nil:
		_ = s.Close(nil) // it has not been used
		return nil, 0, nil
	}
	failed := sessionError(s, e, fmt.Errorf("it does not answer: %w", err))
	_ = s.Close(failed) // failed tells the rest
	return nil, 0, failed
}

// keep waits for the end of a session or of its pod.
func (r *run) keep(ctx context.Context, l *link) *Error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.kicked:
			return nil
		case <-l.session.Done():
			return sessionError(l.session, l.endpoint, fmt.Errorf("the other side closed it"))
		case <-r.drained:
			if l.session.Load().Draining {
				return nil
			}
		case <-r.changed:
			if r.follow(l) {
				return nil
			}
		}
	}
}

// follow acts on changed candidates and says whether to leave the session.
func (r *run) follow(l *link) (leave bool) {
	c := r.lastCandidates()
	if c.err != nil && len(c.endpoints) == 0 && c.err.Cause != CauseNotFound {
		return false // nothing is known of the pod: the session is better evidence
	}
	e, ok := findUID(c.endpoints, l.endpoint.UID)
	if !ok {
		return true
	}
	if e.Ready && !e.Terminating {
		r.setServing(&link{l.session, e})
		r.showReady(e, l.session, 0)
		return false
	}
	if _, other := pick(c.endpoints, ""); other {
		return true
	}
	r.setServing(nil)
	r.showWaiting(candidates{word: c.word, endpoints: c.endpoints})
	return false
}

// showReady tells that a session serves. A latency of 0 leaves it as it was.
func (r *run) showReady(e Endpoint, s Session, latency time.Duration) {
	errs, warnings := portProblems(e, r.spec.Mappings)
	r.t.update(func(f *facts) {
		f.phase, f.reason, f.err, f.retryAt = Ready, "", nil, time.Time{}
		f.pod, f.transport = e.Pod, s.Load().Transport
		f.portErrs, f.portWarnings = errs, warnings
		if latency > 0 {
			f.latency = latency
		}
	})
}

// sessionError is why a session ended: its own word, or else fallback.
func sessionError(s Session, e Endpoint, fallback error) *Error {
	err := s.Load().Err
	if err == nil {
		err = fallback
	}
	lost := *AsError(err)
	if lost.Op == "" {
		lost.Op = "session to " + e.Pod
	}
	if lost.Cause == CauseUnknown {
		lost.Cause = CauseSessionLost
	}
	return &lost
}

// pause waits until another attempt is due and returns false when ctx is done.
// What cannot be mended by trying again waits for the user or the cluster; seen
// is what the cluster had said before the attempt.
func (r *run) pause(ctx context.Context, tried Endpoint, seen candidates, err *Error, b *backoff) bool {
	began := time.Now()
	delay := b.next(r.clientsWait(), err.RetryAfter)
	var due <-chan time.Time
	if !err.Permanent {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		due = timer.C
	}
	r.t.update(func(f *facts) {
		f.err, f.pod = err, ""
		if err.Permanent {
			f.phase, f.reason, f.retryAt = NeedsUser, reasonFor(err), time.Time{}
		} else {
			f.phase, f.reason, f.retryAt = Reconnecting, reasonFor(err), began.Add(delay)
		}
	})
	var demand <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-due:
			return true
		case <-demand:
			return true
		case <-r.kicked:
			b.reset()
			return true
		case <-r.wanted:
			if due != nil && err.RetryAfter == 0 && demand == nil {
				demand = time.After(max(0, demandGap-time.Since(began)))
			}
		case <-r.changed:
			now := r.lastCandidates()
			best, ok := pick(now.endpoints, "")
			if !ok || best.UID != tried.UID || err.Permanent && now.better(seen) {
				return true
			}
		}
	}
}
