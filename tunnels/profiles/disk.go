package profiles

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"culvert/tunnels/durable"
)

// lockName is beside which file the lock of a whole folder is.
const lockName = ".profiles"

// disk keeps files in a folder, which the first of them makes.
type disk struct{ dir string }

func newDisk(dir string) disk { return disk{dir} }

func (d disk) path(base string) string { return filepath.Join(d.dir, base) }

func (d disk) list() ([]string, error) {
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

func (d disk) read(base string) ([]byte, error) { return durable.Read(d.path(base), maxSize+1) }

func (d disk) write(base string, old, data []byte) error {
	return durable.Replace(d.path(base), old, data)
}

func (d disk) create(base string, data []byte) error {
	return durable.Create(d.path(base), data, 0o600)
}

func (d disk) remove(base string) (bygone, error) {
	info, err := os.Lstat(d.path(base))
	if err != nil {
		return bygone{}, err
	}
	was := bygone{mode: info.Mode().Perm()}
	if info.Mode()&fs.ModeSymlink != 0 {
		if was.link, err = os.Readlink(d.path(base)); err != nil {
			return bygone{}, err
		}
		was.mode = 0o600 // a link has none of its own
	}
	return was, os.Remove(d.path(base))
}

func (d disk) restore(base string, data []byte, was bygone) error {
	if was.link != "" && d.relink(base, was.link) == nil {
		return nil
	}
	return durable.Create(d.path(base), data, was.mode)
}

// relink makes a link to a file again, which has to be there.
func (d disk) relink(base, link string) error {
	to := link
	if !filepath.IsAbs(to) {
		to = filepath.Join(d.dir, to)
	}
	if _, err := os.Stat(to); err != nil {
		return err
	}
	return os.Symlink(link, d.path(base))
}

// lock also removes what a process has left that was killed while it wrote: who
// writes here has the lock.
func (d disk) lock(ctx context.Context) (func(), error) {
	unlock, err := durable.Lock(ctx, d.path(lockName))
	if err == nil {
		durable.Sweep(d.dir, 0)
	}
	return unlock, err
}
