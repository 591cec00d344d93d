package chaos

import (
	"math/rand/v2"
	"testing"
	"time"
)

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func TestFaultsHaveNames(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range Faults() {
		if f.Name == "" || seen[f.Name] || f.Do == nil {
			t.Errorf("the fault %q has no name of its own, or does nothing", f.Name)
		}
		seen[f.Name] = true
	}
}

// A seed names the same choices however many victims there are meanwhile.
func TestASeedNamesTheChoices(t *testing.T) {
	draw := func(seed uint64, things []string) (string, time.Duration) {
		r := source(seed)
		thing, _ := choose(r, things)
		return thing, between(r, time.Second, time.Minute)
	}
	differ := false
	for seed := range uint64(100) {
		one, long := draw(seed, []string{"a", "b", "c"})
		again, same := draw(seed, []string{"a", "b", "c"})
		if one != again || long != same {
			t.Fatalf("seed %d: %s %v, then %s %v", seed, one, long, again, same)
		}
		if _, other := draw(seed, nil); other != long {
			t.Errorf("seed %d: %v among three things, and %v among none", seed, long, other)
		}
		if long < time.Second || long > time.Minute || long != long.Truncate(time.Millisecond) {
			t.Errorf("seed %d: %v", seed, long)
		}
		other, _ := draw(seed+1, []string{"a", "b", "c"})
		differ = differ || other != one
	}
	if !differ {
		t.Error("all seeds choose the same")
	}
}

func TestVictims(t *testing.T) {
	w := &World{Workloads: []Workload{
		{Deployment, "shop", "web"}, {StatefulSet, "data", "db"}, {BarePod, "tools", "lone"},
	}}
	tests := map[string]struct {
		kinds []Kind
		want  map[string]bool
	}{
		"any":      {[]Kind{Deployment, StatefulSet, BarePod}, map[string]bool{"shop/web": true, "data/db": true, "tools/lone": true}},
		"rollable": {[]Kind{Deployment, StatefulSet}, map[string]bool{"shop/web": true, "data/db": true}},
		"bare":     {[]Kind{BarePod}, map[string]bool{"tools/lone": true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			seen := make(map[string]bool)
			for seed := range uint64(100) {
				v, err := w.victim(source(seed), tt.kinds...)
				if err != nil || !tt.want[v.String()] {
					t.Errorf("seed %d: %s, %v", seed, v, err)
				}
				seen[v.String()] = true
			}
			if len(seen) != len(tt.want) {
				t.Errorf("only %v are ever chosen", seen)
			}
		})
	}
	if _, err := (&World{}).victim(source(1), Deployment); err == nil {
		t.Error("a world without workloads has a victim")
	}
}
