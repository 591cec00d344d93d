package kube

import (
	"cmp"
	"slices"
	"strings"
)

// nearest returns the few of names that somebody who wrote name may have meant,
// the most likely first.
func nearest(name string, names []string) []string {
	const few = 3
	type candidate struct {
		name string
		far  int
	}
	var found []candidate
	for _, n := range names {
		far := distance(name, n)
		switch {
		case len(name) >= 2 && strings.HasPrefix(n, name):
			far = 0
		case sameStem(name, n):
			far = 1
		}
		if far <= max(1, len(name)/4) {
			found = append(found, candidate{n, far})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, f := range found[:min(few, len(found))] {
		out = append(out, f.name)
	}
	return out
}

// sameStem says whether two pod names differ only in the last part, which a
// ReplicaSet or a DaemonSet makes up, or in the last two, as of two Deployments'
// ReplicaSets.
func sameStem(a, b string) bool {
	for range 2 {
		i, j := strings.LastIndexByte(a, '-'), strings.LastIndexByte(b, '-')
		if i <= 0 || j <= 0 {
			return false
		}
		a, b = a[:i], b[:j]
		if a == b {
			return true
		}
	}
	return false
}

// distance is the number of letters to insert, remove or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			old := row[j+1]
			row[j+1] = min(old+1, row[j]+1, left+btoi(a[i] != b[j]))
			left = old
		}
	}
	return row[len(b)]
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
