//go:build unix

package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/tunnels/durable"
)

// soon bounds what must not wait for anybody.
const soon = 20 * time.Second

// nobody is another user.
const nobody = 65534

// writers are all that write below a name.
func writers(t *testing.T) map[string]func(path string) error {
	return map[string]func(path string) error{
		"Write":   func(path string) error { return durable.Write(path, []byte("new")) },
		"Replace": func(path string) error { return durable.Replace(path, []byte("victim"), []byte("new")) },
		"Create":  func(path string) error { return durable.Create(path, []byte("new"), 0o644) },
		"Save":    func(path string) error { return durable.Save(path, []byte("new"), 0o644) },
		"OpenToAppend": func(path string) error {
			f, err := durable.OpenToAppend(path)
			if err != nil {
				return err
			}
			_, err = f.WriteString("new")
			return errors.Join(err, f.Close())
		},
		"Lock": func(path string) error {
			unlock, err := durable.Lock(t.Context(), strings.TrimSuffix(path, ".lock"))
			if err == nil {
				unlock()
			}
			return err
		},
		"Read": func(path string) error {
			_, err := durable.Read(path, 100)
			return err
		},
	}
}

// inTime is do, which fails the test when it hangs.
func inTime(t *testing.T, do func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(soon):
		t.Fatal("it hangs")
		return nil
	}
}

// TestPlanted puts into the place of a file what another user could put there, or a
// program that went wrong: none of the writers waits, and none touches what the file
// has nothing to do with.
func TestPlanted(t *testing.T) {
	for name, tt := range map[string]struct {
		plant func(t *testing.T, path, victim string)
		may   string // the writers that succeed all the same
		says  error
	}{
		"a pipe":             {func(t *testing.T, path, _ string) { check(t, syscall.Mkfifo(path, 0o600)) }, "Lock", durable.ErrNoFile},
		"a folder":           {func(t *testing.T, path, _ string) { check(t, os.Mkdir(path, 0o700)) }, "Lock", durable.ErrNoFile},
		"a link to a device": {func(t *testing.T, path, _ string) { check(t, os.Symlink("/dev/full", path)) }, "Lock", durable.ErrNoFile},
		"a link to itself":   {func(t *testing.T, path, _ string) { check(t, os.Symlink(path, path)) }, "", nil},
		"another user's link in a folder for all": {func(t *testing.T, path, victim string) { foreign(t, path, victim) }, "Read", durable.ErrForeignLink},
		"another user's link to nothing yet":      {func(t *testing.T, path, victim string) { foreign(t, path, victim+"-not") }, "", durable.ErrForeignLink},
	} {
		if strings.HasPrefix(name, "another user") && os.Geteuid() != 0 {
			continue // who cannot change the user has no second one
		}
		for writer, do := range writers(t) {
			t.Run(name+"/"+writer, func(t *testing.T) {
				dir := t.TempDir()
				victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "place", "s.lock")
				check(t, os.WriteFile(victim, []byte("victim"), 0o600))
				check(t, os.Mkdir(filepath.Dir(path), 0o700))
				tt.plant(t, path, victim)
				err := inTime(t, func() error { return do(path) })
				if may := strings.Contains(tt.may, writer); err == nil && !may {
					t.Error("it succeeds")
				}
				if strict := writer == "Write" || writer == "OpenToAppend"; strict && tt.says != nil && !errors.Is(err, tt.says) {
					t.Errorf("it says %v", err)
				}
				holds(t, victim, "victim")
				if _, err := os.Lstat(victim + "-not"); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("it was made: %v", err)
				}
				alone(t, path)
			})
		}
	}
}

// foreign makes a link of another user, in a folder in which everybody may make files.
func foreign(t *testing.T, path, to string) {
	t.Helper()
	check(t, os.Chmod(filepath.Dir(path), fs.ModeSticky|0o777))
	check(t, os.Symlink(to, path))
	check(t, os.Lchown(path, nobody, nobody))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSave: a new file gets its mode, one that is there keeps it, and what is no file
// is written to.
func TestSave(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s.yaml")
	check(t, durable.Save(path, []byte("one"), 0o755))
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&^0o755 != 0 || info.Mode().Perm()&0o700 != 0o700 {
		t.Errorf("it has the mode %v, %v", info.Mode(), err)
	}
	check(t, os.Chmod(path, 0o640))
	check(t, durable.Save(path, []byte("two"), 0o755))
	holds(t, path, "two")
	hasMode(t, path, 0o640)
	alone(t, path)

	link := filepath.Join(dir, "link.yaml")
	check(t, os.Symlink(path, link))
	check(t, durable.Save(link, []byte("three"), 0o644))
	holds(t, path, "three")

	pipe := filepath.Join(dir, "pipe")
	check(t, syscall.Mkfifo(pipe, 0o600))
	if err := inTime(t, func() error { return durable.Save(pipe, []byte("x"), 0o644) }); !errors.Is(err, syscall.ENXIO) {
		t.Errorf("without a reader it says %v", err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	check(t, err)
	defer reader.Close()
	check(t, inTime(t, func() error { return durable.Save(pipe, []byte("through"), 0o644) }))
	got := make([]byte, 100)
	if n, err := reader.Read(got); string(got[:n]) != "through" {
		t.Errorf("the reader gets %q, %v", got[:n], err)
	}
	check(t, durable.Save("/dev/null", []byte("x"), 0o644))
	if info, err := os.Stat("/dev/null"); err != nil || info.Mode().IsRegular() {
		t.Errorf("the device is %v, %v", info, err)
	}
}

// TestFoldersThatCannotBeWritten: the error names the reason, and what is there stays.
func TestFoldersThatCannotBeWritten(t *testing.T) {
	for writer, do := range writers(t) {
		if writer == "Read" {
			continue
		}
		// Nobody makes files there, root included.
		if err := inTime(t, func() error { return do("/proc/self/s.lock") }); err == nil || durable.Reason(err).Error() == err.Error() {
			t.Errorf("%s: %v", writer, err)
		}
	}
}
