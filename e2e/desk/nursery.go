package desk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// Nursery starts processes that are killed when this process dies in whatever
// way. The kernel kills them as well when the thread dies that has started
// them: so there is one thread for it, which lives as long as the nursery.
type Nursery struct {
	Env []string // of each process
	Dir string   // for what the processes print

	jobs  chan func()
	ended chan struct{}
	born  int
}

// newNursery returns a nursery that the test's end closes, after the ends of all
// its processes.
func newNursery(t *testing.T, dir string) *Nursery {
	n := &Nursery{jobs: make(chan func()), ended: make(chan struct{}), Dir: dir}
	go func() {
		defer close(n.ended)
		runtime.LockOSThread() // never unlocked: the thread ends with the nursery
		for job := range n.jobs {
			job()
		}
	}()
	t.Cleanup(func() {
		close(n.jobs)
		<-n.ended
	})
	return n
}

// Child is a running process.
type Child struct {
	Name  string // for people
	Cmd   *exec.Cmd
	Ended chan struct{} // closed when it has been reaped
	log   string        // the file with what it prints
}

// Start starts a process with the nursery's environment and env. The test's end
// terminates it, with SIGTERM if gently and with SIGKILL when that does not
// help within some seconds.
func (n *Nursery) Start(t *testing.T, name string, cmd *exec.Cmd, gently bool, env ...string) *Child {
	t.Helper()
	n.born++
	c := &Child{Name: name, Cmd: cmd, Ended: make(chan struct{}), log: filepath.Join(n.Dir, fmt.Sprintf("%d-%s.log", n.born, name))}
	log, err := os.Create(c.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(append(cmd.Env, n.Env...), env...)
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error)
	n.jobs <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v; `tools/deps.sh window` brings what is needed", name, err)
	}
	go func() {
		_ = cmd.Wait() // its status is in ProcessState
		close(c.Ended)
	}()
	t.Cleanup(func() {
		c.End(gently)
		if t.Failed() {
			t.Logf("%s: %v\n%s", name, cmd.ProcessState, c.Printed())
		}
	})
	return c
}

// End ends the process and waits for that, see [Nursery.Start].
func (c *Child) End(gently bool) {
	if gently {
		_ = c.Cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		timeout := time.NewTimer(3 * time.Second)
		defer timeout.Stop()
		select {
		case <-c.Ended:
		case <-timeout.C:
		}
	}
	_ = c.Cmd.Process.Kill() // it may have ended
	<-c.Ended
}

// Printed returns what the process has printed so far.
func (c *Child) Printed() string {
	b, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// ErrEnded is why nothing can be asked of a process any more.
var ErrEnded = errors.New("the process has ended")

// Alive is an error when the process has ended.
func (c *Child) Alive() error {
	select {
	case <-c.Ended:
		return fmt.Errorf("%s: %w: %v", c.Name, ErrEnded, c.Cmd.ProcessState)
	default:
		return nil
	}
}

// Status waits for the process's end and returns its exit status.
func (c *Child) Status(t *testing.T) int {
	t.Helper()
	timeout := time.NewTimer(Patience)
	defer timeout.Stop()
	select {
	case <-c.Ended:
	case <-timeout.C:
		t.Fatalf("%s has not ended within %v", c.Name, Patience)
	}
	return c.Cmd.ProcessState.ExitCode()
}
