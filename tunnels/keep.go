package tunnels

import (
	"context"
	"errors"
	"fmt"
	"time"

	"culvert/tunnels/crash"
)

// leave ends a session that has left its pool: at once, or when its connections
// have ended where it takes no more of them, or where another pool does.
func (r *run) leave(ctx context.Context, p *pool, m *member, replaced bool) {
	if load := m.session.Load(); (replaced || load.Draining) && load.Err == nil && load.Streams > 0 && ctx.Err() == nil {
		ctx, stop := context.WithCancel(ctx)
		r.spawn("watching over a session that drains", func() { r.keepDraining(ctx, p, m) }, nil)
		r.spawn("draining a session", func() { r.drain(ctx, p, m.session); stop() }, nil)
		return
	}
	r.spawn("closing a session", func() { _ = m.session.Close(nil) }, nil) // its own cause, if it has one, is lost
}

// drain lets the streams of a session end, for as long as its pod is there and for
// drainFor after that, and closes it.
// Those that its node has overlooked, which happens beside refusals, are given up
// where the pod cannot take them any more: so they can be tried elsewhere.
func (r *run) drain(ctx context.Context, p *pool, s Session) {
	defer s.Close(nil)
	tick := time.NewTicker(drainFor / 60)
	defer tick.Stop()
	for there := time.Now(); s.Load().Streams > 0 && time.Since(there) < drainFor; {
		select {
		case <-tick.C:
			abandonOverlooked(ctx, r.t.m.crashes, p, s)
		case <-s.Done():
			return
		case <-ctx.Done():
			return
		}
		if r.mayBeThere(p.endpoint().UID) {
			there = time.Now()
		}
	}
}

// mayBeThere says whether a pod was among the target's when these were last known.
func (r *run) mayBeThere(uid string) bool {
	c := r.lastCandidates()
	if c.err != nil && len(c.Endpoints) == 0 && c.err.Cause != CauseNotFound {
		return true
	}
	_, ok := findUID(c.Endpoints, uid)
	return ok
}

// keepDraining closes a session that drains when it is dead, which [lane.keepAlive]
// does for the members of a pool.
func (r *run) keepDraining(ctx context.Context, p *pool, m *member) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		sent := time.Now()
		_, err := pingAny(ctx, r.t.m.crashes, m.session)
		if err != nil && ctx.Err() == nil && !isDone(m.session) && !excused(m.session, sent) {
			r.bury(p, m, pingDeadline)
		}
	}
}

// abandonOverlooked gives up the connections that a session's node has overlooked,
// to ports that take no more of them. An answer to a ping that is sent after them
// would have come behind theirs: what has none by then was not delivered, and if
// it is yet, the port refuses it.
func abandonOverlooked(ctx context.Context, crashes *crash.Reporter, p *pool, s Session) {
	ports := p.shutPorts()
	if len(ports) == 0 {
		return
	}
	began := time.Now()
	if _, answered := answersAny(ctx, crashes, s, overlooked); !answered {
		if ctx.Err() == nil && time.Since(s.Load().LastByte) > suspectAfter && !excused(s, began) {
			_ = s.Close(&Error{
				Err:   fmt.Errorf("%s does not answer any more", p.endpoint().Pod),
				Hint:  "It is being deleted; new connections go to another pod.",
				Cause: CauseSessionLost,
			}) // its streams tell the rest
		}
		return
	}
	for _, port := range ports {
		s.Abandon(port, overlooked+time.Since(began), &Error{
			Err:   fmt.Errorf("port %d of pod %s takes no more connections", port, p.endpoint().Pod),
			Cause: CauseRefused,
		})
	}
}

// keep waits until a pool serves no more: then it returns the pool that does so
// in its place or, where there is none, why.
func (l *lane) keep(ctx context.Context, p *pool) (next *pool, lost *Error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	trim := time.NewTicker(trimEvery)
	defer trim.Stop()
	s := successor{l: l, ctx: ctx, found: make(chan found)}
	var again <-chan time.Time // when to look at sessions that are held up
	for {
		select {
		case <-ctx.Done():
			return nil, nil
		case <-l.kicked:
			if l.r.serves(p) { // else it is the pod that has to change
				s.seek(p.endpoint())
			}
		case <-l.woken:
			l.crew.spawn("waking sessions", func() { l.wake(ctx, p) })
		case f := <-s.found:
			if !s.current(f) {
				break
			}
			if f.member != nil {
				signal(l.changed) // what came meanwhile is the new pool's, too
				return newPool(f.endpoint, f.member), nil
			}
			s.failed(f)
		case <-s.again:
			s.retry()
		case <-p.swept:
			if over, err := l.sweep(ctx, p); over {
				return nil, err
			}
			l.trim(ctx, p, time.Now())
			if again == nil && p.lacks() {
				again = time.After(heldAgain)
			}
		case <-again:
			again = nil
			signal(p.swept)
		case now := <-trim.C:
			l.trim(ctx, p, now)
		case <-l.changed:
			if l.follow(p, &s) {
				return nil, nil
			}
		}
	}
}

// trim lets go of sessions that nobody needs.
func (l *lane) trim(ctx context.Context, p *pool, now time.Time) {
	for _, m := range p.trim(now) {
		l.r.leave(ctx, p, m, true)
	}
}

// sweep lets go of sessions that are of no more use, and says whether that were
// all.
func (l *lane) sweep(ctx context.Context, p *pool) (over bool, lost *Error) {
	c := p.sweep()
	for _, m := range c.left {
		if m.session.Load().Err != nil || isDone(m.session) {
			lost = sessionError(m.session, p.endpoint(), errors.New("the other side closed it"))
		}
		l.r.leave(ctx, p, m, false)
	}
	if c.alive == 0 {
		return true, lost
	}
	switch {
	case !l.r.serves(p): // it waits for its pod
	case c.silent == c.alive:
		l.showSilent()
	case c.lacks && c.silent+c.held == c.alive:
		l.showHeldUp(c.refusal)
	default:
		l.showReady(p)
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
func (l *lane) follow(p *pool, s *successor) (leave bool) {
	c := l.r.lastCandidates()
	if c.err != nil && len(c.Endpoints) == 0 && c.err.Cause != CauseNotFound {
		return false // nothing is known of the pod: the sessions are better evidence
	}
	e, ok := findUID(c.Endpoints, p.endpoint().UID)
	best, found := l.pick(c, "")
	if !ok {
		// A pod by name has gone. One of several may only have left the target,
		// and its connections end by themselves if it has not.
		l.gently = l.r.spec.Target.Kind != KindPod
		if l.gently && found {
			s.seek(best)
			return false
		}
		return true
	}
	p.refresh(e)
	if l.r.suits(e) {
		l.setServing(p)
		l.showReady(p)
		switch {
		case found && best.UID != e.UID && l.r.moves(best):
			s.approach(best)
		case s.to.UID != e.UID:
			s.drop() // the pod need not be left any more
		}
		return false
	}
	if found && best.UID != e.UID {
		s.seek(best)
		return false
	}
	l.setServing(nil)
	c.err = nil
	l.showWaiting(c)
	return false
}
