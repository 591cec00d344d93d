package node

import (
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"syscall"
	"time"
)

// Node is the service: its exported methods are what the tests can ask for.
// They may run at the same time.
type Node struct {
	setup    Setup
	logs     *os.Root
	children *children

	mu      sync.Mutex
	running map[string]*running
}

type running struct {
	pid   int
	ended chan struct{} // closed when the process has been reaped
}

// Ready answers once the node can start processes, which is when it answers at
// all.
func (n *Node) Ready(None, *None) error { return nil }

// Start starts a process; what it prints is added to its log. A name can be
// used again when its process has ended.
func (n *Node) Start(p Process, _ *None) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r, ok := n.running[p.Name]; ok {
		select {
		case <-r.ended:
		default:
			return fmt.Errorf("%s runs already", p.Name)
		}
	}
	out, err := n.logs.OpenFile(p.Name+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	pid, status, err := n.children.start(p.Args, n.env(p.Env), out)
	if err != nil {
		return err
	}
	r := &running{pid: pid, ended: make(chan struct{})}
	if n.running == nil {
		n.running = make(map[string]*running)
	}
	n.running[p.Name] = r
	go func() { // ends with the process
		if why := told(<-status); why != "" {
			log.Printf("%s: %s", p.Name, why)
		}
		close(r.ended)
	}()
	return nil
}

// Signal sends a signal to a running process.
func (n *Node) Signal(s Signal, _ *None) error {
	r, err := n.find(s.Name)
	if err != nil {
		return err
	}
	select {
	case <-r.ended:
		return fmt.Errorf("%s has ended", s.Name)
	default:
		return syscall.Kill(r.pid, s.Signal)
	}
}

// Wait answers when the process of that name has ended.
func (n *Node) Wait(name string, _ *None) error {
	r, err := n.find(name)
	if err != nil {
		return err
	}
	<-r.ended
	return nil
}

// Ended says whether the process of that name has ended.
func (n *Node) Ended(name string, ended *bool) error {
	r, err := n.find(name)
	if err != nil {
		return err
	}
	select {
	case <-r.ended:
		*ended = true
	default:
	}
	return nil
}

func (n *Node) find(name string) (*running, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r, ok := n.running[name]; ok {
		return r, nil
	}
	return nil, fmt.Errorf("%s was never started", name)
}

// Run runs a program to its end and answers with what it printed.
func (n *Node) Run(args []string, output *string) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	_, status, err := n.children.start(args, n.env(nil), w)
	_ = w.Close()
	if err != nil {
		return err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	*output = string(b)
	if why := told(<-status); why != "" {
		return fmt.Errorf("%s: %s: %s", args[0], why, b)
	}
	return nil
}

func (n *Node) env(more []string) []string {
	bin := n.setup.BinDir
	if n.setup.Confined {
		bin = InsideBin
	}
	return append([]string{"PATH=" + bin + ":/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "LANG=C.UTF-8"}, more...)
}

// end kills everything and waits for it. As the first process of a namespace
// that is every process in it, however it came to be.
func (n *Node) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.setup.Confined && os.Getpid() == 1 {
		killAll()
		if err := removeCgroups(n.setup.Cgroup, 5*time.Second); err != nil {
			log.Print(err)
		}
		return
	}
	for _, r := range n.running {
		select {
		case <-r.ended:
		default:
			if err := syscall.Kill(r.pid, syscall.SIGKILL); err != nil {
				log.Printf("kill process %d: %v", r.pid, err)
			}
			<-r.ended
		}
	}
}

// killAll ends every process of the namespace but the caller, its first one,
// and returns when they are gone.
func killAll() {
	for syscall.Kill(-1, syscall.SIGKILL) == nil {
		// The children are reaped elsewhere too; either way they are gone.
		if _, err := syscall.Wait4(-1, nil, 0, nil); err == syscall.ECHILD {
			return
		}
	}
}
