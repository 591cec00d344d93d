package tunnels

import (
	"context"
	"slices"
	"sync"
	"time"

	"culvert/tunnels/crash"
)

// maxQueuedEvents is how many events may wait for a slow receiver. Of more, those
// about single connections are dropped, and then the oldest.
const maxQueuedEvents = 10_000

// connWait is how long the news of a new connection may wait for others: to tell it
// at once would take the connection's own time.
const connWait = 20 * time.Millisecond

// closeWait is how long close waits for a receiver, as for one that writes into
// a pipe that nobody reads.
const closeWait = time.Second

// eventQueue hands events to one callback, in order: whoever adds one never waits.
type eventQueue struct {
	fn func(Event)
	// crashes contains panics of fn, each of which costs the one event.
	crashes *crash.Reporter
	more    chan struct{} // 1 slot
	done    chan struct{} // closed when run has ended

	mu      sync.Mutex
	queue   []Event
	later   *time.Timer // wakes after connWait; nil before the first time
	waiting bool        // for that
	closed  bool
}

func newEventQueue(fn func(Event), crashes *crash.Reporter) *eventQueue {
	return &eventQueue{fn: fn, crashes: crashes, more: make(chan struct{}, 1), done: make(chan struct{})}
}

func (q *eventQueue) add(e Event) {
	if !q.put(e) {
		q.wake()
	}
}

// put queues an event and says whether it is delivered by itself a little later.
func (q *eventQueue) put(e Event) (later bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed && q.roomLocked(e) {
		q.queue = append(q.queue, e)
	}
	later = e.Kind == EventConn && !q.closed
	if later {
		q.waitLocked()
	}
	return later
}

// roomLocked makes room for an event, and says whether it is to be queued.
func (q *eventQueue) roomLocked(e Event) bool {
	if len(q.queue) < maxQueuedEvents {
		return true
	}
	if e.ofConn() {
		return false
	}
	q.queue = slices.DeleteFunc(q.queue, Event.ofConn)
	if len(q.queue) == maxQueuedEvents {
		q.queue = q.queue[1:]
	}
	return true
}

// ofConn says whether an event is about a single connection.
func (e Event) ofConn() bool { return e.Kind == EventConn || e.Kind == EventFailed }

// waitLocked delivers what is queued after connWait.
func (q *eventQueue) waitLocked() {
	switch {
	case q.waiting:
		return
	case q.later == nil:
		q.later = time.AfterFunc(connWait, q.crashes.Contained("telling events", q.waited, nil)) // until close
	default:
		q.later.Reset(connWait)
	}
	q.waiting = true
}

func (q *eventQueue) waited() {
	defer q.wake()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = false
}

// close has run deliver what is queued, and end; later events are dropped.
func (q *eventQueue) close() {
	defer q.wake()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if q.later != nil {
		q.later.Stop()
	}
}

// taken returns what is queued.
func (q *eventQueue) taken() (batch []Event, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch, q.queue = q.queue, nil
	return batch, q.closed
}

func (q *eventQueue) wake() { signal(q.more) }

// run delivers events until the queue is closed and empty, or ctx is done.
func (q *eventQueue) run(ctx context.Context) {
	defer close(q.done)
	for {
		select {
		case <-q.more:
		case <-ctx.Done():
			return
		}
		batch, closed := q.taken()
		for _, e := range batch {
			if ctx.Err() != nil {
				return
			}
			q.crashes.Guard("a receiver of events", func() { q.fn(e) })
		}
		if closed {
			return
		}
	}
}
