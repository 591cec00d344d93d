package e2e

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a running culvert whose lines can be waited for.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has been reaped and all output read

	mu      sync.Mutex
	out     []string
	err     []string
	changed chan struct{} // closed at the next line
}

// command starts culvert in the cluster's network. A test that ends kills it.
func command(t *testing.T, args ...string) *process {
	t.Helper()
	cmd := shared.Command(shared.culvert, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+shared.Kubeconfig())
	return start(t, cmd)
}

// start starts a command that runs culvert. A test that ends kills it.
func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ended: make(chan struct{}), changed: make(chan struct{})}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(func() { p.read(stdout, &p.out) })
	reading.Go(func() { p.read(stderr, &p.err) })
	go func() {
		reading.Wait()
		p.cmd.Wait() // its status is in ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			out, err := p.lines()
			t.Logf("%s\n%s\n--- stderr\n%s", strings.Join(cmd.Args, " "), strings.Join(out, "\n"), strings.Join(err, "\n"))
		}
	})
	return p
}

func (p *process) read(from io.Reader, lines *[]string) {
	for s := bufio.NewScanner(from); s.Scan(); {
		p.mu.Lock()
		*lines = append(*lines, s.Text())
		close(p.changed)
		p.changed = make(chan struct{})
		p.mu.Unlock()
	}
}

// lines returns what was printed so far.
func (p *process) lines() (out, err []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out[:len(p.out):len(p.out)], p.err[:len(p.err):len(p.err)]
}

// await returns when what was printed is as wanted, and fails the test when
// the process ends before.
func (p *process) await(t *testing.T, what string, wanted func(out, err []string) bool) {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		p.mu.Lock()
		changed, done := p.changed, wanted(p.out, p.err)
		p.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-p.ended:
			if wanted(p.lines()) {
				return
			}
			t.Fatalf("culvert ended (%v) before it printed %s", p.cmd.ProcessState, what)
		case <-timeout.C:
			t.Fatalf("culvert did not print %s within %v", what, patience)
		}
	}
}

// awaitError waits for a line on standard error that has the text.
func (p *process) awaitError(t *testing.T, text string) {
	t.Helper()
	p.await(t, text, func(_, err []string) bool { return strings.Contains(strings.Join(err, "\n"), text) })
}

// alive fails the test when the process has ended.
func (p *process) alive(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
		t.Fatalf("culvert has ended: %v", p.cmd.ProcessState)
	default:
	}
}

// interrupt sends a signal and wants an orderly end soon.
func (p *process) interrupt(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	if code := p.status(t, 5*time.Second); code != 0 {
		t.Errorf("exit status after %v: %d, want 0", signal, code)
	}
}

// status waits for the end.
func (p *process) status(t *testing.T, within time.Duration) int {
	t.Helper()
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	select {
	case <-p.ended:
	case <-timeout.C:
		t.Fatalf("culvert did not end within %v", within)
	}
	return p.cmd.ProcessState.ExitCode()
}
