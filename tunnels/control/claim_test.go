package control

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
)

// TestTwentyAtOnce: of twenty processes that start at the same time one is first,
// and all others reach it.
func TestTwentyAtOnce(t *testing.T) {
	d := dir(t)
	const n = 20
	said := make(chan string, n)
	for range n {
		_, out := start(t, d)
		go func() {
			out.Scan()
			said <- out.Text()
		}()
	}
	firsts, reached := 0, make(map[string]int)
	for range n {
		var what, pid, rest string
		text := <-said
		fmt.Sscan(text, &what, &pid, &rest)
		switch {
		case what == "first":
			firsts++
		case what == "second" && rest == "got" && strings.HasSuffix(text, "<nil>"):
		default:
			t.Errorf("one says %q", text)
		}
		reached[pid]++
	}
	if firsts != 1 || len(reached) != 1 {
		t.Errorf("%d were first, and the others reached %v", firsts, reached)
	}
}

// TestKilled: what a killed first has left is cleaned away by the next one.
func TestKilled(t *testing.T) {
	d := dir(t)
	for range 3 {
		cmd, out := start(t, d)
		if out.Scan(); !strings.HasPrefix(out.Text(), "first") {
			t.Fatalf("it says %q", out.Text())
		}
		cmd.Process.Kill()
		cmd.Wait()
		if _, err := os.Lstat(filepath.Join(d, "window.lock")); err != nil {
			t.Fatal(err)
		}
	}
	first(t, d, &answering{})
	if err := second(t, d).Raise(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestOneAfterTheOther: the end of the first makes room for another.
func TestOneAfterTheOther(t *testing.T) {
	d := dir(t)
	for range 3 {
		s := first(t, d, &answering{})
		second(t, d)
		s.Close()
		left, err := os.ReadDir(d)
		if err != nil || len(left) != 1 || left[0].Name() != "window.lock" {
			t.Errorf("it leaves %v, %v", left, err)
		}
	}
}

// TestLeaving: who comes while the first is leaving waits, and is first then.
func TestLeaving(t *testing.T) {
	d := dir(t)
	s := first(t, d, &answering{})
	s.Leave()
	next := make(chan error)
	go func() {
		later, c, err := Claim(t.Context(), Options{Dir: d, patience: long})
		if err == nil && c != nil {
			err = errors.New("it is not first")
		}
		if later != nil {
			later.Close()
		}
		next <- err
	}()
	tick := time.NewTimer(3 * retryEvery)
	select {
	case err := <-next:
		t.Fatalf("it did not wait: %v", err)
	case <-tick.C:
	}
	s.Close()
	if err := <-next; err != nil {
		t.Error(err)
	}
}

// TestSilent: a first that does not answer is told with its process, and lives on.
func TestSilent(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, d string)
	}{
		{"it accepts and says nothing", func(t *testing.T, d string) {
			p, err := findPlace(d, RoleWindow)
			if err != nil {
				t.Fatal(err)
			}
			lock, err := tryLock(p)
			if err != nil || lock == nil {
				t.Fatal(lock, err)
			}
			l, err := listen(p.socket)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				l.Close()
				lock.Close()
			})
		}},
		{"it has the lock and no socket", func(t *testing.T, d string) {
			p, err := findPlace(d, RoleWindow)
			if err != nil {
				t.Fatal(err)
			}
			lock, err := tryLock(p)
			if err != nil || lock == nil {
				t.Fatal(lock, err)
			}
			t.Cleanup(func() { lock.Close() })
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := dir(t)
			tt.spoil(t, d)
			s, c, err := Claim(t.Context(), Options{Dir: d, patience: 100 * time.Millisecond})
			e, ok := errors.AsType[*tunnels.Error](err)
			if s != nil || c != nil || !ok || errors.Is(err, ErrNoPlace) ||
				!strings.Contains(e.Error(), fmt.Sprintf("process %d", os.Getpid())) || !strings.Contains(e.Hint, "end process") {
				t.Errorf("got %v, %v, %v", s, c, err)
			}
		})
	}
}

// TestCleanedAway: when a tidy system has removed the lock's file, two firsts may
// be; the file that is there decides from then on.
func TestCleanedAway(t *testing.T) {
	d := dir(t)
	p, err := findPlace(d, RoleWindow)
	if err != nil {
		t.Fatal(err)
	}
	old, err := tryLock(p)
	if err != nil || old == nil {
		t.Fatal(old, err)
	}
	defer old.Close()
	if err := os.Remove(p.lock); err != nil {
		t.Fatal(err)
	}
	if same(old, p.lock) {
		t.Error("a file that is gone counts as the lock's")
	}
	first(t, d, &answering{})
	if p.holder() != os.Getpid() {
		t.Errorf("the holder is %d", p.holder())
	}
}
