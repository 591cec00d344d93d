package logfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"culvert/tunnels/durable"
)

func read(t *testing.T, paths ...string) string {
	t.Helper()
	var all bytes.Buffer
	for _, p := range slices.Backward(paths) {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

func TestFilesStayFewAndSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "culvert.log")
	f := New(path, func(err error) { t.Error(err) })
	f.most = 100
	var last string
	for i := range 50 {
		last = fmt.Sprintf("this is record %02d\n", i) // 18 bytes: five to a file
		if n, err := f.Write([]byte(last)); n != len(last) || err != nil {
			t.Fatalf("written are %d bytes, %v", n, err)
		}
	}
	paths := f.Paths()
	if want := []string{path, path + ".1", path + ".2"}; !slices.Equal(paths, want) {
		t.Fatalf("the files are %v, want %v", paths, want)
	}
	all := read(t, paths...)
	if !strings.HasSuffix(all, last) || !strings.HasPrefix(all, "this is record 35\n") || strings.Count(all, "\n") != 15 {
		t.Errorf("they hold\n%s", all)
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil || info.Size() > 100 || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", p, info, err)
		}
	}
}

// TestSeveralWriters stand for several processes: each has a File of its own.
func TestSeveralWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "culvert.log")
	const writers, records = 8, 100
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			f := New(path, func(err error) { t.Error(err) })
			f.most = 20_000 // of some 60,000 in three files
			for r := range records {
				_, _ = f.Write(fmt.Appendf(nil, "writer %d record %03d %s\n", w, r, strings.Repeat("x", 40)))
			}
		})
	}
	all.Wait()
	paths := New(path, nil).Paths()
	lines := strings.Split(strings.TrimSuffix(read(t, paths...), "\n"), "\n")
	seen := make(map[string]bool)
	for _, l := range lines {
		if len(l) != len("writer 0 record 000 ")+40 || seen[l] {
			t.Fatalf("%q is torn, or there twice", l)
		}
		seen[l] = true
	}
	if len(lines) < 600 {
		t.Errorf("of %d records only %d are left", writers*records, len(lines))
	}
}

func TestNothingDisturbs(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a folder that is a file": filepath.Join(file, "culvert.log"),
		"a log that is a folder":  dir,
	} {
		t.Run(name, func(t *testing.T) {
			var told []string
			f := New(path, func(err error) { told = append(told, err.Error()) })
			for range 3 {
				if n, err := f.Write([]byte("record\n")); n != 7 || err != nil {
					t.Errorf("written are %d bytes, %v", n, err)
				}
			}
			if len(told) != 1 || !strings.Contains(told[0], path) || !strings.Contains(told[0], "works on without it") {
				t.Errorf("told is %q", told)
			}
			if _, err := New(path, nil).Write([]byte("record\n")); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFullDisk: a disk without room is told of once, and a log in the kernel's full device
// would be a device.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); errors.Is(err, fs.ErrNotExist) {
		t.Log("this system has no /dev/full")
		return
	}
	path := filepath.Join(t.TempDir(), "culvert.log")
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Fatal(err)
	}
	var told []error
	f := New(path, func(err error) { told = append(told, err) })
	for range 2 {
		if _, err := f.Write([]byte("record\n")); err != nil {
			t.Error(err)
		}
	}
	if len(told) != 1 || !errors.Is(told[0], durable.ErrNoFile) {
		t.Errorf("told is %v", told)
	}
}

// TestTorn: what was written in part gets its end before the next record.
func TestTorn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "culvert.log")
	f := New(path, nil)
	f.torn = true
	if _, err := f.Write([]byte("whole\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("next\n")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "\nwhole\nnext\n" {
		t.Errorf("it holds %q", got)
	}
}
