package soak

import (
	"strings"
	"testing"
	"time"

	"culvert/e2e/soak/judge"
)

func TestRows(t *testing.T) {
	text := []byte("before\n" + tableBegin + tableEnd + "\nafter\n")
	runs := []*Report{
		{Seed: 12, Faults: []Fault{{Name: "pod deleted"}, {Name: "pod deleted"}, {Name: "reset"}}},
		{Seed: 3, Violations: []judge.Violation{{Kind: judge.Bytes, Text: "a | b\nc"}}},
		{Seed: 12, Reconnects: 5, Error: "interrupted"},
	}
	var err error
	for _, r := range runs {
		if text, err = withRow(text, r.row()); err != nil {
			t.Fatal(err)
		}
	}
	var rows []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| ") {
			rows = append(rows, line)
		}
	}
	if len(rows) != 3 || !strings.HasPrefix(rows[1], "| 3 |") || !strings.HasPrefix(rows[2], "| 12 |") {
		t.Fatalf("the rows are %q", rows)
	}
	if !strings.Contains(rows[1], "**1 violations**, the first: ") || !strings.Contains(rows[1], "a / b c") || !strings.Contains(rows[2], "**ended early**: interrupted") {
		t.Errorf("the rows are %q", rows)
	}
	if got := string(text); !strings.HasPrefix(got, "before\n") || !strings.HasSuffix(got, "\nafter\n") {
		t.Errorf("the text is %q", got)
	}
	if !strings.Contains(runs[0].row(), "3: pod deleted 2, reset 1") || !strings.Contains(runs[0].row(), "| passed |") {
		t.Errorf("the row is %q", runs[0].row())
	}
	for _, test := range []struct {
		r    Report
		want Verdict
	}{
		{Report{}, Passed},
		{Report{Error: "interrupted"}, Failed},
		{Report{Minutes: 20, Violations: []judge.Violation{{Kind: judge.State}}}, Failed},
		{Report{Minutes: 20, Violations: []judge.Violation{{Kind: judge.State}}, Figures: judge.Figures{Starved: 3 * time.Minute}}, Inconclusive},
		{Report{Minutes: 20, Violations: []judge.Violation{{Kind: judge.State}, {Kind: judge.Bytes}}, Figures: judge.Figures{Starved: 3 * time.Minute}}, Failed},
		{Report{Minutes: 20, Figures: judge.Figures{Starved: 3 * time.Minute}}, Passed},
	} {
		if got := test.r.Verdict(); got != test.want {
			t.Errorf("the verdict on %+v is %s, want %s", test.r.Violations, got, test.want)
		}
	}
	if _, err := withRow([]byte("nothing"), rows[1]); err == nil {
		t.Error("a document without the lines is no error")
	}
}
