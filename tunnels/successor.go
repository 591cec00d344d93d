package tunnels

import (
	"context"
	"time"
)

// successor looks for a session that is to take a pool's place, while the pool
// goes on.
type successor struct {
	l      *lane
	ctx    context.Context
	found  chan found
	to     Endpoint
	active bool   // an attempt is under way
	number uint64 // of the latest attempt; one of another number is of no interest any more
	cancel context.CancelFunc
	b      backoff
	again  <-chan time.Time
}

type found struct {
	number   uint64
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
	s.number++
	number := s.number
	s.l.crew.spawn("opening a session", func() {
		defer cancel()
		m, err := s.l.openSession(ctx, e)
		select {
		case s.found <- found{number, e, m, err}:
		case <-ctx.Done():
			if m != nil {
				_ = m.session.Close(nil) // nobody has used it
			}
		}
	})
}

// approach is seek for a pod that is better but not needed: a pause after a failed
// attempt stands.
func (s *successor) approach(e Endpoint) {
	if s.again == nil || s.to.UID != e.UID {
		s.seek(e)
	}
}

// current says whether what was found is still wanted; else its session is closed.
func (s *successor) current(f found) bool {
	if s.active && f.number == s.number {
		return true
	}
	if f.member != nil {
		s.l.r.spawn("closing a session", func() { _ = f.member.session.Close(nil) }, nil) // nobody has used it
	}
	return false
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
