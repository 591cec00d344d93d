package kube

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"culvert/kube/keyring"
)

// oneToken is a keyring of the system with one token, or the reason why not.
type oneToken struct {
	err   error
	calls int
}

func (*oneToken) Set(string, string, string) error { return nil }
func (*oneToken) Delete(string, string) error      { return nil }
func (o *oneToken) Get(string, string) (string, error) {
	o.calls++
	return "token", o.err
}

// TestKeyringIsAskedAgain soon after it was locked, and rarely after it had no
// token.
func TestKeyringIsAskedAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		err   error
		again time.Duration
	}{
		"locked":   {errors.New("the keyring is locked"), 20 * time.Second},
		"no token": {keyring.ErrNotFound, 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &oneToken{err: tt.err}
				b := newBearer(keyring.New(o, nil), new(atomic.Int64), "key", Context{Name: "dev"})
				get := func(calls int, good bool) {
					t.Helper()
					if token, err := b.get(t.Context()); (err == nil) != good || good && token != "token" || o.calls != calls {
						t.Errorf("after %d calls it is %q, %v", o.calls, token, err)
					}
				}
				get(1, false)
				o.err = nil
				time.Sleep(tt.again - time.Millisecond) // of the bubble's clock
				get(1, false)
				time.Sleep(time.Millisecond)
				get(2, true)
				get(2, true)
			})
		})
	}
}

// TestKeyringIsAskedAtOnce when the user wants that.
func TestKeyringIsAskedAtOnce(t *testing.T) {
	o := &oneToken{err: errors.New("the keyring is locked")}
	keys := keyring.New(o, nil)
	c, err := Open(Options{Data: []byte("{}"), Patient: true, Keyring: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := newBearer(c.keys, &c.retried, "key", Context{Name: "dev"})
	for range 2 {
		if _, err := b.get(t.Context()); err == nil || o.calls != 1 {
			t.Fatalf("after %d calls: %v", o.calls, err)
		}
	}
	if err := c.RetryKeyring(t.Context()); err == nil {
		t.Error("a locked keyring is no error")
	}
	o.err = nil
	if err := c.RetryKeyring(t.Context()); err != nil {
		t.Error(err)
	}
	if token, err := b.get(t.Context()); token != "token" || err != nil {
		t.Errorf("it is %q, %v", token, err)
	}
}
