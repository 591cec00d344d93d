package keyring

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

// watched collects the states that a keyring tells of.
type watched struct {
	mu     sync.Mutex
	states []State
	last   Condition
}

func (w *watched) note(c Condition) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.states, w.last = append(w.states, c.State), c
}

func (w *watched) is(t *testing.T, want ...State) {
	t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.states) != len(want) {
		t.Fatalf("it was told %v instead of %v", w.states, want)
	}
	for i := range want {
		if w.states[i] != want[i] {
			t.Fatalf("it was told %v instead of %v", w.states, want)
		}
	}
}

func TestConditions(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want State
		hint string
	}{
		{"it works", nil, Fine, ""},
		{"there is no such token", ErrNotFound, Fine, ""},
		{"the token is too large", errTooBig, Fine, ""},
		{"locked", errLocked, Locked, "Unlock it"},
		{"without a collection", errNoCollection, Locked, "Make one"},
		{"none", errNone, Absent, "gnome-keyring or KWallet"},
		{"something else", errors.New("oops"), Broken, "unlocked"},
		{"a connection that broke off", errBroken, Broken, "unlocked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := conditionAfter(tt.err)
			if c.State != tt.want || (c.Err != nil) != (tt.hint != "") || c.Err != nil && !strings.Contains(c.Err.Hint, tt.hint) {
				t.Errorf("it is %v, %+v", c.State, c.Err)
			}
		})
	}
}

// TestWatch: who watches sees that the keyring asks its user, and what came of it.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, w := newFake(), &watched{}
		hang := make(chan struct{})
		f.hang, f.err = hang, errLocked
		k := New(f, nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go k.Watch(ctx, w.note)
		w.is(t, Fine)
		var wg sync.WaitGroup
		wg.Go(func() { k.Get(t.Context(), "a") })
		time.Sleep(slowAfter - 1) // of the bubble's clock
		w.is(t, Fine)
		time.Sleep(time.Nanosecond)
		w.is(t, Fine, Asking)
		close(hang)
		wg.Wait()
		w.is(t, Fine, Asking, Locked)
		f.err = nil
		k.Get(t.Context(), "a")
		w.is(t, Fine, Asking, Locked, Fine)
	})
}

// TestWatchHang: a keyring that hangs is told, and so is its late answer.
func TestWatchHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, w := newFake(), &watched{}
		hang := make(chan struct{})
		f.hang = hang
		k := New(f, nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go k.Watch(ctx, w.note)
		k.Get(t.Context(), "a")
		w.is(t, Fine, Asking, Broken)
		if !errors.Is(w.last.Err, errHangs) {
			t.Errorf("the reason is %v", w.last.Err)
		}
		close(hang)
		w.is(t, Fine, Asking, Broken, Fine)
	})
}

// TestRetry moves what memory has into a keyring that works again.
func TestRetry(t *testing.T) {
	f := newFake()
	f.err = errLocked
	k := New(f, nil)
	k.Set(t.Context(), "a", "one")
	k.Set(t.Context(), "b", "two")
	if err := k.Retry(t.Context()); !errors.Is(err, errLocked) || tunnels.AsError(err).Hint == "" {
		t.Errorf("with a locked one: %v", err)
	}
	f.err = nil
	if err := k.Retry(t.Context()); err != nil {
		t.Error(err)
	}
	if f.secrets["culvert/a"] != "one" || f.secrets["culvert/b"] != "two" || len(k.memory) > 0 {
		t.Errorf("the keyring has %v, memory %v", f.secrets, k.memory)
	}
}

// TestRetryOfWhatIsGone: what was deleted meanwhile does not come back.
func TestRetryOfWhatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.err = errLocked
		k := New(f, nil)
		k.Set(t.Context(), "a", "one")
		f.err = nil
		hang := make(chan struct{})
		f.hang = hang
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := k.Retry(t.Context()); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			synctest.Wait()
			if _, err := k.Delete(t.Context(), "a"); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Second) // of the bubble's clock
		close(hang)
		wg.Wait()
		if len(f.secrets)+len(k.memory) > 0 {
			t.Errorf("the keyring has %v, memory %v", f.secrets, k.memory)
		}
	})
}

func TestLimits(t *testing.T) {
	const name = "dev ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	// As the library (go-keyring 0.2.8) writes it on macOS, with a quoted name.
	darwin := func(secret int) int {
		return len("add-generic-password -U -s culvert -a '"+name+"' -w go-keyring-base64:\n") + (secret+2)/3*4
	}
	most := 0
	for darwin(most+1) <= mostOnDarwin {
		most++
	}
	for _, tt := range []struct {
		system string
		size   int
		fits   bool
	}{
		{"linux", 1 << 20, true},
		{"windows", 2560, true},
		{"windows", 2561, false},
		{"darwin", 2900, true},
		{"darwin", most + 1, false},
		{"darwin", 1 << 20, false},
	} {
		err := fitsOn(tt.system, service, name, strings.Repeat("x", tt.size))
		if (err == nil) != tt.fits || err != nil && !errors.Is(err, errTooBig) {
			t.Errorf("%d bytes on %s: %v", tt.size, tt.system, err)
		}
	}
}

// TestTooBig: a token that the system would not take is kept in memory, and the
// system is not asked.
func TestTooBig(t *testing.T) {
	f := newFake()
	f.err = errTooBig
	k := New(f, nil)
	place, err := k.Set(t.Context(), "a", "secret")
	if place != Memory || !errors.Is(err, errTooBig) || !strings.Contains(tunnels.AsError(err).Hint, "shorter token") {
		t.Errorf("it is at %v, %v", place, err)
	}
}
