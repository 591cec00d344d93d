package tunnels

import (
	"context"
	"sync"

	"culvert/tunnels/crash"
)

// crew is the goroutines that keep a run's way to its pods, and the sessions that they
// have opened. A panic in one of them ends them all: what they share may be wrong then.
type crew struct {
	r      *run
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	failed   *crash.Panic // the first
	sessions map[Session]bool
}

func newCrew(r *run, cancel context.CancelFunc) *crew {
	return &crew{r: r, cancel: cancel, sessions: make(map[Session]bool)}
}

// spawn starts a goroutine, which ends with the crew's context.
func (c *crew) spawn(part string, f func()) { c.wg.Go(c.contained(part, f)) }

// contained returns f so that its panic ends the crew.
func (c *crew) contained(part string, f func()) func() { return c.r.contained(part, f, c.fail) }

func (c *crew) fail(p *crash.Panic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		c.failed = p
	}
	c.cancel()
}

func (c *crew) panic() *crash.Panic {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// hold notes a session that has been opened, and lets go of those that have ended.
func (c *crew) hold(s Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for old := range c.sessions {
		if isDone(old) {
			delete(c.sessions, old)
		}
	}
	c.sessions[s] = true
}

// release returns the sessions, which are the caller's from then on.
func (c *crew) release() []Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Session, 0, len(c.sessions))
	for s := range c.sessions {
		out = append(out, s)
	}
	clear(c.sessions)
	return out
}
