package tunnels

import (
	"sync"
	"time"
)

// maxQueuedEvents is how many events may wait for a slow receiver before those
// about single connections are dropped.
const maxQueuedEvents = 10_000

// connWait is how long the news of a new connection may wait for others: to tell it
// at once would take the connection's own time.
const connWait = 20 * time.Millisecond

// closeWait is how long close waits for a receiver, as for one that writes into
// a pipe that nobody reads.
const closeWait = time.Second

// eventQueue hands events to one callback, in order, on a goroutine of its own:
// whoever adds one never waits.
type eventQueue struct {
	fn   func(Event)
	more chan struct{} // 1 slot
	done chan struct{}

	mu      sync.Mutex
	queue   []Event
	later   *time.Timer // wakes after connWait; nil before the first time
	waiting bool        // for that
	closed  bool
}

func newEventQueue(fn func(Event)) *eventQueue {
	q := &eventQueue{fn: fn, more: make(chan struct{}, 1), done: make(chan struct{})}
	if fn == nil {
		close(q.done)
		return q
	}
	go q.run()
	return q
}

func (q *eventQueue) add(e Event) {
	if q.fn == nil {
		return
	}
	q.mu.Lock()
	full := len(q.queue) >= maxQueuedEvents && (e.Kind == EventConn || e.Kind == EventFailed)
	if !q.closed && !full {
		q.queue = append(q.queue, e)
	}
	wait := e.Kind == EventConn && !q.closed
	if wait {
		q.waitLocked()
	}
	q.mu.Unlock()
	if !wait {
		q.wake()
	}
}

// waitLocked delivers what is queued after connWait.
func (q *eventQueue) waitLocked() {
	switch {
	case q.waiting:
		return
	case q.later == nil:
		q.later = time.AfterFunc(connWait, q.waited) // until close
	default:
		q.later.Reset(connWait)
	}
	q.waiting = true
}

func (q *eventQueue) waited() {
	q.mu.Lock()
	q.waiting = false
	q.mu.Unlock()
	q.wake()
}

// close delivers what is queued and ends the goroutine; later events are
// dropped. A receiver that does not return is waited for no longer than
// closeWait.
func (q *eventQueue) close() {
	q.mu.Lock()
	q.closed = true
	if q.later != nil {
		q.later.Stop()
	}
	q.mu.Unlock()
	q.wake()
	select {
	case <-q.done:
	case <-time.After(closeWait):
	}
}

func (q *eventQueue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}

func (q *eventQueue) run() {
	defer close(q.done)
	for {
		<-q.more
		q.mu.Lock()
		batch, closed := q.queue, q.closed
		q.queue = nil
		q.mu.Unlock()
		for _, e := range batch {
			q.fn(e)
		}
		if closed {
			return
		}
	}
}
