package folder

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/durable"
)

type settings struct {
	Version int      `json:"version"`
	Names   []string `json:"names,omitempty"`
}

func add(t *testing.T, f Folder, name string) {
	t.Helper()
	var v settings
	err := f.Update(t.Context(), "s.yaml", &v, func() error {
		v.Version = 1
		v.Names = append(v.Names, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUpdateAndRead(t *testing.T) {
	f := Open(filepath.Join(t.TempDir(), "a", "culvert"))
	var v settings
	if err := f.Read("s.yaml", &v); err != nil || v.Version != 0 {
		t.Errorf("a missing file reads as %+v, %v", v, err)
	}
	add(t, f, "one")
	add(t, f, "two")
	if err := f.Read("s.yaml", &v); err != nil || strings.Join(v.Names, " ") != "one two" {
		t.Errorf("it reads as %+v, %v", v, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]os.FileMode{f.File("s.yaml"): 0o600, f.path: 0o700, f.File("s.yaml.lock"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	list, err := os.ReadDir(f.path)
	if err != nil || len(list) != 2 {
		t.Errorf("the folder has %v, %v", list, err)
	}
}

func TestNoFolder(t *testing.T) {
	var f Folder
	var v settings
	if err := f.Read("s.yaml", &v); err != nil || f.Exists() || f.File("s.yaml") != "" {
		t.Errorf("reads as %+v, %v", v, err)
	}
	err := f.Update(t.Context(), "s.yaml", &v, func() error { return nil })
	if e := tunnels.AsError(err); e == nil || e.Hint == "" {
		t.Errorf("writing gives %v", err)
	}
}

func TestBrokenFileStays(t *testing.T) {
	tests := []struct{ name, data, says string }{
		{"no YAML", "version: [\n", "yaml"},
		{"another type", "version: many\n", "version"},
		{"a field of later", "version: 2\ncolour: red\n", "colour"},
		{"a field twice", "version: 1\nversion: 2\n", "version"},
		{"too large", "# " + strings.Repeat("x", maxSize) + "\nversion: 1\n", "more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Open(t.TempDir())
			if err := os.WriteFile(f.File("s.yaml"), []byte(tt.data), 0o600); err != nil {
				t.Fatal(err)
			}
			var v settings
			for _, err := range []error{
				f.Read("s.yaml", &v),
				f.Update(t.Context(), "s.yaml", &v, func() error { t.Error("changed"); return nil }),
			} {
				var e *tunnels.Error
				if !errors.As(err, &e) || e.Hint == "" || !strings.Contains(e.Error(), f.File("s.yaml")) ||
					!strings.Contains(e.Error(), tt.says) || strings.Contains(e.Error(), "\n") {
					t.Errorf("the error is %v", err)
				}
			}
			if data, err := os.ReadFile(f.File("s.yaml")); err != nil || string(data) != tt.data {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
}

func TestNoFileAtAll(t *testing.T) {
	f := Open(t.TempDir())
	if err := os.Mkdir(f.File("s.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	var v settings
	if err := f.Read("s.yaml", &v); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a folder reads as %v", err)
	}
}

func TestChangeThatFailsWritesNothing(t *testing.T) {
	f := Open(t.TempDir())
	add(t, f, "one")
	wrong := errors.New("no")
	var v settings
	if err := f.Update(t.Context(), "s.yaml", &v, func() error { v.Names = nil; return wrong }); !errors.Is(err, wrong) {
		t.Errorf("the error is %v", err)
	}
	var again settings
	if err := f.Read("s.yaml", &again); err != nil || len(again.Names) != 1 {
		t.Errorf("it reads as %+v, %v", again, err)
	}
}

func TestSameContentIsNotWritten(t *testing.T) {
	f := Open(t.TempDir())
	add(t, f, "one")
	before, err := os.Stat(f.File("s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var v settings
	if err := f.Update(t.Context(), "s.yaml", &v, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(f.File("s.yaml"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("it was written: %v", err)
	}
}

func TestNoChangeIsLost(t *testing.T) {
	f := Open(t.TempDir())
	const n = 20
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { add(t, f, "x") })
	}
	wg.Wait()
	var v settings
	if err := f.Read("s.yaml", &v); err != nil || len(v.Names) != n {
		t.Errorf("%d changes are left, %v", len(v.Names), err)
	}
}

func TestLockedByAnother(t *testing.T) {
	f := Open(t.TempDir())
	unlock, err := durable.Lock(t.Context(), f.File("s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var v settings
	if err := f.Update(ctx, "s.yaml", &v, func() error { t.Error("changed"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	unlock()
	add(t, f, "one")
}

func TestLinkStaysALink(t *testing.T) {
	f, elsewhere := Open(t.TempDir()), filepath.Join(t.TempDir(), "real.yaml")
	if err := os.WriteFile(elsewhere, []byte("version: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, f.File("s.yaml")); err != nil {
		if errors.Is(err, syscall.EPERM) || runtime.GOOS == "windows" {
			return // who may not make links has none
		}
		t.Fatal(err)
	}
	add(t, f, "one")
	if info, err := os.Lstat(f.File("s.yaml")); err != nil || info.Mode().IsRegular() {
		t.Errorf("it is %v, %v", info, err)
	}
	if data, err := os.ReadFile(elsewhere); err != nil || !strings.Contains(string(data), "one") {
		t.Errorf("it holds %q, %v", data, err)
	}
}

func TestDefault(t *testing.T) {
	t.Setenv("HOME", "/home/x")
	t.Setenv("XDG_CONFIG_HOME", "")
	if path, err := Default(); err != nil || filepath.Base(path) != "culvert" || !strings.HasPrefix(path, "/home/x") && runtime.GOOS != "windows" {
		t.Errorf("the folder is %q, %v", path, err)
	}
}
