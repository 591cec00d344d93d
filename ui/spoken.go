package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// This file is what a screen reader reads. The toolkit asks for it only where it is built with
// the tag accessibility, on Windows and macOS, and only what lies in the window itself: neither
// what its widgets are made of nor which of them has the keyboard.

var _ fyne.Accessible = (*frame)(nil)

// AccessibilityRole implements [fyne.Accessible].
func (f *frame) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel implements [fyne.Accessible]: what the status line, the banner and the
// rows of the table say, a line each.
func (f *frame) AccessibilityLabel() string {
	a := f.app
	counts := make([]string, 0, len(a.strip.counts))
	for _, c := range a.strip.counts {
		counts = append(counts, c.text)
	}
	lines := []string{listed(counts)}
	if b := a.banner.view; b.key != "" {
		lines = append(lines, joined(b.title, b.text))
	}
	if f.empty {
		lines = append(lines, joined(a.welcome.title.Text(), a.welcome.text.Text()))
	} else {
		for _, v := range a.table.state.rows {
			lines = append(lines, v.spoken())
		}
	}
	lines = withoutEmpty(lines)
	if len(lines) == 0 {
		return lang.L("No tunnels")
	}
	return strings.Join(lines, "\n")
}

// spoken is a row of the table, as it is read aloud.
func (v rowView) spoken() string {
	if v.group {
		return listed(withoutEmpty([]string{v.name, v.note, v.answer}))
	}
	said := []string{v.name, v.below, v.word, v.reason}
	for _, l := range v.lines {
		said = append(said, strings.TrimSpace(l.lead+l.text))
	}
	return listed(withoutEmpty(append(said, v.target, v.pod)))
}

// withoutEmpty returns the texts that say something.
func withoutEmpty(texts []string) []string {
	var out []string
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	return out
}
