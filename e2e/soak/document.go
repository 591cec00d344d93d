package soak

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The lines of a document between which the table goes.
const (
	tableBegin = "<!-- make soak: begin -->\n"
	tableEnd   = "<!-- make soak: end -->"
)

const tableHead = `
| seed | length | moved and verified | connections | faults, by kind | reconnects | worst gap | worst lag of state | memory before, after | verdict | on |
|---|---|---|---|---|---|---|---|---|---|---|
`

// WriteRow puts the run into the table of a document, in place of an earlier run of the
// same seed.
func (r *Report) WriteRow(document string) error {
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	if text, err = withRow(text, r.row()); err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	return os.WriteFile(document, text, 0o644)
}

func withRow(text []byte, row string) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(tableBegin))
	table, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !ok2 {
		return nil, fmt.Errorf("there are no lines %s and %s", strings.TrimSpace(tableBegin), tableEnd)
	}
	seed, _, _ := strings.Cut(row[1:], "|")
	var rows []string
	for line := range strings.Lines(string(table)) {
		line = strings.TrimSuffix(line, "\n")
		old, isRow := strings.CutPrefix(line, "| ")
		if !isRow || old[0] < '0' || old[0] > '9' {
			continue
		}
		if of, _, _ := strings.Cut(line[1:], "|"); of != seed {
			rows = append(rows, line)
		}
	}
	rows = append(rows, row)
	slices.SortFunc(rows, func(a, b string) int { return strings.Compare(padded(a), padded(b)) })
	return fmt.Appendf(nil, "%s%s%s%s\n\n%s%s", before, tableBegin, tableHead, strings.Join(rows, "\n"), tableEnd, after), nil
}

// padded is a row's seed as texts of equal length sort.
func padded(row string) string {
	seed, _, _ := strings.Cut(row[1:], "|")
	return fmt.Sprintf("%20s", strings.TrimSpace(seed))
}

func (r *Report) row() string {
	f := r.Figures
	cells := []string{
		fmt.Sprint(r.Seed),
		fmt.Sprintf("%.0f min", r.Minutes),
		fmt.Sprintf("%.2f GiB", float64(f.Bytes)/(1<<30)),
		fmt.Sprintf("%d and %d probes", f.Connections, f.Probes),
		fmt.Sprintf("%d: %s", len(r.Faults), r.kinds()),
		fmt.Sprint(r.Reconnects),
		fmt.Sprintf("%.1f s", f.Gap.Seconds()),
		fmt.Sprintf("%.2f s; silent %.1f s", f.Lag.Seconds(), f.SilentLag.Seconds()),
		fmt.Sprintf("%.0f, %.0f MiB", float64(r.Before.RSS)/mib, float64(r.After.RSS)/mib),
		r.verdict(),
		r.Machine,
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// cell makes a text fit for a cell of a table.
func cell(text string) string {
	text = strings.NewReplacer("\n", " ", "|", "/").Replace(text)
	if runes := []rune(text); len(runes) > 160 {
		text = string(runes[:160]) + "…"
	}
	return text
}

// machine names what a run was done on, when, and with what.
func machine(culvert string) string {
	kernel, cpu := "unknown", "processors"
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		kernel = unix.ByteSliceToString(name.Release[:])
	}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				cpu = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d × %s, Linux %s, %s, Culvert %s",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), cpu, kernel, runtime.Version(), commit(filepath.Dir(filepath.Dir(culvert))))
}

// commit names the sources in dir, as far as git knows.
func commit(dir string) string {
	cmd := exec.CommandContext(context.Background(), "git", "describe", "--tags", "--always", "--dirty")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
