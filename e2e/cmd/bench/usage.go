package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// ticks is how many of the clock ticks in /proc are a second, on every
// architecture of Go's.
const ticks = 100

// cpuSeconds returns what the forwarder has used in user and system mode.
func (f *forwarder) cpuSeconds() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", f.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The program's name, in brackets, may hold anything.
	_, rest, ok := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("%q is not understood", b)
	}
	var total float64
	for _, field := range fields[11:13] { // utime and stime
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, err
		}
		total += n / ticks
	}
	return total, nil
}

// rss returns the forwarder's memory in MiB.
func (f *forwarder) rss() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		value, ok := strings.CutPrefix(line, "VmRSS:")
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		return n / 1024, err
	}
	return 0, fmt.Errorf("process %d has no memory any more", f.cmd.Process.Pid)
}
