//go:build unix

package cli

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// pass gives a signal to a command. One of the keyboard it has from the terminal
// already; one that somebody sends to this process alone, it has not.
func pass(to *os.Process, s os.Signal) {
	if s == os.Interrupt && atKeyboard() {
		return
	}
	_ = to.Signal(s) // it may just have ended
}

// atKeyboard says whether what is typed as Ctrl+C goes to this process and to those
// that it starts.
func atKeyboard() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close() //nolint:errcheck // it was only asked
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// exitStatus is how a command has ended, as a shell tells it.
func exitStatus(state *os.ProcessState) int {
	if st, ok := state.Sys().(syscall.WaitStatus); ok && st.Signaled() {
		return exitSignal + int(st.Signal())
	}
	return state.ExitCode()
}
