package tunnels_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

func TestMove(t *testing.T) {
	tests := []struct {
		name       string
		id, before tunnels.ID
		want       []tunnels.ID
		fails      bool
	}{
		{"up", "c", "a", []tunnels.ID{"c", "a", "b"}, false},
		{"down", "a", "c", []tunnels.ID{"b", "a", "c"}, false},
		{"to the end", "a", "", []tunnels.ID{"b", "c", "a"}, false},
		{"where it is", "b", "c", []tunnels.ID{"a", "b", "c"}, false},
		{"before itself", "b", "b", []tunnels.ID{"a", "b", "c"}, false},
		{"one that is not there", "x", "a", []tunnels.ID{"a", "b", "c"}, true},
		{"before one that is not there", "a", "x", []tunnels.ID{"a", "b", "c"}, true},
		{"no one", "", "", []tunnels.ID{"a", "b", "c"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				for _, id := range []tunnels.ID{"a", "b", "c"} {
					t.put(id, "80")
				}
				if err := t.Move(tt.id, tt.before); (err != nil) != tt.fails {
					t.Errorf("Move answers %v", err)
				}
				if got := order(t.Snapshot()); !slices.Equal(got, tt.want) {
					t.Errorf("the order is %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestMoveIsToldToWatchers(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put("a", "80")
		t.put("b", "81")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last tunnels.Snapshot
		go t.Watch(ctx, func(s tunnels.Snapshot) { last = s })
		synctest.Wait()
		if err := t.Move("b", "a"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // of the bubble's clock
		synctest.Wait()
		if got := order(last); !slices.Equal(got, []tunnels.ID{"b", "a"}) {
			t.Errorf("the watcher has %v", got)
		}
	})
}

func order(s tunnels.Snapshot) []tunnels.ID {
	var out []tunnels.ID
	for _, st := range s {
		out = append(out, st.Spec.ID)
	}
	return out
}
