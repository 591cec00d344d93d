package control

import (
	"context"
	"sync"
)

// latest is a value that changes, and those who watch it.
type latest[T any] struct {
	mu      sync.Mutex
	value   T
	known   bool
	changed chan struct{} // closed at the next change
}

func newLatest[T any]() *latest[T] { return &latest[T]{changed: make(chan struct{})} }

func (l *latest[T]) set(v T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.value, l.known = v, true
	close(l.changed)
	l.changed = make(chan struct{})
}

// get returns the value, whether it is known, and what is closed when it changes.
func (l *latest[T]) get() (v T, known bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.value, l.known, l.changed
}

// watch calls fn with the value, once it is known, and after each change; of changes
// that come faster than fn returns with the last one. It blocks until ctx is done.
func (l *latest[T]) watch(ctx context.Context, fn func(T)) {
	for ctx.Err() == nil {
		v, known, changed := l.get()
		if known {
			fn(v)
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}
