package soak

import (
	"slices"
	"testing"

	"culvert/e2e/chaos"
)

// The faults of which the judge has to know more than package chaos says are there under
// the names that it knows.
func TestFaultsAreKnown(t *testing.T) {
	var special []string
	for _, f := range chaos.Faults() {
		if still(f.Name) || slow(f.Name) {
			special = append(special, f.Name)
		}
	}
	if want := []string{"network slow", "network lossy", "culvert frozen", "machine asleep", "descriptors filled"}; !slices.Equal(special, want) {
		t.Errorf("known are %q, want %q", special, want)
	}
}

func TestHurt(t *testing.T) {
	r := &run{plans: plans(30)}
	web := workloads()[0].Workload
	if got := r.hurt(chaos.Harm{All: true}); got != nil {
		t.Errorf("all are %v", got)
	}
	if got := r.hurt(chaos.Harm{}); got == nil || len(got) > 0 {
		t.Errorf("none are %v", got)
	}
	if got := r.hurt(chaos.Harm{Workloads: []chaos.Workload{web}}); len(got) < 3 || !slices.Contains(got, "t01-web") {
		t.Errorf("those of %s are %v", web, got)
	}
}
