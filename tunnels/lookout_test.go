package tunnels

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestFault54ClockJumps(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	tests := map[string]struct {
		wall, mono time.Duration // passed between two ticks
		slept      bool
	}{
		"nothing":                    {time.Second, time.Second, false},
		"a busy machine":             {4 * time.Second, 4 * time.Second, false},
		"a sleep of a minute":        {61 * time.Second, time.Second, true},
		"a sleep of eight hours":     {8 * time.Hour, time.Second, true},
		"a sleep on Windows":         {time.Minute, time.Minute, true},
		"the process stood still":    {10 * time.Second, 10 * time.Second, true},
		"the clock set back":         {-time.Hour, time.Second, false},
		"the clock set forward":      {time.Hour, time.Second, true}, // a harmless ping
		"back while the process was": {-time.Hour, 10 * time.Second, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := moment{start, time.Hour}
			if got := slept(before, moment{start.Add(tt.wall), time.Hour + tt.mono}); got != tt.slept {
				t.Errorf("slept = %v", got)
			}
		})
	}
}

func TestLookout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex // guards the next three
		var ahead time.Duration
		home := []string{"192.0.2.1/24"}
		woken := 0
		locked := func(f func()) {
			mu.Lock()
			defer mu.Unlock()
			f()
		}
		began := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			clock := func() (m moment) {
				locked(func() { m = moment{time.Now().Add(ahead).Round(0), time.Since(began)} })
				return m
			}
			before := clock()
			lookout(ctx, clock, func(now moment) bool {
				last := before
				before = now
				return slept(last, now)
			}, func() (as []string) {
				locked(func() { as = home })
				return as
			}, func() { locked(func() { woken++ }) }, func(moment) {})
		}()
		want := func(n int, after time.Duration) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			locked(func() {
				if woken != n {
					t.Errorf("woken %d times, want %d", woken, n)
				}
			})
		}
		want(0, time.Minute)
		locked(func() { ahead = time.Hour })
		want(1, 2*time.Second)
		want(1, time.Minute)
		locked(func() { home = []string{"198.51.100.7/24"} })
		want(2, 2*time.Second)
		locked(func() { home = nil }) // the system does not tell
		want(2, time.Minute)
		locked(func() { home = []string{"198.51.100.7/24"} })
		want(2, time.Minute)
		cancel()
		<-done
	})
}

func TestAddressesAreTold(t *testing.T) {
	for _, a := range addresses() {
		if a == "127.0.0.1/8" || a == "::1/128" {
			t.Errorf("%s leads nowhere", a)
		}
	}
}

func TestDeadlines(t *testing.T) {
	start := moment{time.Unix(1_000_000, 0), time.Hour}
	hour := deadline{armed: true, at: start.after(time.Hour)}
	tests := map[string]struct {
		at         deadline
		wall, mono time.Duration // passed since start
		want       bool
	}{
		"none":                    {deadline{}, 100 * time.Hour, 100 * time.Hour, false},
		"early":                   {hour, 59 * time.Minute, 59 * time.Minute, false},
		"the time":                {hour, time.Hour, time.Hour, true},
		"a sleep on Linux, macOS": {hour, 8 * time.Hour, time.Minute, true},
		"the clock set back":      {hour, time.Minute, time.Hour, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.at.due(moment{start.wall.Add(tt.wall), start.mono + tt.mono}); got != tt.want {
				t.Errorf("due = %v", got)
			}
		})
	}
}

func TestRoundly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second:                      "1 s",
		90 * time.Second:                 "2 min",
		45 * time.Minute:                 "45 min",
		time.Hour:                        "1 h",
		90 * time.Minute:                 "1 h 30 min",
		7 * 24 * time.Hour:               "7 d",
		26*time.Hour + 10*time.Minute:    "1 d 2 h",
		time.Hour + 300*time.Millisecond: "1 h",
	} {
		if got := roundly(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
