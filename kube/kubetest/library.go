package kubetest

import (
	"sync"
	"time"
)

// libraryPatience is how long Close waits for goroutines that the streaming
// library holds.
const libraryPatience = time.Second

// library counts the goroutines that may be inside the streaming library. When a
// session breaks off while a stream's bytes are unread or its opening is
// unanswered, moby/spdystream leaves some of them waiting for ever
// (Stream.waitWriteReply, Connection.handleResetFrame), and nothing can end them.
type library struct {
	over chan struct{} // closed when nobody waits for them any more

	mu      sync.Mutex
	inside  int
	leaving bool
	empty   chan struct{} // closed when all have come out after leaving was set
}

func newLibrary() library {
	return library{over: make(chan struct{}), empty: make(chan struct{})}
}

// enter counts the calling goroutine, or one that it starts, until it calls exit.
// ok is false after leave.
func (l *library) enter() (exit func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leaving {
		return nil, false
	}
	l.inside++
	return l.exit, true
}

func (l *library) exit() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inside--
	if l.leaving && l.inside == 0 {
		close(l.empty)
	}
}

// run calls f in a goroutine that counts, and returns when f has or when leave
// has given it up.
func (l *library) run(f func()) {
	exit, ok := l.enter()
	if !ok {
		return
	}
	done := make(chan struct{})
	go func() {
		defer exit()
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-l.over:
	}
}

// leave waits until all goroutines are out, at most libraryPatience, and lets
// none in any more. Only its first call does anything.
func (l *library) leave() {
	l.mu.Lock()
	if l.leaving {
		l.mu.Unlock()
		return
	}
	l.leaving = true
	if l.inside == 0 {
		close(l.empty)
	}
	l.mu.Unlock()
	timer := time.NewTimer(libraryPatience)
	defer timer.Stop()
	select {
	case <-l.empty:
	case <-timer.C:
	}
	close(l.over)
}
