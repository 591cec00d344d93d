package durable

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// How long Lock waits, and how often it looks.
const (
	lockTimeout = 10 * time.Second
	lockRetry   = 20 * time.Millisecond
)

// ErrBusy says that another process has not finished what it does to a file.
var ErrBusy = errors.New("another program is changing it and does not finish")

// Lock keeps other processes and goroutines that call it from changing a file
// until the returned function is called. It waits up to 10 s for them and then
// fails with [ErrBusy]. The lock is on a file of its own beside it, as the file
// itself is replaced, and the system frees it when the process ends. The folder is
// made where it is missing.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := checkLinks(path + ".lock"); err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	l := LockFile(path + ".lock")
	if _, err := l.TryLockContext(waiting, lockRetry); err != nil {
		_ = l.Close() // nothing was locked
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			err = ErrBusy
		}
		return nil, err
	}
	return func() { _ = l.Unlock() }, nil // closing the file, if nothing else, frees it
}

// LockFile returns a lock on a file of its own, which is made for its owner only.
// Trying it does not wait, also where somebody has put a pipe in its place.
func LockFile(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY|noWait), flock.SetPermissions(0o600))
}
