package kube

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"culvert/tunnels"
)

// What one API server has to bear of us, however many tunnels there are. A
// session costs it a connection from the client and one to the node; kubectl
// opens one for each forward. The rate keeps a thousand tunnels that lost the
// same server from coming back at once.
const (
	maxSessions   = 128
	dialsPerSec   = 10
	dialBurst     = 8
	limitPatience = 10 * time.Second // how long a dial may wait for its turn

	// What is kept for tunnels that have no session, see [tunnels.IsExtra].
	keptSessions = maxSessions / 4
	keptDials    = 3
)

// limits are those of one API server, shared by all contexts that lead to it.
type limits struct {
	server string        // for people
	places chan struct{} // holds a token for each session
	dials  *rate.Limiter
	room   room  // what its objects may take in memory
	large  turns // to read a large one
}

// limitsLocked returns the limits of the server at base.
func (c *Clusters) limitsLocked(base *url.URL) *limits {
	key := base.String()
	l := c.limits[key]
	if l == nil {
		l = &limits{
			server: withoutCredentials(key),
			places: make(chan struct{}, maxSessions),
			dials:  rate.NewLimiter(dialsPerSec, dialBurst),
			room:   room{most: roomBytes},
			large:  make(turns, 1),
		}
		c.limits[key] = l
	}
	return l
}

// enter waits for room for one more session, at most limitPatience, and returns
// what gives it back; it must be called once.
func (l *limits) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-l.places }
	if tunnels.IsExtra(ctx) {
		switch {
		case len(l.places) >= maxSessions-keptSessions:
			return nil, l.full()
		case l.dials.Tokens() < keptDials:
			return nil, l.busy()
		}
	}
	select {
	case l.places <- struct{}{}:
		return leave, nil
	default:
	}
	timer := time.NewTimer(limitPatience)
	defer timer.Stop()
	select {
	case l.places <- struct{}{}:
		return leave, nil
	case <-timer.C:
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, ctx.Err()
		}
	}
	return nil, l.full()
}

func (l *limits) full() error {
	return &limitError{
		reason: fmt.Sprintf("%d sessions to %s are open already", len(l.places), l.server),
		hint:   "Stop tunnels that are not needed; Culvert tries again by itself.",
	}
}

// await waits until one more dial may begin, at most limitPatience.
func (l *limits) await(ctx context.Context) error {
	patient, cancel := context.WithTimeout(ctx, limitPatience)
	defer cancel()
	err := l.dials.Wait(patient)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	}
	return l.busy()
}

func (l *limits) busy() error {
	return &limitError{
		reason: fmt.Sprintf("too many sessions to %s are being opened at once", l.server),
		hint:   "Culvert tries again by itself.",
	}
}

// limitError says that it was not our turn in time.
type limitError struct{ reason, hint string }

func (e *limitError) Error() string { return e.reason }

func (cl *cluster) explainLimit(e *tunnels.Error, err error) bool {
	limit, ok := errors.AsType[*limitError](err)
	if ok {
		e.Err, e.Hint = limit, limit.hint
	}
	return ok
}
