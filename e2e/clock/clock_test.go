//go:build amd64

package clock

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// told tells the process that this test starts to tell the time.
const told = "CULVERT_E2E_TELL_TIME"

// TestMain is also the process whose clock is set: for each line that it gets
// it prints the wall clock and how long it has run by the other one.
func TestMain(m *testing.M) {
	if os.Getenv(told) == "" {
		os.Exit(m.Run())
	}
	began := time.Now()
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		now := time.Now()
		fmt.Println(now.UnixNano(), int64(now.Sub(began)))
	}
}

// teller is a running process that tells the time.
type teller struct {
	cmd   *exec.Cmd
	ask   func() error
	lines *bufio.Scanner
}

func newTeller(t *testing.T) *teller {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), told+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	k := &teller{cmd, func() error { _, err := fmt.Fprintln(in); return err }, bufio.NewScanner(out)}
	if !k.lines.Scan() {
		t.Fatalf("it has not started: %v", k.lines.Err())
	}
	return k
}

// reading is what a process says of the time.
type reading struct {
	ahead time.Duration // of its wall clock before ours
	ran   time.Duration
}

func (k *teller) read(t *testing.T) reading {
	t.Helper()
	if err := k.ask(); err != nil {
		t.Fatal(err)
	}
	if !k.lines.Scan() {
		t.Fatalf("it has ended: %v", k.lines.Err())
	}
	var now, ran int64
	if _, err := fmt.Sscan(k.lines.Text(), &now, &ran); err != nil {
		t.Fatal(err)
	}
	return reading{time.Until(time.Unix(0, now)), time.Duration(ran)}
}

func newClock(t *testing.T, pid int) *Clock {
	t.Helper()
	c, err := Of(pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// near is how far clocks may be from where they are set, on a busy machine.
const near = 30 * time.Second

func TestTheWallClockJumps(t *testing.T) {
	k := newTeller(t)
	c := newClock(t, k.cmd.Process.Pid)
	for _, step := range []struct{ by, ahead time.Duration }{
		{0, 0}, {time.Hour, time.Hour}, {-3 * time.Hour, -2 * time.Hour}, {2 * time.Hour, 0},
	} {
		if err := c.Step(step.by); err != nil {
			t.Fatal(err)
		}
		r := k.read(t)
		if d := r.ahead - step.ahead; d.Abs() > near || r.ran < 0 || r.ran > near {
			t.Errorf("after a step of %v it is %v ahead and has run for %v", step.by, r.ahead, r.ran)
		}
		again := newClock(t, k.cmd.Process.Pid)
		if got, err := again.Stepped(); got != step.ahead || err != nil {
			t.Errorf("after a step of %v it was set by %v, %v", step.by, got, err)
		}
	}
}

func TestTheMonotonicClockSleeps(t *testing.T) {
	k := newTeller(t)
	c := newClock(t, k.cmd.Process.Pid)
	since := time.Now()
	awake := k.read(t).ran
	if err := c.Sleep(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	r, passed := k.read(t), time.Since(since)
	if slept := passed - (r.ran - awake); r.ran < awake || slept < time.Second {
		t.Errorf("in %v it has run for %v", passed, r.ran-awake)
	}
	if r.ahead.Abs() > near {
		t.Errorf("its wall clock is %v ahead", r.ahead)
	}
}
