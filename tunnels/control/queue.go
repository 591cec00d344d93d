package control

import (
	"sync"

	"culvert/tunnels"
)

// maxQueued is how many events wait for one who is slow, before those about single
// connections are dropped, and at twice as many all.
const maxQueued = 2000

// queue holds events for one receiver; whoever adds one never waits.
type queue struct {
	more chan struct{} // 1 slot: there is something to take

	mu      sync.Mutex
	list    []tunnels.Event
	dropped int
	broken  bool
}

func newQueue() *queue { return &queue{more: make(chan struct{}, 1)} }

// add queues an event, or counts it as dropped.
func (q *queue) add(e tunnels.Event) {
	q.mu.Lock()
	single := e.Kind == tunnels.EventConn || e.Kind == tunnels.EventFailed
	if n := len(q.list); n >= 2*maxQueued || n >= maxQueued && single {
		q.dropped++
	} else {
		q.list = append(q.list, e)
	}
	q.mu.Unlock()
	signal(q.more)
}

// drop counts events that were lost elsewhere.
func (q *queue) drop(n int) {
	q.mu.Lock()
	q.dropped += n
	q.mu.Unlock()
	signal(q.more)
}

// interrupt notes that events may have been lost elsewhere.
func (q *queue) interrupt() {
	q.mu.Lock()
	q.broken = true
	q.mu.Unlock()
	signal(q.more)
}

// takeInterrupted returns whether that was noted since the last time.
func (q *queue) takeInterrupted() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	was := q.broken
	q.broken = false
	return was
}

// take returns what was queued, and how many were dropped after it.
func (q *queue) take() (list []tunnels.Event, dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	list, dropped = q.list, q.dropped
	q.list, q.dropped = nil, 0
	return list, dropped
}

// signal fills a channel of one slot.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
