//go:build !windows && !darwin

package trayhost

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// answerTime is how long the watcher may take to answer.
const answerTime = 5 * time.Second

// bus is what is needed of the session's bus.
type bus interface {
	// Follow has signals of the watcher sent to a channel, which is closed when the
	// bus is lost.
	Follow(ctx context.Context, to chan<- *dbus.Signal) error
	// HostPresent asks the watcher whether there is a host.
	HostPresent(ctx context.Context) (bool, error)
	Close() error
}

// watch is Watch on a bus that dial returns.
func watch(ctx context.Context, dial func(context.Context) (bus, error), fn func(present bool)) {
	followHosts(ctx, dial, fn)
	if ctx.Err() == nil {
		fn(false)
		<-ctx.Done()
	}
}

// followHosts returns when ctx is done or there is no bus to ask, or none any more.
func followHosts(ctx context.Context, dial func(context.Context) (bus, error), fn func(present bool)) {
	b, err := dial(ctx)
	if err != nil {
		return // no bus, no tray: that is what the caller is told
	}
	defer func() { _ = b.Close() }() // nothing more is asked
	signals := make(chan *dbus.Signal, 16)
	if err := b.Follow(ctx, signals); err != nil {
		return
	}
	for {
		fn(present(ctx, b))
		select {
		case <-ctx.Done():
			return
		case _, ok := <-signals:
			if !ok {
				return
			}
		}
	}
}

// present asks for a host. A watcher that does not answer shows nothing.
func present(ctx context.Context, b bus) bool {
	asking, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	ok, err := b.HostPresent(asking)
	return ok && err == nil
}
