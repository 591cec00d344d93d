package cli

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// plain puts a text that may come from anywhere into one line that a terminal shows
// and does not act on.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, s)
}

// harmless takes out of a text of several lines what a terminal would act on.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsGraphic(r) {
			return r
		}
		return -1
	}, s)
}

// cells returns how wide a plain text is on a terminal.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	case width.Neutral, width.EastAsianAmbiguous, width.EastAsianNarrow, width.EastAsianHalfwidth:
	}
	return 1
}

// cut shortens a plain text to so many cells, with mark at its end where something is
// left out.
func cut(s string, to int, mark string) string {
	if cells(s) <= to {
		return s
	}
	to -= cells(mark)
	var b strings.Builder
	for _, r := range s {
		if to -= cellsOf(r); to < 0 {
			break
		}
		b.WriteRune(r)
	}
	if to < 0 && b.Len() == 0 {
		return ""
	}
	return b.String() + mark
}

// fill writes a plain text into a column of so many cells.
func fill(s string, to int) string { return s + strings.Repeat(" ", max(0, to-cells(s))) }

// wrapped breaks a plain text between words into lines of so many cells; a word that
// is longer has a line of its own.
func wrapped(s string, to int) []string {
	var out []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case cells(line)+1+cells(word) <= to:
			line += " " + word
		default:
			out = append(out, line)
			line = word
		}
	}
	return append(out, line)
}
