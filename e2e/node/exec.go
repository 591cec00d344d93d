package node

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// enter turns this process into another program that runs in the network
// namespace at the path netns ("-" for the present one) and that is killed when
// the process parent dies. It returns only when that fails.
func enter(parent, netns string, args []string) error {
	// Namespace and death signal belong to the thread, and exec keeps those of
	// the thread that calls it.
	runtime.LockOSThread()
	if netns != "-" {
		f, err := os.Open(netns)
		if err != nil {
			return fmt.Errorf("open the network namespace: %w", err)
		}
		if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter the network namespace: %w", err)
		}
		_ = f.Close()
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("ask to die with the parent: %w", err)
	}
	if strconv.Itoa(os.Getppid()) != parent {
		return errors.New("the parent is gone")
	}
	return syscall.Exec(path, args, os.Environ())
}
