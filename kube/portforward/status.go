package portforward

import (
	"context"
	"fmt"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// Ping implements [tunnels.Session].
func (s *Session) Ping(ctx context.Context) error {
	pong := make(chan struct{})
	s.mu.Lock()
	if s.over {
		defer s.mu.Unlock()
		return s.endErrorLocked()
	}
	id := s.nextPing
	s.nextPing = (s.nextPing + 2) & (1<<31 - 1)
	s.pings[id] = pong
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.pings, id)
	}()
	if err := s.out.queue(&spdy.PingFrame{Id: id}); err != nil {
		s.broken(err)
		return s.endError()
	}
	select {
	case <-pong:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("ping pod %s: %w", s.pod.Name, context.Cause(ctx))
	case <-s.ended:
		return s.endError()
	}
}

// Load implements [tunnels.Session].
func (s *Session) Load() tunnels.Load {
	blocked := s.blocked()
	s.mu.Lock()
	defer s.mu.Unlock()
	return tunnels.Load{
		Streams:   len(s.streams) / 2,
		Queued:    int(s.queued.Load()),
		Stalled:   s.stalled(),
		Blocked:   blocked,
		Unheard:   s.unheard.since(),
		Draining:  s.draining || s.over,
		LastByte:  s.start.Add(time.Duration(s.heardAt.Load())),
		Transport: s.transport,
		Err:       s.err,
	}
}

// Done implements [tunnels.Session].
func (s *Session) Done() <-chan struct{} { return s.ended }

func (s *Session) beginStall() { s.stalledAt.Store(int64(time.Since(s.start))) }

func (s *Session) endStall() { s.stalledAt.Store(0) }

// stalled returns for how long the reading goroutine has been waiting for a
// stream's queue; 0 if it is not.
func (s *Session) stalled() time.Duration {
	at := s.stalledAt.Load()
	if at == 0 {
		return 0
	}
	return max(1, time.Since(s.start)-time.Duration(at))
}
