//go:build !nogui

package main

import (
	"slices"
	"sync"
	"time"
)

// leaveWithin bounds what follows the window's end, which is bounded too: together
// they take two seconds at most. What has not ended by then ends with the process:
// the system frees its ports, its socket's lock and its connections, and what is to
// be kept is written when it changes.
const leaveWithin = time.Second

// leaving is the end of the program: what was started last ends first, whoever
// asks for it.
type leaving struct {
	once sync.Once
	done chan struct{} // closed when all has ended

	mu    sync.Mutex
	steps []func()
}

func newLeaving() *leaving { return &leaving{done: make(chan struct{})} }

// later has f called at the end, before what was given earlier. The end must not
// have begun.
func (l *leaving) later(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steps = append(l.steps, f)
}

// leave ends everything and returns when that is done, or after leaveWithin. The
// first call begins; others wait as long, each from when it is made.
func (l *leaving) leave() {
	l.once.Do(func() {
		go func() { // it ends with the last step, or with the process
			defer close(l.done)
			for {
				f := l.next()
				if f == nil {
					return
				}
				f()
			}
		}()
	})
	t := time.NewTimer(leaveWithin)
	defer t.Stop()
	select {
	case <-l.done:
	case <-t.C:
	}
}

// next takes the last step that is left; nil when there is none.
func (l *leaving) next() func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.steps) == 0 {
		return nil
	}
	last := len(l.steps) - 1
	f := l.steps[last]
	l.steps = slices.Delete(l.steps, last, last+1)
	return f
}
