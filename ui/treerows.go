package ui

import (
	"iter"
	"sort"
	"strings"
)

// treeRows are the visible lines of the Cluster tree, in pieces. A target's line
// is made when it is asked for: there may be ten thousand.
type treeRows struct {
	pieces []treePiece
	count  int
	waits  bool // a line tells for how long something is awaited
}

// treePiece is one line, or the lines of a group's targets.
type treePiece struct {
	first int     // the place of its first line
	line  treeRow // the only line; of targets what they have in common
	items []offer // nil for a single line
	found []int32 // the items that the search takes; nil means all
}

func treeOf(lines ...treeRow) treeRows {
	var t treeRows
	for _, r := range lines {
		t.add(r)
	}
	return t
}

func (t *treeRows) len() int { return t.count }

// add appends a line.
func (t *treeRows) add(r treeRow) { t.addPiece(treePiece{line: r}) }

// addTargets appends the targets that the filter takes and returns whether there
// are any.
func (t *treeRows) addTargets(common treeRow, items []offer, filter string) (found bool) {
	if len(items) == 0 {
		return false
	}
	p := treePiece{line: common, items: items}
	if filter != "" {
		if p.found = matching(items, filter); len(p.found) == 0 {
			return false
		}
	}
	t.addPiece(p)
	return true
}

// matching returns the places of the offers whose text has the filter; it is
// never nil.
func matching(items []offer, filter string) []int32 {
	found := []int32{}
	for i := range items {
		if strings.Contains(items[i].text, filter) {
			found = append(found, int32(i))
		}
	}
	return found
}

// append appends the lines of another tree.
func (t *treeRows) append(other treeRows) {
	for _, p := range other.pieces {
		t.addPiece(p)
	}
	t.waits = t.waits || other.waits
}

func (t *treeRows) addPiece(p treePiece) {
	p.first = t.count
	t.pieces = append(t.pieces, p)
	t.count += p.len()
}

// at returns a line; i must be one of them.
func (t *treeRows) at(i int) treeRow {
	n := sort.Search(len(t.pieces), func(n int) bool { return t.pieces[n].first > i }) - 1
	p := &t.pieces[n]
	if p.items == nil {
		return p.line
	}
	return targetRow(p.line, p.offer(i-p.first))
}

// all goes through the lines.
func (t *treeRows) all() iter.Seq[treeRow] {
	return func(yield func(treeRow) bool) {
		for i := range t.count {
			if !yield(t.at(i)) {
				return
			}
		}
	}
}

func (p *treePiece) len() int {
	switch {
	case p.items == nil:
		return 1
	case p.found != nil:
		return len(p.found)
	}
	return len(p.items)
}

func (p *treePiece) offer(i int) *offer {
	if p.found != nil {
		i = int(p.found[i])
	}
	return &p.items[i]
}

// targetRow is the line of a target.
func targetRow(r treeRow, o *offer) treeRow {
	r.target, r.text, r.dim, r.note = o.text, o.text, o.dim, targetNote(r.group, o)
	if r.group == serviceGroup {
		r.text = o.target.Name
	}
	return r
}

// targetNote is what stands below a target's name.
func targetNote(g targetGroup, o *offer) string {
	if g == podGroup && !o.dim {
		return ""
	}
	return o.state
}
