package tunnels

import (
	"context"
	"errors"
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

// leave ends a session that has left its pool: at once, or when its connections
// have ended where it takes no more of them, or where another pool does.
func (r *run) leave(ctx context.Context, m *member, replaced bool) {
	if load := m.session.Load(); (replaced || load.Draining) && load.Err == nil && load.Streams > 0 && ctx.Err() == nil {
		r.wg.Go(func() { drain(ctx, m.session) })
		return
	}
	r.wg.Go(func() { _ = m.session.Close(nil) }) // its own cause, if it has one, is lost
}

// showLost tells that there is nothing any more that serves.
func (r *run) showLost(e Endpoint, lost *Error) {
	r.t.update(func(f *facts) {
		f.phase, f.reason, f.err = Reconnecting, "opening a session", lost
		if lost != nil {
			f.reason = reasonFor(lost)
		}
		f.transport, f.latency, f.dialTime = "", 0, 0
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

// openFirst opens the first session of a pool. The user's kick ends the attempt:
// then, as when ctx is done, it returns neither a session nor an error.
func (r *run) openFirst(ctx context.Context, e Endpoint) (*member, *Error) {
	attempt, cancel := context.WithCancel(ctx)
	defer cancel()
	r.wg.Go(func() {
		select {
		case <-r.kicked:
		case <-r.woken: // what began before a sleep may wait in vain
		case <-attempt.Done():
		}
		cancel()
	})
	return r.openSession(attempt, e)
}

// openSession dials and makes sure that the other side answers. When ctx is
// done it returns neither a session nor an error.
func (r *run) openSession(ctx context.Context, e Endpoint) (*member, *Error) {
	m, err := r.dial(ctx, e)
	if ctx.Err() == nil {
		return m, err
	}
	if m != nil {
		_ = m.session.Close(nil) // nobody has used it
	}
	return nil, nil
}

func (r *run) dial(ctx context.Context, e Endpoint) (*member, *Error) {
	began := time.Now()
	s, err := r.t.m.backend.Dial(ctx, e, r.spec.Via)
	if err != nil {
		return nil, AsError(err)
	}
	latency, err := pingWithin(ctx, s, firstPing)
	if err != nil {
		failed := sessionError(s, e, fmt.Errorf("it does not answer: %w", err))
		_ = s.Close(failed) // failed tells the rest
		return nil, failed
	}
	return &member{session: s, took: time.Since(began), latency: latency}, nil
}

// grow opens further sessions of a pool when they are wanted, until ctx is done.
func (r *run) grow(ctx context.Context, p *pool) {
	var b backoff
	ended := make(chan *Error) // attempts
	var again <-chan time.Time // when to try again after a failure
	for {
		select {
		case <-p.more:
			for again == nil && p.begin() {
				r.wg.Go(func() { r.growOnce(ctx, p, ended) })
			}
		case err := <-ended:
			if err == nil {
				b.reset()
			} else {
				again = time.After(max(b.next(err, true), backoffFirst))
			}
		case <-again:
			again = nil
			p.retry()
			signal(p.more)
		case <-ctx.Done():
			return
		}
	}
}

// growOnce opens one more session, tells how that went, and stays with it.
func (r *run) growOnce(ctx context.Context, p *pool, ended chan<- *Error) {
	dial := ctx
	if !p.desperate() {
		dial = Extra(ctx)
	}
	m, err := r.openSession(dial, p.endpoint())
	if !p.grown(m) {
		if m != nil {
			_ = m.session.Close(nil) // nobody has used it
		}
		return
	}
	select {
	case ended <- err:
	case <-ctx.Done():
	}
	if m != nil {
		signal(p.swept)
		r.keepAlive(ctx, p, m)
	}
}

// keep waits until a pool serves no more: then it returns the pool that does so
// in its place or, where there is none, why.
func (r *run) keep(ctx context.Context, p *pool) (next *pool, lost *Error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	trim := time.NewTicker(trimEvery)
	defer trim.Stop()
	s := successor{r: r, ctx: ctx, found: make(chan found)}
	for {
		select {
		case <-ctx.Done():
			return nil, nil
		case <-r.kicked:
			if r.serves(p) { // else it is the pod that has to change
				s.seek(p.endpoint())
			}
		case <-r.woken:
			r.wg.Go(func() { r.wake(ctx, p) })
		case f := <-s.found:
			if f.member != nil {
				signal(r.changed) // what came meanwhile is the new pool's, too
				return newPool(f.endpoint, f.member), nil
			}
			s.failed(f)
		case <-s.again:
			s.retry()
		case <-p.swept:
			if over, err := r.sweep(ctx, p); over {
				return nil, err
			}
		case now := <-trim.C:
			for _, m := range p.trim(now) {
				r.leave(ctx, m, true)
			}
		case <-r.changed:
			if r.follow(p, &s) {
				return nil, nil
			}
		}
	}
}

// successor looks for a session that is to take a pool's place, while the pool
// goes on.
type successor struct {
	r      *run
	ctx    context.Context
	found  chan found
	to     Endpoint
	active bool // an attempt is under way
	cancel context.CancelFunc
	b      backoff
	again  <-chan time.Time
}

type found struct {
	endpoint Endpoint
	member   *member // nil after a failure
	err      *Error
}

// seek begins to open a session to an endpoint, unless that is under way.
func (s *successor) seek(e Endpoint) {
	if s.active && s.to.UID == e.UID {
		return
	}
	if s.active {
		s.cancel()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.to, s.active, s.cancel, s.again = e, true, cancel, nil
	s.r.wg.Go(func() {
		defer cancel()
		m, err := s.r.openSession(ctx, e)
		select {
		case s.found <- found{e, m, err}:
		case <-ctx.Done():
			if m != nil {
				_ = m.session.Close(nil) // nobody has used it
			}
		}
	})
}

// failed arranges for another attempt while the pod is to be left.
func (s *successor) failed(f found) {
	s.active = false
	s.again = time.After(max(s.b.next(f.err, true), backoffFirst))
}

func (s *successor) retry() {
	s.again = nil
	s.seek(s.to)
}

// drop ends the search.
func (s *successor) drop() {
	if s.active {
		s.cancel()
	}
	s.active, s.again = false, nil
}

// sweep lets go of sessions that are of no more use, and says whether that were
// all.
func (r *run) sweep(ctx context.Context, p *pool) (over bool, lost *Error) {
	c := p.sweep()
	for _, m := range c.left {
		if m.session.Load().Err != nil || isDone(m.session) {
			lost = sessionError(m.session, p.endpoint(), errors.New("the other side closed it"))
		}
		r.leave(ctx, m, false)
	}
	if c.alive == 0 {
		return true, lost
	}
	switch {
	case !r.serves(p): // it waits for its pod
	case c.silent == c.alive:
		r.showSilent()
	default:
		r.showReady(p)
	}
	return false, nil
}

func isDone(s Session) bool {
	select {
	case <-s.Done():
		return true
	default:
		return false
	}
}

// follow acts on changed candidates and says whether to leave the pool at once.
func (r *run) follow(p *pool, s *successor) (leave bool) {
	c := r.lastCandidates()
	if c.err != nil && len(c.endpoints) == 0 && c.err.Cause != CauseNotFound {
		return false // nothing is known of the pod: the sessions are better evidence
	}
	e, ok := findUID(c.endpoints, p.endpoint().UID)
	if !ok {
		return true
	}
	if e.Ready && !e.Terminating {
		if s.to.UID != e.UID {
			s.drop() // the pod need not be left any more
		}
		p.refresh(e)
		r.setServing(p)
		r.showReady(p)
		return false
	}
	if other, ok := pick(c.endpoints, ""); ok { // e is not usable
		s.seek(other)
		return false
	}
	r.setServing(nil)
	r.showWaiting(candidates{word: c.word, endpoints: c.endpoints})
	return false
}

// serves says whether new connections go to a pool.
func (r *run) serves(p *pool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.serving == p
}

// showReady tells that a pool serves.
func (r *run) showReady(p *pool) {
	e := p.endpoint()
	errs, warnings := portProblems(e, r.spec.Mappings)
	transport, took, latency := p.told()
	r.t.update(func(f *facts) {
		f.phase, f.reason, f.err, f.retryAt = Ready, "", nil, time.Time{}
		f.pod, f.transport, f.dialTime = e.Pod, transport, took
		f.portErrs, f.portWarnings = errs, warnings
		if latency > 0 {
			f.latency = latency
		}
	})
}

// showSilent tells that no session answers, which may pass.
func (r *run) showSilent() {
	r.t.update(func(f *facts) {
		f.phase, f.reason, f.retryAt = Reconnecting, "no answer from the cluster", time.Time{}
		f.err = &Error{
			Err:   fmt.Errorf("the sessions have not answered for %v", suspectAfter),
			Hint:  "The network or the node may be down; the tunnel keeps trying.",
			Cause: CauseSessionLost,
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
