package kube

import (
	"errors"
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
				b := newBearer(keyring.New(o, nil), "key", Context{Name: "dev"})
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
