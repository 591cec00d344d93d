package real

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"culvert/e2e/node"
)

// cgroupName returns the pods' cgroup for the cluster in a run directory.
func cgroupName(runDir string) string { return "culvert-e2e-" + filepath.Base(runDir) }

// newRunDir makes the folder of one cluster below cache/run. It belongs to the
// cluster for as long as somebody holds the returned lock open.
func newRunDir(cache string) (string, *os.File, error) {
	parent := filepath.Join(cache, "run")
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp(parent, "")
	if err != nil {
		return "", nil, err
	}
	for _, sub := range []string{"log", "pki", "config", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			return "", nil, err
		}
	}
	lock, err := takeLock(filepath.Join(dir, "lock"), unix.LOCK_EX|unix.LOCK_NB)
	return dir, lock, err
}

// sweep removes the folders, and the cgroups, of clusters whose processes were
// killed before they could do so.
func sweep(cache string) error {
	dirs, err := filepath.Glob(filepath.Join(cache, "run", "*"))
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		lock, err := takeLock(filepath.Join(dir, "lock"), unix.LOCK_EX|unix.LOCK_NB)
		if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, fs.ErrNotExist) {
			continue // it is running, or just being made or removed
		}
		if err != nil {
			return err
		}
		err = removeRunDir(dir)
		_ = lock.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func removeRunDir(dir string) error {
	if err := node.RemoveStaleCgroups(cgroupName(dir)); err != nil {
		return fmt.Errorf("remove the cgroup %s: %w", cgroupName(dir), err)
	}
	return os.RemoveAll(dir)
}

// takeLock locks a file, which it makes when its folder exists, until it is
// closed.
func takeLock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), how); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}
