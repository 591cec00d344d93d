package soak

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"culvert/e2e/real"
)

// home is the user whose Culvert is under test: a folder of their own on the client's
// machine.
type home struct {
	dir        string
	program    string
	kubeconfig string
	host       *real.ClientHost
}

// newHome makes the folder. Its path is short, for those of sockets are limited.
func newHome(program, kubeconfig string, host *real.ClientHost) (*home, error) {
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return nil, err
	}
	h := &home{dir, program, kubeconfig, host}
	return h, os.Mkdir(filepath.Join(dir, "run"), 0o700)
}

// command is a culvert of the user's.
func (h *home) command(args ...string) *exec.Cmd {
	cmd := h.host.Command(h.program, args...)
	cmd.Dir = h.dir
	cmd.Env = append(os.Environ(), "HOME="+h.dir, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR="+filepath.Join(h.dir, "run"),
		"KUBECONFIG="+h.kubeconfig, "GOTRACEBACK=all")
	return cmd
}

// ends carries a command out to its end and returns what it has printed.
func (h *home) ends(ctx context.Context, args ...string) ([]byte, error) {
	cmd := h.command(args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Start()
	if err == nil {
		stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
		err = cmd.Wait()
		stop()
	}
	if err != nil {
		err = fmt.Errorf("culvert %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(said.Bytes()))
	}
	return out.Bytes(), err
}

// product is the Culvert under test: the background process that `up --detach` starts,
// started by ourselves, so that what it says at its end can be read.
type product struct {
	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{} // closed when it has been reaped and all output read

	mu         sync.Mutex
	goroutines map[string]int // of those whose stacks it has printed, by what made them
	made       string         // the goroutine that is being read
}

// startProduct starts it; what it says goes to a file.
func (h *home) startProduct(log string) (*product, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	p := &product{cmd: h.command("keep"), log: f, ended: make(chan struct{}), goroutines: make(map[string]int)}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	p.cmd.Stdout = f
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	go func() { // ends with the process
		p.read(stderr)
		_ = p.cmd.Wait() // how it ended is in ProcessState
		close(p.ended)
	}()
	return p, nil
}

// read copies what the process says, and counts the stacks in it.
func (p *product) read(from io.Reader) {
	s := bufio.NewScanner(from)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		fmt.Fprintln(p.log, s.Text())
		p.mu.Lock()
		p.stackLine(s.Text())
		p.mu.Unlock()
	}
	_, _ = io.Copy(io.Discard, from) // a line that was too long
}

// stackLine counts a goroutine by its last function, and by what has made it where that is
// told.
func (p *product) stackLine(line string) {
	if strings.HasPrefix(line, "goroutine ") && strings.HasSuffix(line, ":") {
		p.made = "the first one"
		p.goroutines[p.made]++
		return
	}
	rest, ok := strings.CutPrefix(line, "created by ")
	if !ok || p.made == "" {
		return
	}
	by, _, _ := strings.Cut(rest, " in goroutine")
	p.goroutines[p.made]--
	p.goroutines[by]++
	p.made = ""
}

func (p *product) pid() int { return p.cmd.Process.Pid }

// over says whether the process has ended.
func (p *product) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// stacks ends the process by a signal on which Go programs print all stacks, and returns
// how many goroutines there were of each kind.
func (p *product) stacks() (map[string]int, error) {
	if p.over() {
		return nil, fmt.Errorf("culvert has ended: %v", p.cmd.ProcessState)
	}
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return nil, err
	}
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		return nil, errors.Join(errors.New("culvert has not printed its stacks"), p.kill())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.goroutines, p.log.Close()
}

// kill ends the process, if it has not ended.
func (p *product) kill() error {
	if !p.over() {
		if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		<-p.ended
	}
	if err := p.log.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}
