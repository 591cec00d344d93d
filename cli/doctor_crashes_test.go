package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"culvert/tunnels/crash"
)

func TestCrashCheck(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local)
	dir := "/home/kim/.local/state/culvert/crashes/"
	tests := []struct {
		name     string
		reports  []crash.Report
		err      error
		severity severity
		says     []string
	}{
		{"none", nil, nil, isOK, []string{"has not failed"}},
		{
			"a part",
			[]crash.Report{{Path: dir + "b.txt", Time: at}, {Path: dir + "a.txt", Time: at, Ended: true}},
			nil, isNote,
			[]string{"2 crash reports", "2026-03-04 05:06:07 a part", dir + "b.txt", "rm " + dir + "crash-*.txt"},
		},
		{"the whole", []crash.Report{{Path: dir + "a.txt", Time: at, Ended: true}}, nil, isNote, []string{"1 crash report;", "ended unexpectedly"}},
		{"unreadable", nil, errors.New("no right"), isWrong, []string{"no right"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := healthy(func(p *probes) { p.crashes = func() ([]crash.Report, error) { return tt.reports, tt.err } })
			got := crashCheck(p)(t.Context())
			if len(got) != 1 || got[0].severity != tt.severity {
				t.Fatalf("the findings are %+v", got)
			}
			for _, want := range tt.says {
				if all := got[0].found + " " + got[0].remedy; !strings.Contains(all, want) {
					t.Errorf("%q is missing in %s", want, all)
				}
			}
		})
	}
}
