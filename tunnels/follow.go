package tunnels

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Follow blocks until ctx is done, or the manager is closed and the last event has
// been delivered, and calls fn with each event from now on, in order and never
// concurrently by the same Follow. While fn does not return, events queue up: of a
// long queue those about single connections are dropped, and then the oldest. Of
// what Follow itself could not tell, [Manager.Snapshot] tells how it stands. A panic in
// fn is reported and costs that event.
func (m *Manager) Follow(ctx context.Context, fn func(Event)) {
	q := newEventQueue(fn, m.crashes)
	if !m.followers.join(q) {
		return
	}
	defer m.followers.leave(q)
	q.run(ctx)
}

// followers are who is told of events.
type followers struct {
	mu     sync.RWMutex
	queues []*eventQueue
	closed bool
}

// join returns false when there are no more events.
func (f *followers) join(q *eventQueue) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.queues = append(f.queues, q)
	}
	return !f.closed
}

func (f *followers) leave(q *eventQueue) {
	defer q.close() // for its timer
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queues = slices.DeleteFunc(f.queues, func(o *eventQueue) bool { return o == q })
}

func (f *followers) add(e Event) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, q := range f.queues {
		q.add(e)
	}
}

// close delivers what is queued and ends the followers. Those that do not return
// are waited for no longer than closeWait, all together.
func (f *followers) close() {
	queues := f.end()
	for _, q := range queues {
		q.close()
	}
	late := time.NewTimer(closeWait)
	defer late.Stop()
	for _, q := range queues {
		select {
		case <-q.done:
		case <-late.C:
			return
		}
	}
}

// end lets nobody join any more and returns those who have.
func (f *followers) end() []*eventQueue {
	f.mu.Lock()
	defer f.mu.Unlock()
	queues := f.queues
	f.closed, f.queues = true, nil
	return queues
}
