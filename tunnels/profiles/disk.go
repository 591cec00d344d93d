package profiles

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"culvert/tunnels/durable"
)

// lockName is beside which file the lock of a whole folder is.
const lockName = ".profiles"

// disk keeps files in a folder, which the first of them makes.
type disk struct {
	dir string
	// replace writes a file; it is durable.Write.
	replace func(path string, data []byte) error
}

func newDisk(dir string) *disk { return &disk{dir, durable.Write} }

func (d *disk) path(base string) string { return filepath.Join(d.dir, base) }

func (d *disk) list() ([]string, error) {
	entries, err := os.ReadDir(d.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		if _, ok := idOf(e.Name()); ok && !e.IsDir() {
			all = append(all, e.Name())
		}
	}
	slices.Sort(all)
	return all, nil
}

func (d *disk) read(base string) ([]byte, error) {
	info, err := os.Stat(d.path(base))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a file") // a pipe would never end
	}
	file, err := os.Open(d.path(base))
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(file, maxSize+1))
}

func (d *disk) write(base string, data []byte) error { return d.replace(d.path(base), data) }

func (d *disk) create(base string, data []byte) error {
	if _, err := os.Lstat(d.path(base)); err == nil {
		return fs.ErrExist
	}
	return d.replace(d.path(base), data)
}

func (d *disk) remove(base string) error { return os.Remove(d.path(base)) }

// lock also removes what a process has left that was killed while it wrote: who
// writes here has the lock.
func (d *disk) lock(ctx context.Context) (func(), error) {
	unlock, err := durable.Lock(ctx, d.path(lockName))
	if err == nil {
		durable.Sweep(d.dir, 0)
	}
	return unlock, err
}
