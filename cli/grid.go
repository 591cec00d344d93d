package cli

import (
	"slices"
	"strings"
)

// column is one of a table. Columns that cannot be cut have no least width.
type column struct {
	title string
	least int  // cells to which it may be cut; 0 means that it is not cut
	last  bool // it is the first to go when there is no room
	spare bool // it goes when cutting is not enough
}

// grid lays plain cells out in lines: as wide as they are where there is room, else
// columns that may go go, and the others are cut, the widest first. The first line
// has the titles. An empty cell is filled.
func grid(l look, columns []column, rows [][]string) [][]string {
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = cells(c.title)
		for _, r := range rows {
			widths[i] = max(widths[i], cells(r[i]))
		}
	}
	if l.width > 0 {
		narrow(columns, widths, l.width)
	}
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	var out [][]string
	for _, r := range append([][]string{titles}, rows...) {
		var line []string
		for i, cell := range r {
			if widths[i] > 0 {
				line = append(line, fill(cut(cell, widths[i], l.mark()), widths[i]))
			}
		}
		out = append(out, line)
	}
	return out
}

const gap = 2 // cells between two columns

// narrow makes columns fit, as far as that is possible. What may go has the width 0 then.
func narrow(columns []column, widths []int, to int) {
	for i := len(columns) - 1; i >= 0 && over(widths, to) > 0; i-- {
		if columns[i].last {
			widths[i] = 0
		}
	}
	whole := slices.Clone(widths)
	squeeze(columns, widths, to)
	for i, c := range columns {
		if c.spare && over(widths, to) > 0 {
			whole[i] = 0
			copy(widths, whole)
			squeeze(columns, widths, to)
		}
	}
}

// over is how many cells columns are too wide.
func over(widths []int, to int) int {
	sum := -gap
	for _, w := range widths {
		if w > 0 {
			sum += w + gap
		}
	}
	return sum - to
}

// squeeze cuts columns, the widest first.
func squeeze(columns []column, widths []int, to int) {
	for over(widths, to) > 0 {
		widest := -1
		for i, c := range columns {
			if c.least > 0 && widths[i] > c.least && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

// join writes a line of a grid, without blanks at its end.
func join(line []string) string {
	return strings.TrimRight(strings.Join(line, strings.Repeat(" ", gap)), " ")
}
