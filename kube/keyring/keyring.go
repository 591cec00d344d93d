// Package keyring keeps secrets in the system's keyring: the Secret Service on
// Linux, as of GNOME and KDE, the Keychain on macOS, the Credential Manager on
// Windows. Where there is none, or it does not take a secret, that is kept in
// memory until the process ends, and the caller is told.
//
// A keyring may ask its user something, and it may hang. No call takes more than
// 30 seconds; only one is under way at a time, and while one hangs beyond its
// time, others fail at once. Its goroutine ends with it, which may be never.
package keyring

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"culvert/tunnels"
)

const (
	service = "culvert" // what the secrets are filed under

	timeout   = 30 * time.Second
	slowAfter = 2 * time.Second
)

// Place is where a secret is.
type Place uint8

// The places. Nowhere is the zero value.
const (
	Nowhere Place = iota
	System        // the system's keyring
	Memory        // this process alone
)

// ErrNotFound means that there is no such secret.
var ErrNotFound = errors.New("there is no such secret")

// Store is a keyring of the system. Its methods may block for as long as they
// like; a missing secret is ErrNotFound.
type Store interface {
	Set(service, name, secret string) error
	Get(service, name string) (string, error)
	Delete(service, name string) error
}

// Keyring keeps secrets by name. Its methods may be called from many
// goroutines.
type Keyring struct {
	store   Store // nil for none
	waiting func(string)
	turn    chan struct{} // holds a token while the store is at work
	hung    atomic.Int32  // calls that have been given up and still run

	mu        sync.Mutex
	memory    map[string]string
	working   bool // the store is at work
	condition Condition
	changed   chan struct{} // closed, and made anew, when condition has changed
}

// New returns a keyring over a store of the system, as [OfSystem]; nil keeps
// everything in memory. Waiting, when set, is called with a sentence for the
// user, from any goroutine, when the store takes more than two seconds.
func New(store Store, waiting func(string)) *Keyring {
	if waiting == nil {
		waiting = func(string) {}
	}
	return &Keyring{
		store: store, waiting: waiting, turn: make(chan struct{}, 1),
		memory: make(map[string]string), changed: make(chan struct{}),
	}
}

// Set keeps a secret and returns where. In memory it is kept when the system's
// keyring cannot: the error, an *tunnels.Error, says why then. Where the keyring
// takes it later all the same, it moves there if it is still kept, and is deleted
// again otherwise.
func (k *Keyring) Set(ctx context.Context, name, secret string) (Place, error) {
	late := false // guarded by k.mu
	_, err := k.do(ctx, func(s Store) (string, error) {
		if err := fits(service, name, secret); err != nil {
			return "", err
		}
		err := s.Set(service, name, secret)
		if err == nil && k.unwanted(&late, name, secret) {
			_ = s.Delete(service, name) // whoever deleted it was told that it may be there
		}
		return "", err
	})
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		late, k.memory[name] = true, secret
		return Memory, unusable(err)
	}
	delete(k.memory, name)
	return System, nil
}

// unwanted tells whether a secret that the system's keyring has taken belongs
// there no more, and moves it out of memory if it still does.
func (k *Keyring) unwanted(late *bool, name, secret string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !*late {
		return false
	}
	if kept, ok := k.memory[name]; !ok || kept != secret {
		return true
	}
	delete(k.memory, name)
	return false
}

// Get returns a secret and where it is. One that is nowhere is ErrNotFound; when
// the system's keyring cannot be asked, or there is none, the error is an
// *tunnels.Error.
func (k *Keyring) Get(ctx context.Context, name string) (string, Place, error) {
	k.mu.Lock()
	secret, ok := k.memory[name]
	k.mu.Unlock()
	if ok {
		return secret, Memory, nil
	}
	secret, err := k.do(ctx, func(s Store) (string, error) { return s.Get(service, name) })
	switch {
	case errors.Is(err, ErrNotFound), k.store == nil:
		return "", Nowhere, ErrNotFound
	case err != nil:
		return "", Nowhere, unusable(err)
	}
	return secret, System, nil
}

// Delete removes a secret wherever it is and returns where it was. When the
// system's keyring cannot be asked the error is an *tunnels.Error; a secret in
// memory is removed even so, and while the keyring hangs it is one too.
func (k *Keyring) Delete(ctx context.Context, name string) (Place, error) {
	k.mu.Lock()
	_, ok := k.memory[name]
	delete(k.memory, name)
	k.mu.Unlock()
	_, err := k.do(ctx, func(s Store) (string, error) { return "", s.Delete(service, name) })
	switch {
	case err == nil:
		return System, nil
	case ok && (ctx.Err() != nil || errors.Is(err, errHangs) || errors.Is(err, errPending)):
		return Memory, unusable(err) // the call that hangs may be the one that sets it
	case ok:
		return Memory, nil
	case errors.Is(err, ErrNotFound), errors.Is(err, errNone):
		return Nowhere, nil
	}
	return Nowhere, unusable(err)
}

var (
	errNone    = errors.New("this system has no keyring")
	errHangs   = fmt.Errorf("the keyring did not answer within %v", timeout)
	errPending = errors.New("the keyring still does not answer")
)

type result struct {
	secret string
	err    error
}

// do lets f use the store, within the time and one at a time.
func (k *Keyring) do(ctx context.Context, f func(Store) (string, error)) (string, error) {
	if k.store == nil {
		return "", errNone
	}
	if k.hung.Load() > 0 {
		return "", errPending
	}
	slow, late := time.NewTimer(slowAfter), time.NewTimer(timeout)
	defer slow.Stop()
	defer late.Stop()
	results := make(chan result, 1)
	turn := k.turn
	for {
		select {
		case turn <- struct{}{}:
			turn = nil // it is ours until f has ended
			go func() {
				defer func() { <-k.turn }()
				results <- k.work(f)
			}()
		case r := <-results:
			return r.secret, r.err
		case <-slow.C:
			k.slow()
			k.waiting("Waiting for the system's keyring: if it asks for its password, please answer it.")
		case <-late.C:
			if turn == nil {
				k.abandon(results)
			}
			k.silent()
			return "", errHangs
		case <-ctx.Done():
			return "", context.Cause(ctx) // the call goes on; the next one waits for it
		}
	}
}

// abandon leaves a call to itself; others are refused until it has ended.
func (k *Keyring) abandon(results <-chan result) {
	k.hung.Add(1)
	go func() {
		<-results
		k.hung.Add(-1)
	}()
}

// work calls f and notes what that tells about the keyring.
func (k *Keyring) work(f func(Store) (string, error)) result {
	k.mu.Lock()
	k.working = true
	k.mu.Unlock()
	r := guarded(k.store, f)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.working = false
	k.setLocked(conditionAfter(r.err))
	return r
}

// guarded keeps a panic of the store's library, which some broken connections
// to a keyring bring about, from ending the program.
func guarded(s Store, f func(Store) (string, error)) (r result) {
	defer func() {
		if recover() != nil {
			r = result{err: errBroken}
		}
	}()
	secret, err := f(s)
	return result{secret, err}
}

// unusable says why the keyring does not serve, and what to do.
func unusable(err error) *tunnels.Error {
	e := &tunnels.Error{Err: err, Cause: tunnels.CauseSignIn}
	switch {
	case errors.Is(err, errNoBus):
		e.Hint = "Log in to a desktop session, which has a bus and a keyring; without them sign-ins last until Culvert ends."
	case errors.Is(err, errNone):
		e.Hint = "Install and start one, as gnome-keyring or KWallet, to stay signed in after Culvert has ended."
	case errors.Is(err, errHangs), errors.Is(err, errPending):
		e.Hint = "Look for a window that asks for the keyring's password, and answer it."
	case errors.Is(err, errTooBig):
		e.Hint = "Use a shorter token, or sign in again each time."
	case errors.Is(err, errLocked):
		e.Hint = "Unlock it, and try again."
	case errors.Is(err, errNoCollection):
		e.Hint = "Make one named login, as in Passwords and Keys or KWalletManager."
	default:
		e.Hint = "See that the keyring runs and is unlocked."
	}
	return e
}
