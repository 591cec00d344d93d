package kubetest_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

// patience bounds everything that a test waits for.
const patience = 10 * time.Second

// TestMain runs the tests, many at once, and fails when goroutines are left.
func TestMain(m *testing.M) {
	klog.SetLogger(logr.Discard()) // the node's server logs every refused connection
	before := runtime.NumGoroutine()
	code := m.Run()
	tick, limit := time.NewTicker(10*time.Millisecond), time.After(patience)
	for code == 0 && runtime.NumGoroutine() > before {
		select {
		case <-tick.C:
		case <-limit:
			buf := make([]byte, 1<<20)
			fmt.Printf("%d goroutines instead of %d are left:\n%s\n", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
			code = 1
		}
	}
	tick.Stop()
	os.Exit(code)
}
