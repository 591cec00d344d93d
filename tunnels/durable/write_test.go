package durable_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"culvert/tunnels/durable"
)

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "s.yaml")
	for _, text := range []string{"one", "two, which is longer", ""} {
		if err := durable.Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, text)
	}
	alone(t, path)
	if runtime.GOOS == "windows" {
		return
	}
	hasMode(t, path, 0o600)
	hasMode(t, filepath.Dir(path), fs.ModeDir|0o700)
	hasMode(t, filepath.Dir(filepath.Dir(path)), fs.ModeDir|0o700)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := durable.Write(path, []byte("three")); err != nil {
		t.Fatal(err)
	}
	hasMode(t, path, 0o644)
}

func TestReplace(t *testing.T) {
	tests := []struct {
		name, old, is string
		err           error
	}{
		{"as it was read", "one", "one", nil},
		{"another of the same length", "one", "two", durable.ErrChanged},
		{"a longer one", "one", "one and more", durable.ErrChanged},
		{"a shorter one", "one", "", durable.ErrChanged},
		{"none", "one", "none", durable.ErrChanged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, want := filepath.Join(t.TempDir(), "s.yaml"), tt.is
			if tt.is != "none" {
				if err := durable.Write(path, []byte(tt.is)); err != nil {
					t.Fatal(err)
				}
			}
			if err := durable.Replace(path, []byte(tt.old), []byte("new")); !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Errorf("it gives %v", err)
			}
			switch {
			case tt.is == "none":
				if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("it was made: %v", err)
				}
				return
			case tt.err == nil:
				want = "new"
			}
			holds(t, path, want)
			alone(t, path)
		})
	}
}

func TestLinkStaysALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // few may make links there
	}
	tests := []struct {
		name string
		link func(dir string) string // what it says
		make bool
	}{
		{"absolute", func(dir string) string { return filepath.Join(dir, "git", "real.yaml") }, true},
		{"relative", func(string) string { return filepath.Join("git", "real.yaml") }, true},
		{"to nothing yet", func(string) string { return filepath.Join("git", "real.yaml") }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path, real := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "git", "real.yaml")
			if tt.make {
				if err := durable.Write(real, []byte("old")); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink(tt.link(dir), path); err != nil {
				t.Fatal(err)
			}
			if err := durable.Write(path, []byte("new")); err != nil {
				t.Fatal(err)
			}
			holds(t, real, "new")
			alone(t, real)
			if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("the link is %v, %v", info, err)
			}
		})
	}
}

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "s.yaml")
	if err := durable.Create(path, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := durable.Create(path, []byte("two"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the second gives %v", err)
	}
	holds(t, path, "one")
	alone(t, path)
}

func TestOnlyFilesAreReplaced(t *testing.T) {
	dir := t.TempDir()
	if err := durable.Write(dir, []byte("x")); err == nil {
		t.Error("a folder was replaced")
	}
	alone(t, filepath.Join(dir, "nothing"))
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-2 * time.Hour)
	for name, when := range map[string]time.Time{
		".s.yaml.culvert-123":     old,
		".t.yaml.culvert-7":       time.Now(),
		".s.yaml.culvert-123.bak": old,
		".s.yaml.swp":             old,
		"s.yaml.culvert-123":      old,
		".culvert-123":            old,
		".s.yaml.culvert-":        old,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	if err := durable.Write(filepath.Join(dir, "s.yaml"), nil); err != nil {
		t.Fatal(err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 7 {
		t.Errorf("there are %v, %v", list, err)
	}
	if _, err := os.Lstat(filepath.Join(dir, ".s.yaml.culvert-123")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is old and ours: %v", err)
	}
	durable.Sweep(dir, 0)
	if _, err := os.Lstat(filepath.Join(dir, ".t.yaml.culvert-7")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is ours: %v", err)
	}
}

func TestLockExcludes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "s.yaml")
	var within, n atomic.Int32 // the race detector knows nothing of the lock
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			unlock, err := durable.Lock(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			if others := within.Add(1) - 1; others != 0 {
				t.Errorf("%d others are within", others)
			}
			n.Add(1)
			within.Add(-1)
		})
	}
	wg.Wait()
	if n.Load() != 8 {
		t.Errorf("%d came in", n.Load())
	}
}

func TestLockWaitsForNoOneWhoHasGoneAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.yaml")
	unlock, err := durable.Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := durable.Lock(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	unlock()
	again, err := durable.Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if data, err := os.ReadFile(path); err != nil || string(data) != want {
		t.Errorf("%s holds %q, %v; want %q", path, data, err, want)
	}
}

// alone checks that nothing is left beside a file.
func alone(t *testing.T, path string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.Name() != filepath.Base(path) {
			t.Errorf("%s is left", e.Name())
		}
	}
}

func hasMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	if info, err := os.Stat(path); err != nil || info.Mode() != want {
		t.Errorf("%s: %v, %v; want %v", path, info, err, want)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.yaml")
	if err := durable.Write(path, []byte("12345")); err != nil {
		t.Fatal(err)
	}
	for most, want := range map[int]string{0: "", 4: "1234", 5: "12345", 9: "12345"} {
		if data, err := durable.Read(path, most); err != nil || string(data) != want {
			t.Errorf("of at most %d bytes it reads %q, %v", most, data, err)
		}
	}
	if data, err := durable.Read(filepath.Dir(path), 9); err == nil {
		t.Errorf("of a folder it reads %q", data)
	}
	_, err := durable.Read(path+"x", 9)
	if reason := durable.Reason(err); !errors.Is(err, fs.ErrNotExist) || reason.Error() == err.Error() {
		t.Errorf("the reason of %v is %v", err, reason)
	}
	err = os.Rename(path+"x", path)
	if reason := durable.Reason(err); err == nil || reason.Error() == err.Error() {
		t.Errorf("the reason of %v is %v", err, reason)
	}
}
