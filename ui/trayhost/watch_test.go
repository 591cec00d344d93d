//go:build !windows && !darwin

package trayhost

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/godbus/dbus/v5"
)

// fakeBus is a session bus in this process.
type fakeBus struct {
	signals chan<- *dbus.Signal
	answers chan answer
	closed  bool
}

type answer struct {
	present bool
	err     error
}

func (b *fakeBus) Follow(_ context.Context, to chan<- *dbus.Signal) error {
	b.signals = to
	return nil
}

func (b *fakeBus) HostPresent(ctx context.Context) (bool, error) {
	select {
	case a := <-b.answers:
		return a.present, a.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (b *fakeBus) Close() error { b.closed = true; return nil }

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &fakeBus{answers: make(chan answer, 1)}
		ctx, cancel := context.WithCancel(t.Context())
		var got []bool
		ended := make(chan struct{})
		b.answers <- answer{present: true}
		go func() {
			defer close(ended)
			watch(ctx, func(context.Context) (bus, error) { return b, nil }, func(p bool) { got = append(got, p) })
		}()
		synctest.Wait()
		for _, a := range []answer{{false, nil}, {true, nil}, {true, errors.New("no answer")}} {
			b.answers <- a
			b.signals <- &dbus.Signal{}
			synctest.Wait()
		}
		b.signals <- &dbus.Signal{} // the watcher does not answer
		<-time.After(answerTime)
		synctest.Wait()
		close(b.signals) // the bus is lost
		synctest.Wait()
		if want := []bool{true, false, true, false, false, false}; !slices.Equal(got, want) {
			t.Errorf("told was %v, want %v", got, want)
		}
		if !b.closed {
			t.Error("the bus is open")
		}
		cancel()
		<-ended
	})
}

func TestWatchWithoutABus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		told := make(chan bool, 4)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			watch(ctx, func(context.Context) (bus, error) { return nil, errors.New("none") }, func(p bool) { told <- p })
		}()
		synctest.Wait()
		if len(told) != 1 || <-told {
			t.Error("a tray was found")
		}
		cancel()
		<-ended
	})
}
