package ui

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

func TestPumpDrawsAtOnceAndThenAtMostTenTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := newPump()
		start := time.Now()
		var drawn []time.Duration
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.run(ctx, func(context.Context) { drawn = append(drawn, time.Since(start)) })
		}()
		for range 50 { // a burst of half a second
			p.mark()
			synctest.Wait()
			wait(10 * time.Millisecond)
		}
		cancel()
		<-done
		if len(drawn) == 0 || drawn[0] != 0 {
			t.Errorf("the first drawing came at %v", drawn)
		}
		if len(drawn) > 6 {
			t.Errorf("half a second had %d drawings: %v", len(drawn), drawn)
		}
	})
}

func TestPumpDrawsLessOftenWhatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := newPump()
		var n atomic.Int64
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.run(ctx, func(context.Context) { n.Add(1) })
		}()
		counts := func(d time.Duration) int {
			before := n.Load()
			for range d / (20 * time.Millisecond) {
				p.mark()
				synctest.Wait()
				wait(20 * time.Millisecond)
			}
			return int(n.Load() - before)
		}
		if got := counts(time.Second); got < 9 || got > 11 {
			t.Errorf("the first second of changes had %d drawings, want ten", got)
		}
		if got := counts(10 * time.Second); got < 38 || got > 43 {
			t.Errorf("the next ten had %d drawings, want four in each", got)
		}
		wait(2500 * time.Millisecond) // between two ticks
		before := n.Load()
		p.mark()
		synctest.Wait()
		if n.Load() != before+1 {
			t.Error("after a pause a change is not drawn at once")
		}
		cancel()
		<-done
	})
}

func TestPumpDrawsEachSecondByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		n := 0
		newPump().run(ctx, func(context.Context) { n++ })
		if n != 3 {
			t.Errorf("3.5 s had %d drawings", n)
		}
	})
}

// TestPumpDrawsNewsSoon: what the user waits for is not held up by what goes on.
func TestPumpDrawsNewsSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := newPump()
		var told, worst atomic.Int64 // since when news waits; 0 for none
		start := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.run(ctx, func(context.Context) {
				if at := told.Swap(0); at != 0 {
					worst.Store(max(worst.Load(), int64(time.Since(start))-at))
				}
			})
		}()
		for i := range 1000 { // counters all the time, and news now and then
			p.mark()
			if i%70 == 69 {
				told.Store(int64(time.Since(start)))
				p.tell()
			}
			synctest.Wait()
			wait(10 * time.Millisecond)
		}
		cancel()
		<-done
		if w := time.Duration(worst.Load()); w == 0 || w > drawEvery+10*time.Millisecond {
			t.Errorf("news waited for %v", w)
		}
	})
}

func TestIsNews(t *testing.T) {
	st := func(id tunnels.ID, s tunnels.State, in uint64) tunnels.Status {
		return tunnels.Status{Spec: tunnels.Spec{ID: id}, State: s, In: in}
	}
	was := tunnels.Snapshot{st("a", tunnels.Ready, 1), st("b", tunnels.Stopped, 0)}
	tests := []struct {
		name string
		now  tunnels.Snapshot
		want bool
	}{
		{"a counter", tunnels.Snapshot{st("a", tunnels.Ready, 2), st("b", tunnels.Stopped, 0)}, false},
		{"a state", tunnels.Snapshot{st("a", tunnels.Ready, 1), st("b", tunnels.Starting, 0)}, true},
		{"another order", tunnels.Snapshot{st("b", tunnels.Ready, 1), st("a", tunnels.Stopped, 0)}, true},
		{"one is gone", was[:1], true},
	}
	for _, tt := range tests {
		if got := isNews(was, tt.now); got != tt.want {
			t.Errorf("%s: it is news: %t", tt.name, got)
		}
	}
}

// wait lets time pass in a bubble.
func wait(d time.Duration) { <-time.After(d) }
