package control

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFullDisk: who cannot say that it holds the lock does not keep it from others.
func TestFullDisk(t *testing.T) {
	p := place{lock: filepath.Join(t.TempDir(), "window.lock")}
	if err := os.Symlink("/dev/full", p.lock); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if l, err := tryLock(p); l != nil || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("it gives %v, %v", l, err)
		}
	}
}
