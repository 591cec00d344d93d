package tunnels

import (
	"context"
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
	failed := "" // the UID of the pod that failed last
	for {
		e, seen, ok := r.await(ctx, failed)
		if !ok {
			return
		}
		lived, err := r.runOnce(ctx, e)
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
		if err != nil && !r.pause(ctx, e, seen, err, &b) {
			return
		}
	}
}

// await returns the endpoint to dial and the candidates that it was chosen from,
// or false when ctx is done. Meanwhile it shows what it waits for.
// One that failed is taken only where there is no other.
func (r *run) await(ctx context.Context, failed string) (Endpoint, candidates, bool) {
	for {
		c := r.lastCandidates()
		if e, ok := pick(c.endpoints, failed); ok {
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

// runOnce opens a session to one endpoint and serves from a pool of such, and
// from its successors, until that is over. It returns for how long it served, and
// no error when another attempt is due at once: the pod is gone, the sessions take
// no more connections, the user interrupted the attempt, or ctx is done.
func (r *run) runOnce(ctx context.Context, e Endpoint) (lived time.Duration, err *Error) {
	r.t.update(func(f *facts) {
		if f.phase != Reconnecting {
			f.phase, f.err = Starting, nil
		}
		f.reason, f.pod, f.retryAt = "opening a session", e.Pod, time.Time{}
	})
	m, err := r.openFirst(ctx, e)
	if m == nil {
		return 0, err
	}
	began := time.Now()
	p := newPool(e, m)
	for {
		poolCtx, stop := context.WithCancel(ctx)
		r.wg.Go(func() { r.grow(poolCtx, p) })
		for _, m := range p.all() {
			r.wg.Go(func() { r.keepAlive(poolCtx, p, m) })
		}
		r.serveFrom(p)
		next, lost := r.keep(ctx, p)
		if next == nil {
			r.setServing(nil)
			if ctx.Err() == nil {
				r.showLost(p.endpoint(), lost)
			}
		} else {
			r.setServing(next)
		}
		stop()
		for _, m := range p.close() {
			r.leave(ctx, m, next != nil)
		}
		if next == nil {
			return time.Since(began), lost
		}
		p = next
	}
}

// serveFrom lets new connections to a pool and tells of it.
func (r *run) serveFrom(p *pool) {
	r.setServing(p)
	again := r.pools > 0
	r.pools++
	r.t.update(func(f *facts) {
		f.refused = nil // that was another pod's word, or long ago
		if again {
			f.reconnects++
		}
	})
	r.showReady(p)
	r.t.emit(Event{Kind: EventSession, Pod: p.endpoint().Pod, Took: p.took()})
}

// pause waits until another attempt is due and returns false when ctx is done.
// What cannot be mended by trying again waits for the user or the cluster; seen
// is what the cluster had said before the attempt.
func (r *run) pause(ctx context.Context, tried Endpoint, seen candidates, err *Error, b *backoff) bool {
	began := time.Now()
	delay := b.next(err, r.clientsWait())
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
		case <-r.woken:
			b.reset()
			return true
		case <-r.wanted:
			if due != nil && err.RetryAfter == 0 && demand == nil {
				demand = time.After(max(0, demandGap-time.Since(began)))
			}
		case <-r.changed:
			now := r.lastCandidates()
			best, ok := pick(now.endpoints, tried.UID)
			if !ok || best.UID != tried.UID || err.Permanent && now.better(seen) {
				return true
			}
		}
	}
}
