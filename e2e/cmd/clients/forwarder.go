package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// forwarder is a running Culvert or kubectl.
type forwarder struct {
	peer  peer
	ports map[uint16]uint16 // local ones on 127.0.0.1, by the pod's
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has been reaped and all output read
	told  chan struct{} // closed when it has told all its ports

	mu   sync.Mutex
	said []string // what it had to complain of
}

// start runs a forwarder to a pod and returns when it has told where it listens.
// It ends with stop.
func (t *trial) start(ctx context.Context, p peer, pod string, ports []uint16) (*forwarder, error) {
	program := t.culvert
	if p == kubectl {
		program = t.c.KubectlPath()
	}
	args := append(p.args(), "-n", "default", "pod/"+pod)
	for _, port := range ports {
		args = append(args, fmt.Sprintf(":%d", port))
	}
	f := &forwarder{
		peer: p, cmd: t.c.Command(program, args...), ports: make(map[uint16]uint16),
		ended: make(chan struct{}), told: make(chan struct{}),
	}
	f.cmd.Env = append(os.Environ(), "KUBECONFIG="+t.c.Kubeconfig())
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
	reading.Go(func() { f.readOut(stdout, len(ports)) })
	reading.Go(func() { eachLine(stderr, f.complain) })
	go func() { // ends with the process
		reading.Wait()
		_ = f.cmd.Wait() // how it ended is in ProcessState
		close(f.ended)
	}()
	select {
	case <-f.told:
		return f, nil
	case <-f.ended:
		return nil, f.alive()
	case <-time.After(30 * time.Second):
		err = fmt.Errorf("it has not told its ports after 30 s: %s", strings.Join(f.complaints(), " / "))
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, errors.Join(err, f.stop())
}

// eachLine reads to the end, for the process must be able to go on.
func eachLine(from io.Reader, do func(string)) {
	r := bufio.NewReader(from)
	for {
		line, err := r.ReadString('\n')
		if line = strings.TrimSpace(line); line != "" {
			do(line)
		}
		if err != nil {
			return // the process has closed it
		}
	}
}

func (f *forwarder) readOut(from io.Reader, ports int) {
	eachLine(from, func(line string) {
		learned, complaint := f.peer.understand(line)
		if complaint != "" {
			f.complain(complaint)
		}
		if len(f.ports) == ports {
			return // told: others read them now
		}
		for remote, local := range learned {
			f.ports[remote] = local
		}
		if len(f.ports) == ports {
			close(f.told)
		}
	})
}

func (f *forwarder) complain(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = append(f.said, line)
}

func (f *forwarder) complaints() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.said[:len(f.said):len(f.said)]
}

// addr returns where a port of the pod is.
func (f *forwarder) addr(port uint16) string { return fmt.Sprintf("127.0.0.1:%d", f.ports[port]) }

// errExits is the trouble of a forwarder that has ended by itself.
var errExits = errors.New("exits")

// alive returns an error when the forwarder has ended.
func (f *forwarder) alive() error {
	select {
	case <-f.ended:
	default:
		return nil
	}
	said := f.complaints()
	if len(said) == 0 {
		return errExits
	}
	return fmt.Errorf("%w: %s", errExits, said[len(said)-1])
}

// settle gives the forwarder time to end, or to complain, because of how its last
// client has quit. It returns an error when it has ended.
func (f *forwarder) settle() error {
	select {
	case <-f.ended:
	case <-time.After(time.Second):
	}
	return f.alive()
}

// errComplains is the trouble of a forwarder that has something to say though its
// clients have not.
var errComplains = errors.New("complains")

// opinion returns an error when the forwarder complains.
func (f *forwarder) opinion() error {
	if said := f.complaints(); len(said) > 0 {
		return fmt.Errorf("%w, in %d lines, the last: %s", errComplains, len(said), said[len(said)-1])
	}
	return nil
}

// stop ends the forwarder, if it has not ended before.
func (f *forwarder) stop() error {
	select {
	case <-f.ended:
		return nil
	default:
	}
	if err := f.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-f.ended:
		return nil
	case <-time.After(10 * time.Second):
	}
	if err := f.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-f.ended
	return errors.New("the forwarder had to be killed")
}
