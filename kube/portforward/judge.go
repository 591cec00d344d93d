package portforward

import (
	"context"
	"sync"
	"time"
)

const (
	// judgeTime is how long a session that is in doubt has to show a sign of
	// life.
	judgeTime = 5 * time.Second
	// judgePings are sent within judgeTime. The node's server (moby/spdystream,
	// FRAME_WORKERS) hands frames to five workers, those of a stream by its id
	// and pings in turn. One that waits for a pod which does not read its upload
	// answers nothing meanwhile; of so many pings each worker gets one.
	judgePings = 5
)

// judgement is one question to the peer whether it is there at all.
type judgement struct {
	done  chan struct{}
	alive bool // once done is closed
}

// alive asks the peer for a sign of life and waits for it, at most judgeTime or
// until the session ends. Those who ask at the same time share the question.
func (s *Session) alive() bool {
	s.mu.Lock()
	j := s.judging
	if j != nil {
		s.mu.Unlock()
		<-j.done
		return j.alive
	}
	j = &judgement{done: make(chan struct{})}
	s.judging = j
	s.mu.Unlock()

	j.alive = s.hearAny()
	s.mu.Lock()
	s.judging = nil
	s.mu.Unlock()
	close(j.done)
	return j.alive
}

// hearAny pings until a pong or anything else comes, see alive.
func (s *Session) hearAny() bool {
	began := time.Since(s.start)
	ctx, cancel := context.WithTimeout(context.Background(), judgeTime)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	tick := time.NewTicker(judgeTime / judgePings)
	defer tick.Stop()
	pong := make(chan struct{}, judgePings)
	for sent := 0; ; sent++ {
		if sent < judgePings {
			running.Go(s.contained(func() {
				if s.Ping(ctx) == nil {
					pong <- struct{}{}
				}
			}))
		}
		select {
		case <-pong:
			return true
		case <-s.ended:
			return false
		case <-ctx.Done():
			return time.Duration(s.heardAt.Load()) > began
		case <-tick.C:
		}
	}
}

// held returns for how long the peer may well have been there and not heard us,
// or not been heard: a slow local reader keeps us from reading, or bytes before
// ours wait for the peer to take them. 0 if neither is so.
func (s *Session) held() time.Duration { return max(s.stalled(), s.blocked()) }

// doubt has the session judged in the background and drained if it is dead.
func (s *Session) doubt() {
	s.after(0, func() {
		if !s.alive() && s.held() == 0 {
			s.drain()
		}
	})
}
