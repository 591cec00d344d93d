package ui

import (
	"cmp"
	"slices"
	"strings"

	"culvert/tunnels"
)

// only narrows the table to a tag and to a state, beside filter and search. Its
// zero value narrows nothing.
type only struct {
	tag   string
	state tunnels.State
	// byState says that state counts: its zero value is a state too.
	byState bool
}

// of returns the tunnels that are left. A tunnel has the tags of its profile too.
func (o only) of(snap tunnels.Snapshot, names targetNames) tunnels.Snapshot {
	if o == (only{}) {
		return snap
	}
	var out tunnels.Snapshot
	for _, st := range snap {
		if (o.tag == "" || slices.Contains(names.tags(st.Spec), o.tag)) && (!o.byState || st.State == o.state) {
			out = append(out, st)
		}
	}
	return out
}

// tagCount is a tag and how many tunnels have it.
type tagCount struct {
	tag string
	n   int
}

// tagsOf returns the tags of tunnels, their profiles' too, by name.
func tagsOf(snap tunnels.Snapshot, names targetNames) []tagCount {
	n := make(map[string]int)
	for _, st := range snap {
		for _, t := range names.tags(st.Spec) {
			n[t]++
		}
	}
	out := make([]tagCount, 0, len(n))
	for t, c := range n {
		out = append(out, tagCount{t, c})
	}
	slices.SortFunc(out, func(a, b tagCount) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.tag), strings.ToLower(b.tag)), cmp.Compare(a.tag, b.tag))
	})
	return out
}

// onlyState shows the tunnels of a state, or all again.
func (a *App) onlyState(s tunnels.State) {
	next := only{tag: a.only.tag, state: s, byState: true}
	if a.only == next {
		next = only{tag: a.only.tag}
	}
	a.only, a.filter = next, filterAll
	a.apply()
}

// onlyTag shows the tunnels with a tag, or all again.
func (a *App) onlyTag(tag string) {
	if a.only.tag == tag {
		tag = ""
	}
	a.only.tag = tag
	a.apply()
}
