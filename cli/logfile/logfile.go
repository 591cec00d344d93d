// Package logfile is the file that the program logs to: it stays small, and several
// processes may write it at the same time. Whatever goes wrong with it disturbs nobody.
package logfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"culvert/tunnels/durable"
)

// Bounds of the files together: the newest, and older ones with a number behind their
// names.
const (
	MaxBytes = 1 << 20 // of each
	MaxFiles = 3
)

// File is a log file. It holds nothing open, so that another process can rotate it on
// any system. Its methods may be called from any goroutine.
type File struct {
	path string
	tell func(error)
	most int64

	mu   sync.Mutex
	torn bool // the last line may lack its end
	told bool
}

var _ io.Writer = (*File)(nil)

// New returns the log file at path, which is made, with its folder, when something is
// written, for its owner only. The first time that this fails tell is called, which may
// be nil.
func New(path string, tell func(error)) *File { return &File{path: path, tell: tell, most: MaxBytes} }

// Write appends one record, whole lines, and never fails: what cannot be written is lost.
// The records of several processes do not mix.
func (f *File) Write(record []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.append(record); err != nil && !f.told {
		f.told = true
		if f.tell != nil {
			f.tell(fmt.Errorf("the log %s cannot be written: %w; Culvert works on without it", f.path, durable.Reason(err)))
		}
	}
	return len(record), nil
}

func (f *File) append(record []byte) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	f.makeRoom(int64(len(record)))
	file, err := durable.OpenToAppend(f.path)
	if err != nil {
		return err
	}
	if f.torn {
		record = append([]byte("\n"), record...)
	}
	n, err := file.Write(record)
	f.torn = f.torn && n == 0 || n > 0 && n < len(record)
	return errors.Join(err, file.Close())
}

// makeRoom begins another file where this one has no room for so many bytes more. Where
// that is not possible, or another process does it, the file grows.
func (f *File) makeRoom(more int64) {
	if !f.full(more) {
		return
	}
	lock := durable.LockFile(f.path + ".lock")
	defer lock.Close() //nolint:errcheck // it frees the lock, if nothing else
	if mine, err := lock.TryLock(); err != nil || !mine || !f.full(more) {
		return
	}
	for n := MaxFiles - 1; n > 0; n-- {
		_ = os.Rename(f.name(n-1), f.name(n)) // some are not there yet
	}
	f.torn = false
}

func (f *File) full(more int64) bool {
	info, err := os.Stat(f.path)
	return err == nil && info.Mode().IsRegular() && info.Size() > 0 && info.Size()+more > f.most
}

// name returns the path of a file by its age.
func (f *File) name(n int) string {
	if n == 0 {
		return f.path
	}
	return fmt.Sprintf("%s.%d", f.path, n)
}

// Paths returns the files that there are, the newest first.
func (f *File) Paths() []string {
	var out []string
	for n := range MaxFiles {
		if _, err := os.Stat(f.name(n)); !errors.Is(err, fs.ErrNotExist) {
			out = append(out, f.name(n))
		}
	}
	return out
}
