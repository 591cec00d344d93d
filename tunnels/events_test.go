package tunnels

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestEventsOfConnections: they wait a moment for others, nothing else waits for
// them, and all come in order, also at the end.
func TestEventsOfConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var got []EventKind
		q := newEventQueue(func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, e.Kind)
		}, nil)
		go q.run(t.Context())
		want := func(kinds ...EventKind) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(got, kinds) {
				t.Errorf("got %v, want %v", got, kinds)
			}
			got = nil
		}
		q.add(Event{Kind: EventConn})
		time.Sleep(connWait / 2)
		q.add(Event{Kind: EventConn})
		want()
		time.Sleep(connWait / 2)
		want(EventConn, EventConn)
		q.add(Event{Kind: EventConn})
		q.add(Event{Kind: EventLost})
		want(EventConn, EventLost)
		time.Sleep(connWait)
		q.add(Event{Kind: EventConn})
		q.close()
		<-q.done
		want(EventConn)
		q.add(Event{Kind: EventConn})
		time.Sleep(time.Second)
		want()
	})
}

// TestLongQueues: what waits for a receiver is bounded, and the news of states
// outlives that of connections.
func TestLongQueues(t *testing.T) {
	tests := map[string]struct {
		before, add Event
		want        []EventKind // at the end
		oldest      int         // number of the oldest that is left
	}{
		"a connection behind as many as may be": {Event{Kind: EventConn}, Event{Kind: EventConn}, []EventKind{EventConn, EventConn}, 0},
		"a failure behind states":               {Event{Kind: EventState}, Event{Kind: EventFailed}, []EventKind{EventState, EventState}, 0},
		"a state behind connections":            {Event{Kind: EventConn}, Event{Kind: EventState}, []EventKind{EventState}, maxQueuedEvents},
		"a state behind states":                 {Event{Kind: EventLost}, Event{Kind: EventState}, []EventKind{EventLost, EventState}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			q := newEventQueue(func(Event) {}, nil)
			for i := range maxQueuedEvents {
				tt.before.Times = i
				q.add(tt.before)
			}
			tt.add.Times = maxQueuedEvents
			q.add(tt.add)
			q.close()
			if len(q.queue) > maxQueuedEvents {
				t.Errorf("%d events wait", len(q.queue))
			}
			if got := q.queue[0].Times; got != tt.oldest {
				t.Errorf("the oldest is number %d, want %d", got, tt.oldest)
			}
			var kinds []EventKind
			for _, e := range q.queue[max(0, len(q.queue)-2):] {
				kinds = append(kinds, e.Kind)
			}
			if !slices.Equal(kinds, tt.want) {
				t.Errorf("the last ones are %v, want %v", kinds, tt.want)
			}
		})
	}
}
