package peers

import (
	"bufio"
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

// process is a running peer.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has been reaped and all output read

	mu   sync.Mutex
	said string // the last line that is not about single connections
}

// start starts a peer in a process group of its own. Stop ends it.
func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var reading sync.WaitGroup
	reading.Go(func() { p.read(stdout) })
	reading.Go(func() { p.read(stderr) })
	go func() { // ends with the process
		reading.Wait()
		_ = cmd.Wait() // how it ended is in ProcessState
		close(p.ended)
	}()
	return p, nil
}

func (p *process) read(from io.Reader) {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "Handling connection") {
			p.mu.Lock()
			p.said = text
			p.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// last returns the last line that it printed, redacted.
func (p *process) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return redact(p.said)
}

// exit says how it has ended, or returns "" when it runs.
func (p *process) exit() string {
	select {
	case <-p.ended:
	default:
		return ""
	}
	status := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return fmt.Sprintf("by signal %d", status.Signal())
	}
	return fmt.Sprintf("status %d", status.ExitStatus())
}

// signalAll sends a signal to it and to what it has started.
func (p *process) signalAll(s syscall.Signal) error {
	if p.exit() != "" {
		return nil
	}
	return ignoreGone(syscall.Kill(-p.cmd.Process.Pid, s))
}

// stop asks it to end, kills what has not ended in time, and returns how long
// its end took.
func (p *process) stop(patience time.Duration) (time.Duration, error) {
	began := time.Now()
	if p.exit() != "" {
		return 0, nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return 0, err
	}
	select {
	case <-p.ended:
		return time.Since(began), nil
	case <-time.After(patience):
	}
	if err := ignoreGone(syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)); err != nil {
		return 0, err
	}
	<-p.ended
	return time.Since(began), nil
}

func ignoreGone(err error) error {
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}
