package window

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

// nursery starts processes that are killed when this process dies in whatever
// way. The kernel kills them as well when the thread dies that has started
// them: so there is one thread for it, which lives as long as the nursery.
type nursery struct {
	jobs  chan func()
	ended chan struct{}
	env   []string
	dir   string // for what the processes print
}

// newNursery returns a nursery that the test's end closes, after the ends of all
// its processes.
func newNursery(t *testing.T, dir string) *nursery {
	n := &nursery{jobs: make(chan func()), ended: make(chan struct{}), dir: dir}
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

// child is a running process.
type child struct {
	name  string
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has been reaped
	log   string        // the file with what it prints
}

// start starts a process with the nursery's environment and env. The test's end
// terminates it, with SIGTERM if gently and with SIGKILL when that does not
// help within some seconds.
func (n *nursery) start(t *testing.T, name string, cmd *exec.Cmd, gently bool, env ...string) *child {
	t.Helper()
	c := &child{name: name, cmd: cmd, ended: make(chan struct{}), log: filepath.Join(n.dir, name+".log")}
	log, err := os.Create(c.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(append(cmd.Env, n.env...), env...)
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error)
	n.jobs <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		cmd.Wait() // its status is in ProcessState
		close(c.ended)
	}()
	t.Cleanup(func() {
		c.end(gently)
		if t.Failed() {
			t.Logf("%s: %v\n%s", name, cmd.ProcessState, c.printed())
		}
	})
	return c
}

func (c *child) end(gently bool) {
	if gently {
		c.cmd.Process.Signal(syscall.SIGTERM)
		timeout := time.NewTimer(3 * time.Second)
		defer timeout.Stop()
		select {
		case <-c.ended:
		case <-timeout.C:
		}
	}
	c.cmd.Process.Kill()
	<-c.ended
}

// printed returns what the process has printed so far.
func (c *child) printed() string {
	b, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

var errEnded = errors.New("the process has ended")

// alive is an error when the process has ended.
func (c *child) alive() error {
	select {
	case <-c.ended:
		return fmt.Errorf("%s: %w: %v", c.name, errEnded, c.cmd.ProcessState)
	default:
		return nil
	}
}

// status waits for the process's end and returns its exit status.
func (c *child) status(t *testing.T) int {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-c.ended:
	case <-timeout.C:
		t.Fatalf("%s has not ended within %v", c.name, patience)
	}
	return c.cmd.ProcessState.ExitCode()
}
