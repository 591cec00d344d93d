// Package tunneltest has what tests of tunnels need: a scripted Backend, and
// connections and listeners in memory. All of it works inside a
// testing/synctest bubble.
package tunneltest

import (
	"context"
	"sync"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest/memnet"
)

// Backend is a tunnels.Backend whose cluster is what the test says.
type Backend struct {
	// Serve is what a pod does with a connection; it owns conn. nil echoes.
	Serve func(port uint16, conn *memnet.Conn)

	mu       sync.Mutex
	known    bool
	found    tunnels.Resolution
	err      error
	changed  chan struct{} // closed and replaced at each change
	dialErr  error
	muteNew  bool
	mutePod  string
	dialed   int
	watching int
	refused  map[uint16]error
	refusals int
	doubts   int
	sessions []*Session
}

// SetPods makes the watch report candidates, or an error, or both.
func (b *Backend) SetPods(err error, pods ...tunnels.Endpoint) {
	b.SetFound(err, tunnels.Resolution{Endpoints: pods})
}

// SetFound makes the watch report what the target means, or an error, or both.
func (b *Backend) SetFound(err error, found tunnels.Resolution) {
	b.change(func() { b.known, b.found, b.err = true, found, err })
}

// SetDialError makes dialling fail; nil makes it work again.
func (b *Backend) SetDialError(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dialErr = err
}

// MuteNew makes the sessions dialled from now on answer no ping.
func (b *Backend) MuteNew(mute bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.muteNew = mute
}

// Doubt implements [tunnels.Backend]; it counts.
func (b *Backend) Doubt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doubts++
}

// Doubts returns how often Doubt was called.
func (b *Backend) Doubts() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.doubts
}

// MutePod makes all sessions to the pod with that UID answer no ping, those that
// are opened later included, as when its node is gone.
func (b *Backend) MutePod(uid string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mutePod = uid
}

func (b *Backend) muted(uid string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return uid != "" && b.mutePod == uid
}

// Refuse makes streams to a port of any pod fail with err; nil makes them work.
func (b *Backend) Refuse(port uint16, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refused == nil {
		b.refused = make(map[uint16]error)
	}
	b.refused[port] = err
}

// Refusals returns how many streams were refused.
func (b *Backend) Refusals() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refusals
}

// Dialed returns how often a session has been asked for.
func (b *Backend) Dialed() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dialed
}

// Watched returns how often a watch was begun.
func (b *Backend) Watched() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.watching
}

// Last returns the newest session, or nil.
func (b *Backend) Last() *Session {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.sessions) == 0 {
		return nil
	}
	return b.sessions[len(b.sessions)-1]
}

// Live returns the sessions that have not ended, oldest first.
func (b *Backend) Live() []*Session {
	b.mu.Lock()
	defer b.mu.Unlock()
	var live []*Session
	for _, s := range b.sessions {
		select {
		case <-s.done:
		default:
			live = append(live, s)
		}
	}
	return live
}

// Cut ends all sessions with err.
func (b *Backend) Cut(err error) {
	for _, s := range b.Live() {
		_ = s.Close(err)
	}
}

// Watch implements tunnels.Backend.
func (b *Backend) Watch(ctx context.Context, _ tunnels.Target, _ []tunnels.Port, fn func(tunnels.Resolution, error)) error {
	b.mu.Lock()
	b.watching++
	b.mu.Unlock()
	for {
		b.mu.Lock()
		known, found, err, changed := b.known, b.found, b.err, b.changedLocked()
		b.mu.Unlock()
		if known {
			fn(found, err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Dial implements tunnels.Backend.
func (b *Backend) Dial(ctx context.Context, e tunnels.Endpoint, _ tunnels.Via) (tunnels.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dialed++
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if b.dialErr != nil {
		return nil, b.dialErr
	}
	s := &Session{backend: b, Endpoint: e, done: make(chan struct{}), streams: make(map[*stream]bool), mute: b.muteNew}
	b.sessions = append(b.sessions, s)
	return s, nil
}

func (b *Backend) change(fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fn()
	close(b.changedLocked())
	b.changed = nil
}

func (b *Backend) changedLocked() chan struct{} {
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}

func (b *Backend) refusal(port uint16) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.refused[port]
	if err != nil {
		b.refusals++
	}
	return err
}
