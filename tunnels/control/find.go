package control

import (
	"context"
	"errors"
	"time"
)

// Find returns a client of the first in a role, whose version has been checked, and
// claims nothing. The error wraps ErrGone when there is none; otherwise it is as that
// of [Claim]. It blocks for as long as that.
func Find(ctx context.Context, o Options) (*Client, error) {
	if o.patience == 0 {
		o.patience = patience
	}
	p, err := findPlace(o.Dir, o.Role)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.patience+leavingWithin)
	defer cancel()
	lastSeen := time.Now() // of anybody who serves
	for {
		c, err := meet(ctx, p, o.Role, o.patience)
		switch {
		case err == nil:
			c.crashes = o.Crashes
			return c, nil
		case errors.Is(err, errLeaving):
			lastSeen = time.Now()
		case !errors.Is(err, errAbsent):
			return nil, err
		}
		free, broken := isFree(p)
		switch {
		case broken != nil:
			return nil, noPlace(broken)
		case free:
			return nil, err
		case time.Since(lastSeen) > o.patience:
			return nil, silent(p.holder())
		}
		if !sleep(ctx, retryEvery) {
			return nil, silent(p.holder())
		}
	}
}

// isFree says whether nobody has the lock. It has it for a moment then, for which who
// claims waits.
func isFree(p place) (bool, error) {
	lock, err := tryLock(p)
	if err != nil || lock == nil {
		return false, err
	}
	return true, lock.Close()
}
