package kubetest_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

// patience bounds everything that a test waits for.
const patience = 10 * time.Second

// TestMain runs the tests, many at once, and fails when goroutines are left that
// the streaming library does not hold.
func TestMain(m *testing.M) {
	klog.SetLogger(logr.Discard()) // the node's server logs every refused connection
	before := len(goroutines())
	code := m.Run()
	tick, limit := time.NewTicker(10*time.Millisecond), time.After(patience)
	for left := goroutines(); code == 0 && len(left) > before; left = goroutines() {
		select {
		case <-tick.C:
		case <-limit:
			fmt.Printf("%d goroutines instead of %d are left:\n%s\n", len(left), before, strings.Join(left, "\n\n"))
			code = 1
		}
	}
	tick.Stop()
	os.Exit(code)
}

// goroutines returns the stacks of all goroutines but those inside the streaming
// library.
func goroutines() []string {
	var left []string
	for g := range strings.SplitSeq(stacks(), "\n\n") {
		if !inLibrary(g) {
			left = append(left, g)
		}
	}
	return left
}

func stacks() string {
	buf := make([]byte, 4<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// inLibrary tells whether the innermost function of a stack that is not the
// standard library's is one of the streaming library.
func inLibrary(stack string) bool {
	for line := range strings.Lines(stack) {
		switch {
		case strings.HasPrefix(line, "github.com/moby/spdystream."),
			strings.HasPrefix(line, "k8s.io/cri-streaming/"),
			strings.HasPrefix(line, "k8s.io/streaming/"):
			return true
		case strings.HasPrefix(line, "culvert/"), strings.HasPrefix(line, "k8s.io/"), strings.HasPrefix(line, "github.com/"),
			strings.HasPrefix(line, "created by "):
			return false
		}
	}
	return false
}
