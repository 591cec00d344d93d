package node

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// children starts processes and reaps them and whatever else the kernel gives
// to the first process of a namespace. There is one per program: it takes the
// exit statuses of all.
type children struct {
	mu      sync.Mutex // also held from fork until the child is in waiting
	waiting map[int]chan<- syscall.WaitStatus
}

func newChildren() *children {
	c := &children{waiting: make(map[int]chan<- syscall.WaitStatus)}
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGCHLD)
	// Runs until the program ends, which is when nothing is left to be reaped.
	go func() {
		for range died {
			c.reap()
		}
	}()
	return c
}

// reap takes the statuses of all children that have ended.
func (c *children) reap() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if w, ok := c.waiting[pid]; ok {
			delete(c.waiting, pid)
			w <- status
		}
	}
}

// start runs args[0] with both outputs going to out; the channel yields its
// status once. The child is killed when the node dies.
func (c *children) start(args, env []string, out *os.File) (int, <-chan syscall.WaitStatus, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = null.Close() }()
	c.mu.Lock()
	defer c.mu.Unlock()
	pid, err := syscall.ForkExec(args[0], args, &syscall.ProcAttr{
		Dir:   "/",
		Env:   env,
		Files: []uintptr{null.Fd(), out.Fd(), out.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		return 0, nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	ended := make(chan syscall.WaitStatus, 1)
	c.waiting[pid] = ended
	return pid, ended, nil
}

// told returns a status in words, or "" for success.
func told(s syscall.WaitStatus) string {
	switch {
	case s.Signaled():
		return fmt.Sprintf("ended by %v", s.Signal())
	case s.ExitStatus() != 0:
		return fmt.Sprintf("exit status %d", s.ExitStatus())
	}
	return ""
}
