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
	for end := time.Now().Add(patience); code == 0 && runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(end) {
			buf := make([]byte, 1<<20)
			fmt.Printf("%d goroutines instead of %d are left:\n%s\n", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
			code = 1
		}
	}
	os.Exit(code)
}
