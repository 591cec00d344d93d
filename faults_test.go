package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// faults is how many there are.
const faults = 62

// TestEveryFaultIsMapped: docs/faults.md has every number once and in order, its
// tests exist and carry their number, and its lines are there exactly once.
func TestEveryFaultIsMapped(t *testing.T) {
	quoted := regexp.MustCompile("`([^`]*)`")
	tests := faultTests(t)
	number := 0
	for row := range strings.Lines(readFile(t, "docs/faults.md")) {
		cells := strings.Split(strings.ReplaceAll(row, `\|`, "\x00"), "|")
		if len(cells) != 7 || !strings.ContainsAny(cells[1], "0123456789") {
			continue
		}
		number++
		if got := strings.TrimSpace(cells[1]); got != strconv.Itoa(number) {
			t.Fatalf("the row of fault %d has the number %s", number, got)
		}
		proofs, line := quoted.FindAllStringSubmatch(cells[4], -1), quoted.FindAllStringSubmatch(cells[5], -1)
		if len(proofs) == 0 || len(line) != 2 {
			t.Errorf("fault %d has %d tests, and %d parts of its line", number, len(proofs), len(line))
			continue
		}
		for _, p := range proofs {
			if tests[p[1]] != number {
				t.Errorf("fault %d: there is no test %s of it", number, p[1])
			}
		}
		file, text := line[0][1], strings.ReplaceAll(line[1][1], "\x00", "|")
		if n := countLines(readFile(t, file), text); n != 1 {
			t.Errorf("fault %d: %s has %d lines that read %s", number, file, n, text)
		}
	}
	if number != faults {
		t.Errorf("%d faults are mapped, not %d", number, faults)
	}
}

// faultTests returns the numbers in the names of all tests that have one, by the
// tests' packages and names.
func faultTests(t *testing.T) map[string]int {
	t.Helper()
	name := regexp.MustCompile(`(?m)^func (TestFault(\d\d)\w*)\(t \*testing\.T\)`)
	found := make(map[string]int)
	for _, dir := range []string{"tunnels", "kube", "cli"} {
		err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, m := range name.FindAllStringSubmatch(readFile(t, path), -1) {
				number, err := strconv.Atoi(m[2])
				if err != nil {
					return err
				}
				found[filepath.ToSlash(filepath.Dir(path))+"."+m[1]] = number
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func countLines(text, want string) int {
	n := 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == want {
			n++
		}
	}
	return n
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
