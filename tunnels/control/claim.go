package control

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"culvert/tunnels/crash"
)

// How long one waits for the first: for an answer, and for its end when it is
// leaving.
const (
	patience      = 2 * time.Second
	leavingWithin = 5 * time.Second
	retryEvery    = 20 * time.Millisecond
)

// Options say who claims, and where.
type Options struct {
	// Role is what the caller wants to be the first in.
	Role Role
	// Dir is a folder for the lock and the socket, which is made for the user alone
	// when it is missing; empty means the user's own. Its parent must be there.
	Dir string
	// Version is the program's.
	Version string
	// About, when set, says for whom asks what this process is. It may be called from
	// any goroutine, and must return at once.
	About func() About
	// Quit, when set, ends the process for whom asks over the socket, in the role of
	// the tunnels. It must return at once.
	Quit func()
	// Warn, when set, is called with what goes wrong while serving, as a panic of
	// the handler. It may be called from any goroutine.
	Warn func(error)
	// Log, when set, is where each request is told, by its method and path alone.
	Log *slog.Logger
	// Crashes contains panics and reports them; nil contains them only.
	Crashes *crash.Reporter

	patience time.Duration // 0 means as above
}

// Claim makes the caller the first Culvert of the user in a role, which is the one with the
// server, or returns a client of the first, whose version has been checked. It
// returns exactly one of server, client and error. It blocks for two seconds at
// most, or five while the first is leaving. The error is an *tunnels.Error: around
// ErrNoPlace nobody can be first here; otherwise there is a first that cannot be
// talked to.
func Claim(ctx context.Context, o Options) (*Server, *Client, error) {
	if o.patience == 0 {
		o.patience = patience
	}
	if o.Warn == nil {
		o.Warn = func(error) {}
	}
	p, err := findPlace(o.Dir, o.Role)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.patience+leavingWithin)
	defer cancel()
	lastSeen := time.Now() // of anybody who serves
	for {
		lock, err := tryLock(p)
		if err != nil {
			return nil, nil, noPlace(err)
		}
		if lock != nil {
			s, err := newServer(p, lock, o)
			return s, nil, err
		}
		c, err := meet(ctx, p, o.Role, o.patience)
		switch {
		case err == nil:
			c.crashes = o.Crashes
			return nil, c, nil
		case errors.Is(err, errLeaving):
			lastSeen = time.Now()
		case !errors.Is(err, errAbsent):
			return nil, nil, err
		case time.Since(lastSeen) > o.patience:
			return nil, nil, silent(p.holder())
		}
		if !sleep(ctx, retryEvery) {
			return nil, nil, silent(p.holder())
		}
	}
}

// sleep waits, and returns false when ctx was done before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
