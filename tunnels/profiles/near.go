package profiles

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Nearest returns those of names that are near to word, the nearest first.
func Nearest(word string, names []string) []string { return nearest(word, names) }

// nearest returns up to three of names that somebody who wrote word may have meant,
// the likeliest first. The case of letters is nothing.
func nearest(word string, names []string) []string {
	const few = 3
	type near struct {
		name string
		far  int
	}
	letters := utf8.RuneCountInString(word)
	if letters > maxName {
		return nil
	}
	word = strings.ToLower(word)
	var found []near
	for _, n := range names {
		lower := strings.ToLower(n)
		far := distance([]rune(word), []rune(lower))
		if letters >= 2 && (strings.HasPrefix(lower, word) || strings.HasPrefix(word, lower) && utf8.RuneCountInString(n) >= 2) {
			far = 0
		}
		if far <= max(1, letters/3) && !slices.ContainsFunc(found, func(f near) bool { return f.name == n }) {
			found = append(found, near{n, far})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	var out []string
	for _, f := range found[:min(few, len(found))] {
		out = append(out, f.name)
	}
	return out
}

// distance is the number of letters to insert, to remove, to replace, or to swap
// with the next one.
func distance(a, b []rune) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		next[0] = i + 1
		for j := range b {
			replaced := row[j]
			if a[i] != b[j] {
				replaced++
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, replaced)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
