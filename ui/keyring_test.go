package ui

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"culvert/kube/keyring"
	"culvert/tunnels"
)

// fakeKeyring is locked until it is asked anew for the second time.
type fakeKeyring struct {
	conditions chan keyring.Condition
	asked      atomic.Int32
}

func (f *fakeKeyring) Watch(ctx context.Context, fn func(keyring.Condition)) {
	for {
		select {
		case c := <-f.conditions:
			fn(c)
		case <-ctx.Done():
			return
		}
	}
}

func (f *fakeKeyring) Retry(context.Context) error {
	if f.asked.Add(1) == 1 {
		return &tunnels.Error{Err: errors.New("the keyring is locked")}
	}
	f.conditions <- keyring.Condition{}
	return nil
}

// TestUnlocking: the banner's button asks the keyring anew, and what has waited for
// a token goes on.
func TestUnlocking(t *testing.T) {
	f := newFakeTunnels(needing("auth", "staging", tunnels.CauseSignIn), needing("lost", "dev", tunnels.CauseNotFound))
	w := newWorld(t, f, newFakeCatalog())
	k := &fakeKeyring{conditions: make(chan keyring.Condition, 1)}
	w.app.deps.Keyring = k
	w.app.access.inMemory["staging"] = true
	w.app.watchKeyring()
	k.conditions <- keyring.Condition{State: keyring.Locked}
	w.until("the banner tells of the keyring", func() bool { return w.app.banner.view.verb == verbUnlock })
	for range 2 {
		asked := k.asked.Load()
		w.app.banner.act.Tapped(nil)
		w.app.banner.act.Tapped(nil) // twice at once is once
		w.until("the keyring was asked", func() bool { return k.asked.Load() == asked+1 && !w.app.unlocking })
	}
	w.until("the banner has gone on", func() bool { return w.app.banner.view.verb != verbUnlock })
	w.until("the tunnel tries again", func() bool { return len(f.called()) > 0 })
	if got := f.called(); !slices.Equal(got, []string{"kick auth"}) || len(w.app.access.inMemory) > 0 {
		t.Errorf("the tunnels were told %v, in memory are %v", got, w.app.access.inMemory)
	}
}

// stuckKeyring does not heed that the window is closed.
type stuckKeyring struct{ end chan struct{} }

func (s stuckKeyring) Watch(_ context.Context, fn func(keyring.Condition)) {
	fn(keyring.Condition{State: keyring.Asking})
	<-s.end
}

func (s stuckKeyring) Retry(context.Context) error { return nil }

// TestAStuckKeyringDoesNotHoldUpTheEnd: what hangs is left to the process's end.
func TestAStuckKeyringDoesNotHoldUpTheEnd(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	k := stuckKeyring{make(chan struct{})}
	w.app.deps.Keyring = k
	w.app.watchKeyring()
	w.until("the banner tells that the keyring asks", func() bool { return w.app.banner.view.title == "Waiting for the keyring." })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.app.Close()
	}()
	w.until("the window has ended", func() bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	})
	close(k.end)
}
