// Package leaks fails a test program that leaves goroutines.
package leaks

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// patience is how long goroutines may take to end after the last test.
const patience = 10 * time.Second

// Run runs the tests of m, a [testing.M], and returns the exit status: when they
// pass, and afterwards there are more goroutines than before, it prints their
// stacks and fails. Goroutines whose innermost function that is not the standard
// library's is in one of the packages theirs, named as in "example.com/library/",
// do not count.
func Run(m interface{ Run() int }, theirs ...string) int {
	before := len(goroutines(theirs))
	if code := m.Run(); code != 0 {
		return code
	}
	tick, limit := time.NewTicker(10*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for {
		left := goroutines(theirs)
		if len(left) <= before {
			return 0
		}
		select {
		case <-tick.C:
		case <-limit:
			fmt.Fprintf(os.Stderr, "%d goroutines instead of %d are left:\n%s\n", len(left), before, strings.Join(left, "\n\n"))
			return 1
		}
	}
}

// goroutines returns the stacks of all goroutines that count.
func goroutines(theirs []string) []string {
	buf := make([]byte, 4<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var out []string
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		// The one that waits for signals never ends, and a run of the fuzzer has one.
		if !inside(stack, append([]string{"os/signal.signal_recv("}, theirs...)) {
			out = append(out, stack)
		}
	}
	return out
}

func inside(stack string, theirs []string) bool {
	for line := range strings.Lines(stack) {
		for _, name := range theirs {
			if strings.HasPrefix(line, name) {
				return true
			}
		}
		if strings.HasPrefix(line, "created by ") || !standard(line) {
			return false
		}
	}
	return false
}

// standard tells whether a line of a stack is not one of a function outside the
// standard library: those begin with a module's name, which has a dot before its
// first slash or is our own.
func standard(line string) bool {
	module, _, path := strings.Cut(line, "/")
	return !path || module != "culvert" && (!strings.Contains(module, ".") || strings.ContainsAny(module, " \t("))
}
