package tunnels

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"culvert/tunnels/crash"
)

const (
	pingEvery    = 10 * time.Second
	pingDeadline = 15 * time.Second // silence after a ping that ends a session
	suspectAfter = 5 * time.Second  // silence after a ping that sends new connections elsewhere
	wakeDoubt    = 500 * time.Millisecond
	wakePing     = 2 * time.Second  // silence after a wake that ends a session
	pingTries    = 5                // spread over suspectAfter, see pingAny
	firstPing    = 10 * time.Second // a new session has to answer within
)

// keepAlive watches over one session until ctx is done or the session has
// ended. It tells the pool when the session ends, takes no more connections or
// does not answer, and closes it when it is dead. A session that is held up by
// one of our own clients is not: its pong waits behind bytes that the client does
// not take. Nor is one whose pod pauses an upload: there the ping waits behind
// bytes that the pod does not take.
func (l *lane) keepAlive(ctx context.Context, p *pool, m *member) {
	defer signal(p.swept)
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-m.session.Done():
			return
		case <-ctx.Done():
			return
		}
		if !l.question(ctx, p, m) {
			return
		}
		if m.session.Load().Draining {
			signal(p.swept)
		}
	}
}

// question asks a session whether it is there, and returns false when it has
// ended or ctx is done.
func (l *lane) question(ctx context.Context, p *pool, m *member) bool {
	sent := time.Now()
	doubted := make(chan struct{})
	doubt := time.AfterFunc(suspectAfter, l.crew.contained("watching over a session", func() {
		defer close(doubted)
		if !excused(m.session, sent) {
			p.setSilent(m, true, 0)
			l.r.t.m.doubt()
		}
	}))
	latency, err := pingAny(ctx, l.r.t.m.crashes, m.session)
	if !doubt.Stop() {
		<-doubted // it must not have the last word
	}
	if ctx.Err() != nil || isDone(m.session) {
		return false
	}
	switch {
	case err == nil:
		p.setSilent(m, false, latency)
		l.update(func(s *standing) { s.latency = latency })
	case excused(m.session, sent): // which shows that it may live, and not that it does
		if time.Since(m.session.Load().LastByte) < suspectAfter {
			p.setSilent(m, false, 0)
		}
	default:
		l.r.bury(p, m, pingDeadline)
		return false
	}
	return true
}

// excused says whether a session that has not answered since sent may be well
// all the same.
func excused(s Session, sent time.Time) bool {
	l := s.Load()
	return l.Stalled > 0 || l.Blocked > 0 || l.LastByte.After(sent)
}

// bury closes a session that has not answered for d.
func (r *run) bury(p *pool, m *member, d time.Duration) {
	e := p.endpoint()
	silent := e.Pod
	if e.Node != "" {
		silent = fmt.Sprintf("node %s of %s", e.Node, e.Pod)
	}
	_ = m.session.Close(&Error{
		Err:   fmt.Errorf("%s has not answered for %v", silent, d),
		Hint:  "The network or the node may be down; the tunnel keeps trying.",
		Cause: CauseSessionLost,
	}) // the cause is what matters, and sweep reports it
	signal(p.swept)
}

// wake makes sure of a pool's sessions after the machine may have slept or
// changed its network: those that do not answer at once are dead, and others are
// opened meanwhile.
func (l *lane) wake(ctx context.Context, p *pool) {
	var asked sync.WaitGroup
	for _, m := range p.all() {
		asked.Go(l.crew.contained("waking sessions", func() {
			doubted := make(chan struct{})
			doubt := time.AfterFunc(wakeDoubt, l.crew.contained("waking sessions", func() {
				defer close(doubted)
				p.setSilent(m, true, 0)
			}))
			latency, answered := answersAny(ctx, l.r.t.m.crashes, m.session, wakePing)
			if !doubt.Stop() {
				<-doubted // as in question
			}
			load := m.session.Load()
			switch {
			case ctx.Err() != nil || isDone(m.session):
			case answered:
				p.setSilent(m, false, latency)
			case load.Stalled == 0 && load.Blocked == 0: // what came since may have waited here all the time
				l.r.bury(p, m, wakePing)
			}
		}))
	}
	asked.Wait()
}

// pingAny returns how long the answer took to the first ping that got one. It
// pings up to pingTries times before suspectAfter: the server in a pod's node
// (moby/spdystream, FRAME_WORKERS) hands pings to five workers in turn, and one
// that waits for a stream whose pod does not read answers nothing meanwhile.
func pingAny(ctx context.Context, crashes *crash.Reporter, s Session) (time.Duration, error) {
	type answer struct {
		latency time.Duration
		err     error
	}
	answers := make(chan answer, pingTries)
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithTimeout(ctx, pingDeadline)
	defer cancel()
	tick := time.NewTicker(suspectAfter / pingTries)
	defer tick.Stop()
	for sent := 0; ; sent++ {
		if sent < pingTries {
			running.Go(crashes.Contained("a ping", func() {
				latency, err := pingWithin(ctx, s, pingDeadline)
				answers <- answer{latency, err}
			}, func(p *crash.Panic) { answers <- answer{err: p} }))
		}
		select {
		case a := <-answers: // an error when the session has ended or ctx is done
			return a.latency, a.err
		case <-tick.C:
		}
	}
}

// answersAny pings pingTries times at once, for the reason that pingAny gives, and
// says whether one of them was answered within d, and after how long the first was.
func answersAny(ctx context.Context, crashes *crash.Reporter, s Session, d time.Duration) (latency time.Duration, answered bool) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	began := time.Now()
	var first atomic.Int64 // 0 while there is none
	var running sync.WaitGroup
	for range pingTries {
		running.Go(crashes.Contained("a ping", func() {
			if s.Ping(ctx) == nil {
				first.CompareAndSwap(0, int64(max(time.Since(began), time.Nanosecond)))
				cancel() // the others are not needed
			}
		}, nil))
	}
	running.Wait()
	return time.Duration(first.Load()), first.Load() > 0
}

// pingWithin pings once and returns how long the answer took.
func pingWithin(ctx context.Context, s Session, d time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	began := time.Now()
	if err := s.Ping(ctx); err != nil {
		return 0, err
	}
	return max(time.Since(began), time.Nanosecond), nil
}
