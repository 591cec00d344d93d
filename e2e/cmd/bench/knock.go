package main

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// knocks are new connections to an echo at a steady rate, whatever becomes of
// the earlier ones.
type knocks struct {
	stop    context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	all     []knock
	changed chan struct{} // closed at the next end of a connection
}

// knock is one connection that has ended.
type knock struct {
	began, ended time.Time
	err          error
}

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// startKnocks starts a connection after each interval; one that has had no echo
// within the given time has failed.
func startKnocks(ctx context.Context, dial dialer, addr string, every, within time.Duration) *knocks {
	ctx, cancel := context.WithCancel(ctx)
	k := &knocks{stop: cancel, changed: make(chan struct{})}
	k.running.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			began := time.Now()
			k.running.Go(func() {
				err := echoOnce(ctx, dial, addr, within)
				if err != nil && ctx.Err() != nil {
					return // it was ended by us
				}
				k.mu.Lock()
				defer k.mu.Unlock()
				k.all = append(k.all, knock{began, time.Now(), err})
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

// end stops knocking and returns all connections that have ended by themselves.
func (k *knocks) end() []knock {
	k.stop()
	k.running.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all
}

// answered waits for the first echo on a connection that was begun after since,
// and returns when it came.
func (k *knocks) answered(ctx context.Context, since time.Time) (time.Time, error) {
	for {
		k.mu.Lock()
		changed := k.changed
		var first time.Time
		for _, one := range k.all {
			if one.err == nil && one.began.After(since) && (first.IsZero() || one.ended.Before(first)) {
				first = one.ended
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

// echoOnce makes a connection that ends when it has had an echo, or with ctx.
func echoOnce(ctx context.Context, dial dialer, addr string, within time.Duration) error {
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
