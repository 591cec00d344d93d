package keyring

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest/leaks"
)

func TestMain(m *testing.M) { os.Exit(leaks.Run(m)) }

// fake is a keyring of the system.
type fake struct {
	mu      sync.Mutex
	secrets map[string]string
	err     error         // of all calls
	hang    chan struct{} // nil, or what calls wait for
	calls   int
	busy    int
	most    int // calls at the same time
}

func (f *fake) begin() (err error) {
	f.mu.Lock()
	f.calls++
	f.busy++
	f.most = max(f.most, f.busy)
	hang, err := f.hang, f.err
	f.mu.Unlock()
	if hang != nil {
		<-hang
	}
	f.mu.Lock()
	f.busy--
	f.mu.Unlock()
	return err
}

func (f *fake) Set(service, name, secret string) error {
	err := f.begin()
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		f.secrets[service+"/"+name] = secret
	}
	return err
}

func (f *fake) Get(service, name string) (string, error) {
	if err := f.begin(); err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.secrets[service+"/"+name]
	if !ok {
		return "", ErrNotFound
	}
	return s, nil
}

func (f *fake) Delete(service, name string) error {
	if err := f.begin(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.secrets[service+"/"+name]; !ok {
		return ErrNotFound
	}
	delete(f.secrets, service+"/"+name)
	return nil
}

func newFake() *fake { return &fake{secrets: make(map[string]string)} }

func TestPlaces(t *testing.T) {
	tests := []struct {
		name  string
		store func() Store
		place Place
		says  string
	}{
		{"a keyring", func() Store { return newFake() }, System, ""},
		{"none", func() Store { return nil }, Memory, "no keyring"},
		{"no session bus", func() Store { return &fake{err: errNone} }, Memory, "no keyring"},
		{"locked", func() Store { return &fake{err: errLocked} }, Memory, "is locked"},
		{"too large a secret", func() Store { return &fake{err: errTooBig} }, Memory, "too large"},
		{"a library that panics", func() Store { return &fake{} }, Memory, "broke off"}, // its map is nil
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New(tt.store(), nil)
			place, err := k.Set(t.Context(), "a", "secret")
			if place != tt.place || (err == nil) != (tt.says == "") {
				t.Fatalf("it is kept at %v, %v", place, err)
			}
			if e := tunnels.AsError(err); e != nil && (!strings.Contains(e.Error(), tt.says) || e.Hint == "" || strings.Contains(e.Error(), "secret")) {
				t.Errorf("the error is %v, %s", e, e.Hint)
			}
			if s, place, err := k.Get(t.Context(), "a"); s != "secret" || place != tt.place || err != nil {
				t.Errorf("got %q at %v, %v", s, place, err)
			}
			if place, err := k.Delete(t.Context(), "a"); place != tt.place || err != nil {
				t.Errorf("deleted at %v, %v", place, err)
			}
			if s, place, err := k.Get(t.Context(), "a"); s != "" || place != Nowhere || err == nil {
				t.Errorf("afterwards got %q at %v, %v", s, place, err)
			}
		})
	}
}

func TestMissingSecret(t *testing.T) {
	for name, k := range map[string]*Keyring{"a keyring": New(newFake(), nil), "none": New(nil, nil)} {
		if _, _, err := k.Get(t.Context(), "a"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if place, err := k.Delete(t.Context(), "a"); place != Nowhere || err != nil {
			t.Errorf("%s: deleted at %v, %v", name, place, err)
		}
	}
}

// TestHang: a keyring that hangs costs 30 seconds once, and nothing afterwards
// until it has answered.
func TestHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.hang = make(chan struct{})
		var told atomic.Int32
		k := New(f, func(text string) {
			if !strings.Contains(text, "keyring") {
				t.Errorf("told %q", text)
			}
			told.Add(1)
		})
		began := time.Now()
		place, err := k.Set(t.Context(), "a", "secret")
		if place != Memory || err == nil || time.Since(began) != timeout || told.Load() != 1 {
			t.Errorf("after %v it is at %v, %v, told %d times", time.Since(began), place, err, told.Load())
		}
		if s, _, err := k.Get(t.Context(), "a"); s != "secret" || err != nil {
			t.Errorf("got %q, %v", s, err)
		}
		began = time.Now()
		if _, _, err := k.Get(t.Context(), "b"); err == nil || time.Since(began) != 0 {
			t.Errorf("another call took %v, %v", time.Since(began), err)
		}
		close(f.hang)
		synctest.Wait()
		if place, err := k.Set(t.Context(), "b", "secret"); place != System || err != nil {
			t.Errorf("later it is at %v, %v", place, err)
		}
	})
}

// TestLateSet: what the keyring takes after Set was given up stays there only if
// it is still wanted.
func TestLateSet(t *testing.T) {
	for name, tt := range map[string]struct {
		meanwhile func(*testing.T, *Keyring)
		memory    string // afterwards
		system    string
	}{
		"still wanted": {func(*testing.T, *Keyring) {}, "", "secret"},
		"deleted": {func(t *testing.T, k *Keyring) {
			if place, err := k.Delete(t.Context(), "a"); place != Memory || err == nil || tunnels.AsError(err).Hint == "" {
				t.Errorf("deleted at %v, %v", place, err)
			}
		}, "", ""},
		"replaced": {func(t *testing.T, k *Keyring) {
			if place, err := k.Set(t.Context(), "a", "another"); place != Memory || err == nil {
				t.Errorf("replaced at %v, %v", place, err)
			}
		}, "another", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				hang := make(chan struct{})
				f.hang = hang
				k := New(f, nil)
				if place, err := k.Set(t.Context(), "a", "secret"); place != Memory || err == nil {
					t.Fatalf("it is at %v, %v", place, err)
				}
				tt.meanwhile(t, k)
				close(hang)
				synctest.Wait()
				if k.memory["a"] != tt.memory || f.secrets["culvert/a"] != tt.system {
					t.Errorf("memory has %v, the keyring %v", k.memory, f.secrets)
				}
			})
		})
	}
}

// TestDeleteGivenUp says that the secret may be in the keyring.
func TestDeleteGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.hang = make(chan struct{})
		k := New(f, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if place, err := k.Set(ctx, "a", "secret"); place != Memory || err == nil {
			t.Fatalf("it is at %v, %v", place, err)
		}
		if place, err := k.Delete(t.Context(), "a"); place != Memory || !errors.Is(err, errHangs) {
			t.Errorf("deleted at %v, %v", place, err)
		}
		close(f.hang)
		synctest.Wait()
		if len(k.memory)+len(f.secrets) > 0 {
			t.Errorf("memory has %v, the keyring %v", k.memory, f.secrets)
		}
	})
}

func TestOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.hang = make(chan struct{})
		k := New(f, nil)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if _, err := k.Set(t.Context(), "a", "secret"); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(time.Second) // of the bubble's clock
		close(f.hang)
		wg.Wait()
		if f.most != 1 || f.calls != 5 {
			t.Errorf("%d calls, %d at once", f.calls, f.most)
		}
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.hang = make(chan struct{})
		k := New(f, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := k.Get(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		close(f.hang)
	})
}
