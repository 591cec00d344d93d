package tunnels

import (
	"context"
	"time"
)

const (
	// demandGap is the least time between two attempts that waiting clients
	// bring about.
	demandGap = 500 * time.Millisecond
	// drainFor is how long the connections of a session that takes no new ones may go
	// on after its pod has gone.
	drainFor = 30 * time.Second
	// refusalDoubt is for how long after the end of a session a refusal of rights may
	// be that of an API server that has just started.
	refusalDoubt = time.Minute
	// overlooked is how long a new connection may go without any answer until its
	// node has not taken note of it, on a session that drains.
	overlooked = 500 * time.Millisecond
)

// supervise keeps the run's lanes until ctx is done.
func (r *run) supervise(ctx context.Context, crew *crew) {
	if r.spec.Policy != PolicyRoundRobin {
		r.newLane("", crew).supervise(ctx)
		return
	}
	base := r.newLane("", crew) // shows what there is to show without pods
	running := make(map[string]*lane)
	ended := make(chan *lane)
	for {
		c := r.lastCandidates()
		ready := r.ranked(c, "")
		free := maxLanes
		for _, e := range ready {
			if running[e.UID] != nil {
				free--
			}
		}
		for _, e := range ready {
			if free <= 0 || running[e.UID] != nil {
				continue
			}
			free--
			l := r.newLane(e.UID, crew)
			running[e.UID] = l
			crew.spawn("the supervision of sessions", func() {
				l.supervise(ctx)
				select {
				case ended <- l:
				case <-ctx.Done():
				}
			})
		}
		if len(running) == 0 {
			base.showWaiting(c)
		}
		select {
		case <-base.changed:
		case l := <-ended:
			delete(running, l.uid)
			l.drop()
		case <-ctx.Done():
			return
		}
	}
}

// supervise keeps one session after the other until ctx is done or, of a lane to
// one pod, until that pod is not usable any more.
func (l *lane) supervise(ctx context.Context) {
	var b backoff
	failed := ""         // the UID of the pod that failed last
	var served time.Time // when the last session that served has ended
	for {
		e, seen, ok := l.await(ctx, failed)
		if !ok {
			return
		}
		lived, err := l.runOnce(ctx, e)
		if ctx.Err() != nil {
			return
		}
		failed = ""
		if err != nil {
			failed = e.UID
		}
		if lived >= healthyAfter {
			b.reset()
		}
		if lived > 0 {
			served = time.Now()
		}
		if err != nil && !l.pause(ctx, e, seen, mayPass(err, served), &b) {
			return
		}
	}
}

// mayPass makes a refusal of rights one that is tried again, soon after a session that had
// them has ended: an API server that has just started refuses everybody whose rights come
// from roles until it has read these.
func mayPass(err *Error, served time.Time) *Error {
	if err.Cause != CauseForbidden || served.IsZero() || time.Since(served) > refusalDoubt {
		return err
	}
	passing := *err
	passing.Permanent = false
	return &passing
}

// await returns the endpoint to dial and the candidates that it was chosen from,
// or false when ctx is done or the lane's one pod is not usable. Meanwhile it
// shows what it waits for. One that failed is taken only where there is no other.
func (l *lane) await(ctx context.Context, failed string) (Endpoint, candidates, bool) {
	for {
		c := l.r.lastCandidates()
		if e, ok := l.pick(c, failed); ok {
			return e, c, true
		}
		if l.uid != "" {
			return Endpoint{}, c, false
		}
		l.showWaiting(c)
		select {
		case <-l.changed:
		case <-l.kicked:
		case <-ctx.Done():
			return Endpoint{}, c, false
		}
	}
}

// runOnce opens a session to one endpoint and serves from a pool of such, and
// from its successors, until that is over. It returns for how long it served, and
// no error when another attempt is due at once: the pod is gone, the sessions take
// no more connections, the user interrupted the attempt, or ctx is done.
func (l *lane) runOnce(ctx context.Context, e Endpoint) (lived time.Duration, err *Error) {
	l.update(func(s *standing) {
		if s.phase != Reconnecting {
			s.phase, s.err = Starting, nil
		}
		s.reason, s.pod, s.numbers, s.retryAt = "opening a session", e.Pod, nil, time.Time{}
	})
	m, err := l.openFirst(ctx, e)
	if m == nil {
		return 0, err
	}
	began := time.Now()
	p := newPool(e, m)
	for {
		poolCtx, stop := context.WithCancel(ctx)
		l.crew.spawn("opening sessions", func() { l.grow(poolCtx, p) })
		for _, m := range p.all() {
			l.crew.spawn("watching over a session", func() { l.keepAlive(poolCtx, p, m) })
		}
		l.gently = false
		l.serveFrom(p)
		next, lost := l.keep(ctx, p)
		if next == nil {
			l.setServing(nil)
			if ctx.Err() == nil {
				l.showLost(p.endpoint(), lost)
			}
		} else {
			l.setServing(next)
		}
		stop()
		for _, m := range p.close() {
			l.r.leave(ctx, p, m, next != nil || l.gently)
		}
		if next == nil {
			return time.Since(began), lost
		}
		p = next
	}
}

// serveFrom lets new connections to a pool and tells of it.
func (l *lane) serveFrom(p *pool) {
	l.setServing(p)
	again := l.pools > 0
	l.pools++
	l.r.t.update(func(f *facts) {
		if len(l.r.allLanes()) == 1 {
			f.refused = nil // that was another pod's word, or long ago
		}
		if again {
			f.reconnects++
		}
	})
	l.showReady(p)
	transport, _, _ := p.told()
	e := p.endpoint()
	l.r.t.emit(Event{
		Kind: EventSession, Pod: e.Pod, Took: p.took(), Transport: transport,
		Numbers: portNumbers(e, l.r.spec.Mappings),
	})
}

// pause waits until another attempt is due and returns false when ctx is done.
// What cannot be mended by trying again waits for the user or the cluster; seen
// is what the cluster had said before the attempt.
func (l *lane) pause(ctx context.Context, tried Endpoint, seen candidates, err *Error, b *backoff) bool {
	began := time.Now()
	delay := b.next(err, l.r.clientsWait())
	var due <-chan time.Time
	if !err.Permanent {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		due = timer.C
	}
	l.update(func(s *standing) {
		s.err, s.pod, s.numbers = err, "", nil
		if err.Permanent {
			s.phase, s.reason, s.retryAt = NeedsUser, reasonFor(err), time.Time{}
		} else {
			s.phase, s.reason, s.retryAt = Reconnecting, reasonFor(err), began.Add(delay)
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
		case <-l.kicked:
			b.reset()
			return true
		case <-l.woken:
			b.reset()
			return true
		case <-l.wanted:
			if due != nil && err.RetryAfter == 0 && demand == nil {
				demand = time.After(max(0, demandGap-time.Since(began)))
			}
		case <-l.changed:
			now := l.r.lastCandidates()
			best, ok := l.pick(now, tried.UID)
			if !ok || best.UID != tried.UID || err.Permanent && now.better(seen) {
				return true
			}
		}
	}
}
