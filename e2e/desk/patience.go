package desk

import (
	"context"
	"testing"
	"time"
)

// Patience bounds what a test waits for. It is long, for the machine may be
// busy; tests wait for events and not for time.
const Patience = 60 * time.Second

// Eventually calls try again and again until it returns nil. What takes long is
// told.
func Eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	Within(t, Patience, what, try)
}

// Within is [Eventually] for what has to come in less time.
func Within(t *testing.T, limit time.Duration, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	began := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			if took := time.Since(began); took > 3*time.Second {
				t.Logf("%s: after %.1f s", what, took.Seconds())
			}
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %v: %v", what, limit, err)
		}
	}
}
