package load

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Knocks are new connections to an echo at a steady rate, whatever becomes of
// the earlier ones.
type Knocks struct {
	stop    context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	all     []Knock
	changed chan struct{} // closed at the next end of a connection
}

// Knock is one connection that has ended. Its error is nil when it was served.
type Knock struct {
	Began, Ended time.Time
	Err          error
}

// Dialer connects from wherever the client is.
type Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// StartKnocks starts a connection after each interval; one that has had no echo
// within the given time has failed.
func StartKnocks(ctx context.Context, dial Dialer, addr string, every, within time.Duration) *Knocks {
	ctx, cancel := context.WithCancel(ctx)
	k := &Knocks{stop: cancel, changed: make(chan struct{})}
	k.running.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			began := time.Now()
			k.running.Go(func() {
				err := EchoOnce(ctx, dial, addr, within)
				if err != nil && ctx.Err() != nil {
					return // it was ended by us
				}
				k.mu.Lock()
				defer k.mu.Unlock()
				k.all = append(k.all, Knock{began, time.Now(), err})
				close(k.changed)
				k.changed = make(chan struct{})
			})
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
	return k
}

// End stops knocking and returns all connections that have ended by themselves.
func (k *Knocks) End() []Knock {
	k.stop()
	k.running.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all
}

// Answered waits for the first echo that came after the time given, on a
// connection that was begun after since, and returns when it came.
func (k *Knocks) Answered(ctx context.Context, since, after time.Time) (time.Time, error) {
	for {
		k.mu.Lock()
		changed := k.changed
		var first time.Time
		for _, one := range k.all {
			if one.Err == nil && one.Began.After(since) && one.Ended.After(after) && (first.IsZero() || one.Ended.Before(first)) {
				first = one.Ended
			}
		}
		k.mu.Unlock()
		if !first.IsZero() {
			return first, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	}
}

// EchoOnce makes a connection that ends when it has had an echo, or with ctx. One
// that gets nothing within the given time ends with [net.ErrClosed].
func EchoOnce(ctx context.Context, dial Dialer, addr string, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	conn, err := dial(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := io.WriteString(conn, "knock"); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, len("knock")))
	return err
}
