package control

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"culvert/tunnels"
)

// TestDifference: what is told of a change makes of the old snapshot the new one.
func TestDifference(t *testing.T) {
	lists := []string{"", "a", "b", "ab", "ba", "abc", "cba", "bd"}
	snapshot := func(ids string, conns int) tunnels.Snapshot {
		s := make(tunnels.Snapshot, 0, len(ids))
		for _, id := range ids {
			st := someStatus(tunnels.ID(id))
			st.Conns = conns
			s = append(s, st)
		}
		return s
	}
	for _, before := range lists {
		for _, after := range lists {
			for _, conns := range []int{0, 1} {
				t.Run(fmt.Sprintf("%s→%s with %d connections", before, after, conns), func(t *testing.T) {
					old, now := snapshot(before, 0), snapshot(after, conns)
					told, some := difference(old, now, false)
					if !some {
						if before != after || conns > 0 && after != "" {
							t.Fatal("the change is not told")
						}
						return
					}
					data, err := json.Marshal(told)
					if err != nil {
						t.Fatal(err)
					}
					var heard Tunnels
					if err := json.Unmarshal(data, &heard); err != nil {
						t.Fatal(err)
					}
					got, err := heard.apply(old)
					if err != nil {
						t.Fatalf("%s: %v", data, err)
					}
					if !slices.EqualFunc(got, now, func(a, b tunnels.Status) bool { return reflect.DeepEqual(StatusOf(a), StatusOf(b)) }) {
						t.Errorf("%s makes %v", data, got)
					}
				})
			}
		}
	}
}
