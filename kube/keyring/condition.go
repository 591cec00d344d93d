package keyring

import (
	"context"
	"errors"

	"culvert/tunnels"
)

// State says in one word how the system's keyring is.
type State uint8

// The states. Fine is the zero value, and what is assumed before anybody has asked.
const (
	Fine   State = iota
	Asking       // it takes long: it may be asking its user something
	Locked       // it did not let itself be unlocked
	Absent       // there is none
	Broken       // it does not answer, or with something else
)

// Condition is how the system's keyring was when it was last used.
type Condition struct {
	State State
	// Err says why, unless the state is Fine or Asking.
	Err *tunnels.Error
}

// conditionAfter is the condition that the result of a call shows. A token that is
// missing or too large says nothing about the keyring.
func conditionAfter(err error) Condition {
	switch {
	case err == nil, errors.Is(err, ErrNotFound), errors.Is(err, errTooBig):
		return Condition{}
	case errors.Is(err, errLocked), errors.Is(err, errNoCollection):
		return Condition{Locked, unusable(err)}
	case errors.Is(err, errNone):
		return Condition{Absent, unusable(err)}
	}
	return Condition{Broken, unusable(err)}
}

// Watch calls fn with the keyring's condition, now and after each change, never
// concurrently, until ctx is done. It blocks.
func (k *Keyring) Watch(ctx context.Context, fn func(Condition)) {
	for {
		k.mu.Lock()
		now, changed := k.condition, k.changed
		k.mu.Unlock()
		fn(now)
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// slow notes that the store takes long, if it is still at work.
func (k *Keyring) slow() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.working {
		k.setLocked(Condition{State: Asking})
	}
}

// silent notes that the store takes too long, if it is still at work.
func (k *Keyring) silent() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.working {
		k.setLocked(conditionAfter(errHangs))
	}
}

// setLocked notes a condition. k.mu must be held.
func (k *Keyring) setLocked(c Condition) {
	if c.State == k.condition.State && sameText(c.Err, k.condition.Err) {
		return
	}
	k.condition = c
	close(k.changed)
	k.changed = make(chan struct{})
}

func sameText(a, b *tunnels.Error) bool {
	return a == b || a != nil && b != nil && a.Error() == b.Error()
}

// nothing is the name of no secret.
const nothing = "nothing, to see whether it can be asked"

// Retry asks the system's keyring anew, which may bring up a window of its own, and
// moves there what is kept in memory. The error, an *tunnels.Error, says why
// something is still in memory.
func (k *Keyring) Retry(ctx context.Context) error {
	_, err := k.do(ctx, func(s Store) (string, error) { return s.Get(service, nothing) })
	if err != nil && !errors.Is(err, ErrNotFound) {
		return unusable(err)
	}
	for name, secret := range k.inMemory() {
		_, err := k.do(ctx, func(s Store) (string, error) {
			err := s.Set(service, name, secret)
			late := true
			if err == nil && k.unwanted(&late, name, secret) {
				_ = s.Delete(service, name) // whoever deleted it meanwhile waits for its turn, or was told
			}
			return "", err
		})
		if err != nil {
			return unusable(err)
		}
	}
	return nil
}

// inMemory returns what is kept in memory.
func (k *Keyring) inMemory() map[string]string {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := make(map[string]string, len(k.memory))
	for name, secret := range k.memory {
		out[name] = secret
	}
	return out
}
