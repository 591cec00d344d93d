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
		})
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
		want(EventConn)
		q.add(Event{Kind: EventConn})
		time.Sleep(time.Second)
		want()
	})
}
