package kube

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCollection compares with a map what comes of many changes, and sees that
// what was given away stays as it was.
func TestCollection(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var c collection[int]
		model := make(map[string]int)
		var given, copies [][]int
		for step := range 200 {
			name := fmt.Sprintf("p-%02d", random.IntN(60))
			if random.IntN(4) == 0 {
				name = fmt.Sprintf("q-%03d", step) // behind all others, as most do that come in order
			}
			if random.IntN(3) == 0 {
				_, there := model[name]
				delete(model, name)
				if c.remove(name) != there {
					t.Fatalf("remove(%s) does not say %v", name, there)
				}
			} else {
				model[name] = step
				c.put(name, step)
			}
			if _, there := model[name]; c.has(name) != there || c.len() != len(model) {
				t.Fatalf("has(%s) is %v, len is %d, not %d", name, c.has(name), c.len(), len(model))
			}
			switch random.IntN(20) {
			case 0:
				c.trim()
			case 1, 2:
				given, copies = append(given, c.all()), append(copies, slices.Clone(c.all()))
			}
		}
		var want []int
		for _, name := range slices.Sorted(maps.Keys(model)) {
			want = append(want, model[name])
		}
		if got := c.all(); !slices.Equal(got, want) {
			t.Fatalf("the items are %v, not %v", got, want)
		}
		for i := range given {
			if !slices.Equal(given[i], copies[i]) {
				t.Fatal("a slice that was given away has changed")
			}
		}
	}
}

func TestEmptyCollectionIsKnownToBeEmpty(t *testing.T) {
	var c collection[int]
	c.trim()
	if c.all() == nil || len(c.all()) != 0 {
		t.Errorf("the items are %#v", c.all())
	}
}
