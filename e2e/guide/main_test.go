package guide

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"culvert/e2e/desk"
	"culvert/e2e/node"
	"culvert/kube"
)

// inside names the program under test to a process that is in a network of its own.
const inside = "CULVERT_GUIDE_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(inside) == "" {
		os.Exit(goInside())
	}
	if err := node.LoopbackUp(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: bring up a loopback interface: %v\n", err)
		os.Exit(1)
	}
	kube.LogTo(slog.New(slog.DiscardHandler)) // the cluster's libraries tell of each session that ends
	os.Exit(m.Run())
}

// goInside builds the program and does the tests once more in a network of its own, so
// that the ports of the documents are free, and returns the exit status.
func goInside() int {
	program, err := desk.Build()
	if err != nil {
		fmt.Fprintf(os.Stderr, "e2e: build culvert with its window: %v\n", err)
		return 1
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintf(os.Stderr, "e2e: %v\n", err)
		return 1
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), inside+"="+program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 { // who is root in a network of their own may bring it up
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	runtime.LockOSThread() // the child dies with its thread
	err = cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); ended {
		return max(cmd.ProcessState.ExitCode(), 1)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "e2e: make a network of its own: %v\nThe commands of the guide use fixed ports, which may be taken here. "+
			"Run the tests as root, or where user namespaces are allowed.\n", err)
		return 1
	}
	return 0
}
