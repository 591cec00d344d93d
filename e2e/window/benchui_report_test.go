package window

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// figure is one line of the table.
type figure struct {
	what    string
	unit    string
	values  []float64
	most    float64 // the goal; 0 for none
	longest bool    // the goal is for the largest value, else for the median
	pair    bool    // the values are two things and not one measured twice
	how     string
}

func (b *uiBench) add(f figure) { b.figures = append(b.figures, f) }

func (f figure) median() float64 {
	v := slices.Sorted(slices.Values(f.values))
	return v[len(v)/2]
}

func (f figure) judged() float64 {
	if f.longest {
		return slices.Max(f.values)
	}
	return f.median()
}

// String is the figure with its range.
func (f figure) String() string {
	switch {
	case f.pair:
		return fmt.Sprintf("%s; %s %s", number(f.values[0]), number(f.values[1]), f.unit)
	case len(f.values) == 1:
		return number(f.values[0]) + " " + f.unit
	}
	return fmt.Sprintf("%s (%s–%s) %s", number(f.median()), number(slices.Min(f.values)), number(slices.Max(f.values)), f.unit)
}

func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func (f figure) goal() (want, verdict string) {
	switch {
	case f.most == 0:
		return "", ""
	case f.judged() <= f.most:
		verdict = "met"
	default:
		verdict = "**missed**"
	}
	return fmt.Sprintf("≤ %g %s", f.most, f.unit), verdict
}

// table returns the figures in Markdown.
func (b *uiBench) table() string {
	var s strings.Builder
	s.WriteString("\n| | measured | goal | | by |\n|---|---|---|---|---|\n")
	for _, f := range b.figures {
		want, verdict := f.goal()
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s |\n", f.what, f, want, verdict, f.how)
	}
	return s.String()
}

// The lines of a document between which the table goes.
const (
	tableBegin = "<!-- make bench-ui: begin -->\n"
	tableEnd   = "<!-- make bench-ui: end -->"
)

// replaceTable puts a table between a document's markers.
func replaceTable(path, table string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(text, []byte(tableBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !ok2 {
		return fmt.Errorf("%s lacks the lines %s and %s", path, strings.TrimSpace(tableBegin), tableEnd)
	}
	return os.WriteFile(path, fmt.Appendf(nil, "%s%s\n%s\n%s%s", before, tableBegin, strings.TrimSpace(table), tableEnd, after), 0o644)
}

// benchMachine says what a run was done on, and with what.
func benchMachine(t *testing.T) string {
	t.Helper()
	var uname unix.Utsname
	if err := unix.Uname(&uname); err != nil {
		t.Fatal(err)
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		t.Fatal(err)
	}
	cpu := "unknown"
	for line := range strings.Lines(readFile(t, "/proc/cpuinfo")) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			cpu = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("\n%s, machine “%s”: %d × %s, %.0f GiB, Linux %s, %s; Culvert %s, Fyne %s, %s, software rendering (Mesa %s); load average: %s.\n",
		time.Now().UTC().Format(time.RFC3339), unix.ByteSliceToString(uname.Nodename[:]), runtime.NumCPU(), cpu,
		float64(info.Totalram)*float64(info.Unit)/(1<<30), unix.ByteSliceToString(uname.Release[:]), runtime.Version(),
		printedBy("git", "describe", "--tags", "--always", "--dirty"), printedBy("go", "list", "-C", "../..", "-m", "-f", "{{.Version}}", "fyne.io/fyne/v2"),
		packageVersion("xvfb", "Xvfb"), packageVersion("libgl1-mesa-dri", ""), strings.Join(strings.Fields(readFile(t, "/proc/loadavg"))[:3], " "))
}

// packageVersion is the version of a Debian package, where there is one.
func packageVersion(name, shown string) string {
	return strings.TrimSpace(shown + " " + printedBy("dpkg-query", "-W", "-f", "${Version}", name))
}

// printedBy is what a command prints; "unknown" when it cannot be run.
func printedBy(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// processorTime is the user and system time that a process has had.
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat := readFile(t, fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const user, system, ticksPerSecond = 11, 12, 100
	var ticks int
	for _, i := range []int{user, system} {
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}

// resident is a process's resident memory in MiB.
func resident(t *testing.T, pid int) float64 {
	t.Helper()
	for line := range strings.Lines(readFile(t, fmt.Sprintf("/proc/%d/status", pid))) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			n, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			return n / 1024
		}
	}
	t.Fatalf("process %d tells no VmRSS", pid)
	return 0
}
