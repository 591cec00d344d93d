package tunnels

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	pingEvery    = 10 * time.Second
	pingDeadline = 15 * time.Second // silence after a ping that ends a session
	pingTries    = 5                // spread over pingDeadline, see pingAny
	firstPing    = 10 * time.Second // a new session has to answer within
)

// keepAlive pings the session and ends it when it is dead. A session that is
// held up by one of our own clients is not: its pong waits behind bytes that
// the client does not take. Nor is one whose pod pauses an upload: there the
// ping waits behind bytes that the pod does not take.
func (r *run) keepAlive(ctx context.Context, l *link) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		sent := time.Now()
		latency, err := pingAny(ctx, l.session)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			r.t.update(func(f *facts) { f.latency = latency })
			if l.session.Load().Draining {
				signal(r.drained)
			}
			continue
		}
		select {
		case <-l.session.Done():
			return // it has ended by itself, and keep reports why
		default:
		}
		load := l.session.Load()
		if load.Stalled > 0 || load.Blocked > 0 || load.LastByte.After(sent) {
			continue
		}
		_ = l.session.Close(&Error{
			Err:   fmt.Errorf("%s has not answered for %v", l.endpoint.Pod, pingDeadline),
			Hint:  "The network or the node may be down; the tunnel keeps trying.",
			Cause: CauseSessionLost,
		}) // the cause is what matters, and keep reports it
		return
	}
}

// pingAny returns how long the answer took to the first ping that got one. It
// pings up to pingTries times within pingDeadline: the server in a pod's node
// (moby/spdystream, FRAME_WORKERS) hands pings to five workers in turn, and one
// that waits for a stream whose pod does not read answers nothing meanwhile.
func pingAny(ctx context.Context, s Session) (time.Duration, error) {
	type answer struct {
		latency time.Duration
		err     error
	}
	answers := make(chan answer, pingTries)
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithTimeout(ctx, pingDeadline)
	defer cancel()
	tick := time.NewTicker(pingDeadline / pingTries)
	defer tick.Stop()
	for sent := 0; ; sent++ {
		if sent < pingTries {
			running.Go(func() {
				latency, err := pingWithin(ctx, s, pingDeadline)
				answers <- answer{latency, err}
			})
		}
		select {
		case a := <-answers: // an error when the session has ended or ctx is done
			return a.latency, a.err
		case <-tick.C:
		}
	}
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
