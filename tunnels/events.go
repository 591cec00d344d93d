package tunnels

import (
	"sync"
	"time"
)

// maxQueuedEvents is how many events may wait for a slow receiver before those
// about single connections are dropped.
const maxQueuedEvents = 10_000

// closeWait is how long close waits for a receiver, as for one that writes into
// a pipe that nobody reads.
const closeWait = time.Second

// eventQueue hands events to one callback, in order, on a goroutine of its own:
// whoever adds one never waits.
type eventQueue struct {
	fn   func(Event)
	more chan struct{} // 1 slot
	done chan struct{}

	mu     sync.Mutex
	queue  []Event
	closed bool
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
	q.mu.Unlock()
	q.wake()
}

// close delivers what is queued and ends the goroutine; later events are
// dropped. A receiver that does not return is waited for no longer than
// closeWait.
func (q *eventQueue) close() {
	q.mu.Lock()
	q.closed = true
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
