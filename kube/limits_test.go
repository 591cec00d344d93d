package kube

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"culvert/tunnels"
)

// TestExtraSessionsLeaveRoom for tunnels that have none, and do not wait.
func TestExtraSessionsLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &limits{server: "s", places: make(chan struct{}, maxSessions), dials: rate.NewLimiter(dialsPerSec, dialBurst)}
		dial := func(ctx context.Context) bool {
			start := time.Now()
			leave, err := l.enter(ctx)
			if err == nil {
				if err := l.await(ctx); err != nil {
					t.Fatal(err)
				}
			} else if time.Since(start) > 0 {
				t.Errorf("it waited for %v", time.Since(start))
			}
			return leave != nil
		}
		extra := tunnels.Extra(t.Context())
		granted := 0
		for range dialBurst {
			if dial(extra) {
				granted++
			}
		}
		if want := dialBurst - keptDials + 1; granted != want {
			t.Errorf("%d extra dials at once, want %d", granted, want)
		}
		for len(l.places) < maxSessions-keptSessions {
			time.Sleep(time.Second)
			if !dial(extra) {
				t.Fatalf("no extra session beside %d", len(l.places))
			}
		}
		time.Sleep(time.Second)
		if dial(extra) {
			t.Error("an extra session takes what is kept for others")
		}
		if !dial(t.Context()) {
			t.Error("a first session gets no place")
		}
	})
}
