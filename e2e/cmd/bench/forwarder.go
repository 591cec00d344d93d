package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// forwarder is a running Culvert or kubectl.
type forwarder struct {
	cmd   *exec.Cmd
	addrs map[uint16]string // by the pod's port, on 127.0.0.1
	ended chan struct{}     // closed when it has been reaped and all output read

	mu         sync.Mutex
	said       []string  // the last lines of standard error
	goroutines int       // whose stacks it has printed
	live       []float64 // MiB of the heap after each collection, if it traces them
	told       chan struct{}
}

// lastLines is how much of standard error is kept.
const lastLines = 5

// start runs a forwarder and returns when it has told where it listens on for
// each of the ports. It ends with stop.
func (b *bench) start(ctx context.Context, p peer, at place) (*forwarder, error) {
	program := b.culvert
	switch {
	case p.kubectl():
		program = b.c.KubectlPath()
	case p == window:
		program = b.window
	}
	args := append(p.args(), "-n", at.namespace, "pod/"+at.pod)
	for _, port := range at.ports {
		args = append(args, fmt.Sprintf(":%d", port))
	}
	f := &forwarder{
		cmd: at.command(program, args...), addrs: make(map[uint16]string),
		ended: make(chan struct{}), told: make(chan struct{}),
	}
	f.cmd.Env = append(append(os.Environ(), "KUBECONFIG="+at.kubeconfig, "GOTRACEBACK=all"), append(p.env(), at.env...)...)
	stdout, err := f.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := f.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := f.cmd.Start(); err != nil {
		return nil, err
	}
	var reading sync.WaitGroup
	reading.Go(func() { f.readOut(stdout, len(at.ports)) })
	reading.Go(func() { f.readErr(stderr) })
	go func() { // ends with the process
		reading.Wait()
		_ = f.cmd.Wait() // how it ended is in ProcessState
		close(f.ended)
	}()
	select {
	case <-f.told:
		return f, nil
	case <-f.ended:
		return nil, fmt.Errorf("%s: %w", p, f.exited())
	case <-time.After(30 * time.Second):
		err = fmt.Errorf("%s has not told its addresses after 30 s: %s", p, f.lastWords())
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, errors.Join(err, f.stop())
}

// readOut reads the lines "Forwarding from ADDRESS -> REMOTE", and all others
// so that the forwarder can go on.
func (f *forwarder) readOut(from io.Reader, ports int) {
	for s := bufio.NewScanner(from); s.Scan(); {
		rest, ok := strings.CutPrefix(s.Text(), "Forwarding from ")
		if !ok || len(f.addrs) == ports {
			continue
		}
		local, remote, _ := strings.Cut(rest, " -> ")
		addr, err := netip.ParseAddrPort(local)
		port, perr := strconv.ParseUint(remote, 10, 16)
		if err != nil || perr != nil || !addr.Addr().Is4() {
			continue
		}
		f.addrs[uint16(port)] = local
		if len(f.addrs) == ports {
			close(f.told)
		}
	}
}

func (f *forwarder) readErr(from io.Reader) {
	s := bufio.NewScanner(from)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		f.mu.Lock()
		if strings.HasPrefix(s.Text(), "goroutine ") {
			f.goroutines++
		}
		if live, ok := liveHeap(s.Text()); ok {
			f.live = append(f.live, live)
		}
		f.said = append(f.said, s.Text())
		f.said = f.said[max(0, len(f.said)-lastLines):]
		f.mu.Unlock()
	}
}

// traceHeap makes a Go program tell of each collection, see liveHeap.
const traceHeap = "GODEBUG=gctrace=1"

// liveHeap returns how many MiB a collection has left, from the line that tells of
// it: "gc 7 @1.2s 0%: … ms cpu, 9->9->5 MB, …".
func liveHeap(line string) (float64, bool) {
	rest, ok := strings.CutPrefix(line, "gc ")
	_, sizes, ok2 := strings.Cut(rest, " ms cpu, ")
	sizes, _, ok3 := strings.Cut(sizes, " MB")
	parts := strings.Split(sizes, "->")
	if !ok || !ok2 || !ok3 || len(parts) != 3 {
		return 0, false
	}
	live, err := strconv.ParseFloat(parts[2], 64)
	return live, err == nil
}

// takeLive returns the heaps traced since the last call.
func (f *forwarder) takeLive() []float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	live := f.live
	f.live = nil
	return live
}

func (f *forwarder) lastWords() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.said, " / ")
}

// errExits is the trouble of a forwarder that has ended by itself.
var errExits = errors.New("exits")

// exited returns an error when the forwarder has ended.
func (f *forwarder) exited() error {
	select {
	case <-f.ended:
		return fmt.Errorf("%w: %s", errExits, f.lastWords())
	default:
		return nil
	}
}

// stop ends the forwarder and returns an error when it had ended before.
func (f *forwarder) stop() error {
	if err := f.exited(); err != nil {
		return err
	}
	if err := f.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-f.ended:
		return nil
	case <-time.After(5 * time.Second):
	}
	if err := f.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-f.ended
	return errors.New("it had to be killed")
}

// countGoroutines ends the forwarder by a signal on which Go programs print all
// stacks, and counts these.
func (f *forwarder) countGoroutines() (int, error) {
	if err := f.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return 0, err
	}
	select {
	case <-f.ended:
	case <-time.After(20 * time.Second):
		return 0, errors.Join(errors.New("it has not printed its stacks"), f.cmd.Process.Kill())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.goroutines, nil
}
