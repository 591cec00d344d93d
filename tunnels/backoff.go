package tunnels

import (
	"math/rand/v2"
	"time"
)

const (
	backoffFirst  = 250 * time.Millisecond
	backoffWanted = 10 * time.Second // cap while a client waits
	backoffNear   = time.Second      // cap while a client waits and no server bears the attempts
	backoffIdle   = 30 * time.Second // cap otherwise
	backoffServer = 60 * time.Second // cap of what a server may ask for
	healthyAfter  = 30 * time.Second // a session that lived so long clears the count
)

// backoff counts failed attempts in a row. The zero value has seen none.
type backoff struct{ failures int }

// next returns how long to wait before the next attempt, given why the last one
// failed and whether a client waits: nothing after the first failure, then 250 ms
// doubled each time up to the cap, less a random part of up to one half so that
// many tunnels do not knock together. A server's own wish is kept where it is
// longer.
func (b *backoff) next(err *Error, wanted bool) time.Duration {
	b.failures++
	limit := backoffIdle
	var server time.Duration
	if err != nil {
		server = err.RetryAfter
	}
	switch {
	case wanted && err != nil && err.Cause == CauseUnreachable:
		limit = backoffNear
	case wanted:
		limit = backoffWanted
	}
	var d time.Duration
	if b.failures > 1 {
		d = min(backoffFirst<<min(b.failures-2, 16), limit)
		d -= time.Duration(rand.Int64N(int64(d/2) + 1))
	}
	return max(d, min(server, backoffServer))
}

// reset forgets all failures.
func (b *backoff) reset() { b.failures = 0 }
