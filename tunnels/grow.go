package tunnels

import (
	"context"
	"fmt"
	"time"
)

// openFirst opens the first session of a pool. The user's kick ends the attempt:
// then, as when ctx is done, it returns neither a session nor an error.
func (l *lane) openFirst(ctx context.Context, e Endpoint) (*member, *Error) {
	attempt, cancel := context.WithCancel(ctx)
	defer cancel()
	l.crew.spawn("opening a session", func() {
		select {
		case <-l.kicked:
		case <-l.woken: // what began before a sleep may wait in vain
		case <-attempt.Done():
		}
		cancel()
	})
	return l.openSession(attempt, e)
}

// openSession dials and makes sure that the other side answers. When ctx is
// done it returns neither a session nor an error.
func (l *lane) openSession(ctx context.Context, e Endpoint) (*member, *Error) {
	m, err := l.dial(ctx, e)
	if ctx.Err() == nil {
		return m, err
	}
	if m != nil {
		_ = m.session.Close(nil) // nobody has used it
	}
	return nil, nil
}

func (l *lane) dial(ctx context.Context, e Endpoint) (*member, *Error) {
	began := time.Now()
	s, latency, err := dialled(ctx, l.r.t.m.backend, e, l.r.spec.Via, l.r.contain, l.crew.hold)
	if err != nil {
		return nil, err
	}
	return &member{session: s, transport: s.Load().Transport, took: time.Since(began), latency: latency}, nil
}

// dialled returns a session that has answered, and how long that took. hold is told of it
// as soon as it is there; contain contains the panics of the dialling and of the session.
func dialled(ctx context.Context, b Backend, e Endpoint, via Via, contain containing, hold func(Session)) (Session, time.Duration, *Error) {
	var inner Session
	var err error
	if p := contain("dialling", func() { inner, err = b.Dial(ctx, e, via) }); p != nil {
		err = p
	}
	if err != nil {
		return nil, 0, AsError(err)
	}
	s := guard(inner, contain)
	hold(s)
	latency, err := pingWithin(ctx, s, firstPing)
	if err != nil {
		failed := sessionError(s, e, fmt.Errorf("it does not answer: %w", err))
		_ = s.Close(failed) // failed tells the rest
		return nil, 0, failed
	}
	return s, latency, nil
}

// grow opens further sessions of a pool when they are wanted, until ctx is done.
func (l *lane) grow(ctx context.Context, p *pool) {
	var b backoff
	ended := make(chan *Error) // attempts
	var again <-chan time.Time // when to try again after a failure
	for {
		select {
		case <-p.more:
			for again == nil && p.begin() {
				l.crew.spawn("opening a session", func() { l.growOnce(ctx, p, ended) })
			}
		case err := <-ended:
			if err == nil {
				b.reset()
			} else {
				wait := max(b.next(err, true), backoffFirst)
				if err.RetryAfter == 0 {
					wait = min(wait, backoffNear) // the ones there may be held up at any time
				}
				again = time.After(wait)
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
func (l *lane) growOnce(ctx context.Context, p *pool, ended chan<- *Error) {
	dial := ctx
	if !p.desperate() {
		dial = Extra(ctx)
	}
	told := make(chan struct{})
	tarries := time.AfterFunc(heldLong, l.crew.contained("opening a session", func() {
		defer close(told)
		p.tarries()
	}))
	m, err := l.openSession(dial, p.endpoint())
	late := !tarries.Stop()
	if late {
		<-told
	}
	if !p.grown(m, err, late) {
		if m != nil {
			_ = m.session.Close(nil) // nobody has used it
		}
		return
	}
	select {
	case ended <- err:
	case <-ctx.Done():
	}
	signal(p.swept)
	if m != nil {
		l.keepAlive(ctx, p, m)
	}
}
