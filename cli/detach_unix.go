//go:build unix

package cli

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// ownSession gives a process a session of its own, which ends with no terminal.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// maxInherited is up to where files are looked for that whoever has started this process
// has left open: shells and build tools use low numbers.
const maxInherited = 1024

// keepFiles has processes that are started from now on inherit none of the files that
// this one has inherited: a lock or a pipe of a script would be held for as long as they
// run.
func keepFiles() {
	for fd := 3; fd < maxInherited; fd++ {
		unix.CloseOnExec(fd)
	}
}
