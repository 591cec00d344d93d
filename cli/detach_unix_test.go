//go:build unix

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDetachedInheritsNothing: a background process has no file of whoever has started
// the verb, such as a lock of a script.
func TestDetachedInheritsNothing(t *testing.T) {
	k := newBench(t)
	lock, err := os.Create(filepath.Join(k.dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	fd, err := unix.FcntlInt(lock.Fd(), unix.F_DUPFD, 100) // as a shell opens it
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	k.d.Program = filepath.Join(k.dir, "program")
	script := fmt.Sprintf("#!/bin/sh\nif [ -e /dev/fd/%d ]; then echo it is there; else echo it is not there; fi\n", fd)
	if err := os.WriteFile(k.d.Program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	k.do("up --detach", ExitError, "it is not there")
}
