package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// fault is a row of docs/faults.md that is built.
type fault struct {
	number  int
	pkg     string // of the test, below the repository's root
	test    string
	file    string
	line    string // that handles it, without its indentation
	instead string // what to write in its place
}

var code = regexp.MustCompile("`([^`]*)`")

// readFaults reads the table, and what takes the lines' place.
func readFaults(root string) ([]fault, error) {
	instead, err := readInstead(filepath.Join(root, "tools", "faults", "instead.txt"))
	if err != nil {
		return nil, err
	}
	name := filepath.Join(root, "docs", "faults.md")
	table, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var faults []fault
	for row := range strings.Lines(string(table)) {
		cells := split(row)
		if len(cells) != 5 {
			continue
		}
		number, err := strconv.Atoi(cells[0])
		if err != nil || cells[4] == "" { // the head of the table
			continue
		}
		tests, line := code.FindStringSubmatch(cells[3]), code.FindAllStringSubmatch(cells[4], -1)
		if tests == nil || len(line) != 2 {
			return nil, fmt.Errorf("%s: fault %d has no test, or no file and line", name, number)
		}
		at := strings.LastIndex(tests[1], ".")
		text, ok := instead[number]
		if at < 0 || !ok {
			return nil, fmt.Errorf("%s: fault %d has a test without a package, or nothing takes its line's place", name, number)
		}
		faults = append(faults, fault{number, tests[1][:at], tests[1][at+1:], line[0][1], line[1][1], text})
	}
	return faults, nil
}

// split returns the cells of a table's row; nil for other text.
func split(row string) []string {
	row = strings.TrimSpace(row)
	if !strings.HasPrefix(row, "|") || !strings.HasSuffix(row, "|") {
		return nil
	}
	const escaped = "\x00"
	row = strings.ReplaceAll(strings.Trim(row, "|"), `\|`, escaped)
	cells := strings.Split(row, "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(c, escaped, "|"))
	}
	return cells
}

func readInstead(name string) (map[int]string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	out := make(map[int]string)
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		number, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			return nil, fmt.Errorf("%s: %q is not a number, a colon and a line", name, line)
		}
		out[n] = text
	}
	return out, nil
}
