package control

import (
	"fmt"
	"os"

	"github.com/gofrs/flock"

	"culvert/tunnels/durable"
)

// The process that holds the lock is written into the lock's file, behind its first
// byte: that one is locked, and on Windows nobody else can read it then.
const (
	pidOffset = 1
	pidWidth  = 20
)

// tryLock takes the lock of a place, or returns nil when another process has it.
func tryLock(p place) (*flock.Flock, error) {
	for {
		l := durable.LockFile(p.lock)
		ok, err := l.TryLock()
		if err != nil || !ok {
			_ = l.Close() // nothing was locked
			return nil, err
		}
		if same(l, p.lock) {
			if err := writeHolder(p.lock); err != nil {
				_ = l.Close() // the first error is told
				return nil, err
			}
			return l, nil
		}
		_ = l.Close() // somebody has cleaned up in between: this locks nothing
	}
}

// same tells whether the file that is locked is the one at path.
func same(l *flock.Flock, path string) bool {
	locked, err := l.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(locked, there)
}

// writeHolder says in the lock's file who holds the lock.
func writeHolder(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%-*d\n", pidWidth-1, os.Getpid()), pidOffset)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
