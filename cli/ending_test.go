package cli

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestSignals: what a closed terminal sends counts, unless it was ignored from the
// start, as below nohup.
func TestSignals(t *testing.T) {
	t.Cleanup(func() { signal.Reset(syscall.SIGHUP) })
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // the tests too may run below nohup
	if !slices.Contains(signals(), os.Signal(syscall.SIGHUP)) {
		t.Error("a closed terminal does not count")
	}
	signal.Ignore(syscall.SIGHUP)
	if got := signals(); slices.Contains(got, os.Signal(syscall.SIGHUP)) || len(got) != 2 {
		t.Errorf("below nohup these count: %v", got)
	}
}

func TestBound(t *testing.T) {
	for name, tt := range map[string]struct {
		ends   time.Duration
		exited int // the status, or -1
	}{
		"in time":  {leaveWithin - 1, -1},
		"too late": {leaveWithin + 1, ExitOK},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan struct{})
				time.AfterFunc(tt.ends, func() { close(ended) })
				got := -1
				bound(ended, leaveWithin, func(status int) { got = status })
				if got != tt.exited {
					t.Errorf("exited with %d", got)
				}
				<-ended
			})
		})
	}
}
