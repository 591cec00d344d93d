package ui

import (
	"slices"
	"testing"

	"culvert/tunnels"
)

func TestSortOrder(t *testing.T) {
	ready := func(name string, conns int, pairs ...string) tunnels.Status {
		st := readyStatus(spec(name, "dev", "shop", "pod-of-"+name, pairs...))
		st.Conns = conns
		return st
	}
	needs := ready("web-9", 0, "7000")
	needs.State = tunnels.NeedsUser
	snap := tunnels.Snapshot{
		ready("web-10", 5, "9000"), needs, stopped(spec("Api", "dev", "shop", "a", ":80")), ready("db", 5, ":5432"), stopped(spec("cart", "dev", "shop", "c", "80")),
	}
	rates := &meter{rates: map[tunnels.ID]flow{"db": {10, 5}, "web-9": {0, 20}, "cart": {1, 0}}}
	tests := []struct {
		name  string
		order sortOrder
		want  []tunnels.ID
	}{
		{"the user's own", sortOrder{}, []tunnels.ID{"web-10", "web-9", "Api", "db", "cart"}},
		{"state, the most pressing first", sortOrder{by: byState}, []tunnels.ID{"web-9", "web-10", "db", "Api", "cart"}},
		{"state, downwards, those alike as before", sortOrder{byState, true}, []tunnels.ID{"Api", "cart", "web-10", "db", "web-9"}},
		{"name, as people count", sortOrder{by: byName}, []tunnels.ID{"Api", "cart", "db", "web-9", "web-10"}},
		{"name, downwards", sortOrder{byName, true}, []tunnels.ID{"web-10", "web-9", "db", "cart", "Api"}},
		{"port, unknown ones last", sortOrder{by: byPort}, []tunnels.ID{"cart", "web-9", "web-10", "db", "Api"}},
		{"target", sortOrder{by: byTarget}, []tunnels.ID{"Api", "cart", "db", "web-9", "web-10"}},
		{"rate", sortOrder{byRate, true}, []tunnels.ID{"web-9", "db", "cart", "web-10", "Api"}},
		{"connections", sortOrder{byConns, true}, []tunnels.ID{"web-10", "db", "web-9", "Api", "cart"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sts []*tunnels.Status
			for i := range snap {
				sts = append(sts, &snap[i])
			}
			tt.order.sort(sts, rates)
			var got []tunnels.ID
			for _, st := range sts {
				got = append(got, st.Spec.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestClicksOnAHeadGoUpDownAndBack(t *testing.T) {
	var o sortOrder
	for i, want := range []sortOrder{{by: byName}, {byName, true}, {}, {by: byName}} {
		if o = o.click(byName); o != want {
			t.Errorf("click %d leads to %+v, want %+v", i+1, o, want)
		}
	}
	if o = o.click(byRate); o != (sortOrder{by: byRate}) {
		t.Errorf("a click on another column leads to %+v", o)
	}
}

func TestNaturally(t *testing.T) {
	sorted := []string{"", "a", "A1", "a2", "a10", "a10b", "a011", "b"}
	for i, x := range sorted {
		for j, y := range sorted {
			got := naturally(x, y)
			if i < j && got >= 0 || i == j && got != 0 {
				t.Errorf("%q and %q compare as %d", x, y, got)
			}
			if got != -naturally(y, x) {
				t.Errorf("%q and %q compare differently the other way round", x, y)
			}
		}
	}
}
