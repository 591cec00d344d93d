package main

import (
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	for row, want := range map[string][]string{
		"| 1 | a | b |\n":             {"1", "a", "b"},
		"| 2 | `a \\|\\| b` | |\n":    {"2", "`a || b`", ""},
		"no table\n":                  nil,
		"a line with | in the middle": nil,
	} {
		if got := split(row); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", row, got, want)
		}
	}
}

func TestReplaceLine(t *testing.T) {
	const text = "a {\n\tb\n\tc\n}\nc\n"
	if got, err := replaceLine(text, "b", "x"); err != nil || got != "a {\nx\n\tc\n}\nc\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, line := range []string{"c", "d"} {
		if got, err := replaceLine(text, line, "x"); err == nil {
			t.Errorf("%s: %q", line, got)
		}
	}
}

func TestChoose(t *testing.T) {
	var all []fault
	for i := range 59 {
		all = append(all, fault{number: i + 1})
	}
	first := choose(all, 7)
	if len(first) != some || !slices.Equal(first, choose(all, 7)) || slices.Equal(first, choose(all, 8)) {
		t.Errorf("seed 7 chooses %v", first)
	}
}
