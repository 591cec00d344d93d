//go:build unix

package plugin

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const patience = 20 * time.Second

// The verbs of this test's program: Culvert's part, and one that has Culvert's
// part done and is killed meanwhile.
const (
	runVerb    = "run-plugin"
	parentVerb = "parent"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case runVerb:
			os.Exit(Run(os.Args[2:], os.Stdout, os.Stderr))
		case parentVerb:
			j := Job{Name: os.Args[2], Parent: os.Getpid(), Limit: time.Minute}
			_ = exec.Command(os.Args[0], append([]string{runVerb}, j.Command()...)...).Run()
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// script writes a plugin.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plugin")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// supervised returns the command that client-go would run.
func supervised(t *testing.T, j Job) *exec.Cmd {
	t.Helper()
	if j.Parent == 0 {
		j.Parent = os.Getpid()
	}
	if j.Limit == 0 {
		j.Limit = patience
	}
	return exec.CommandContext(t.Context(), os.Args[0], append([]string{runVerb}, j.Command()...)...)
}

func run(t *testing.T, j Job) (status int, stdout, stderr string) {
	t.Helper()
	cmd := supervised(t, j)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestRun(t *testing.T) {
	const credential = `echo "$0|$*|$GIVEN"`
	there := script(t, credential)
	for name, tt := range map[string]struct {
		job            Job
		status         int
		stdout, stderr string
	}{
		"full path":        {Job{Name: there, Args: []string{"-a", "b c", "--"}}, 0, there + "|-a b c --|yes\n", ""},
		"in the list":      {Job{Name: "plugin", Path: "/none:.:" + filepath.Dir(there)}, 0, there + "||yes\n", ""},
		"its own failure":  {Job{Name: script(t, "echo no; echo why >&2; exit 7")}, 7, "no\n", "why\n"},
		"killed by others": {Job{Name: script(t, "kill -9 $$")}, exitFailed, "", "culvert: plugin"},
		"missing":          {Job{Name: "plugin", Path: "/none:."}, ExitMissing, "", ""},
		"too much":         {Job{Name: script(t, "exec cat /dev/zero")}, exitFailed, strings.Repeat("\x00", maxOutput), "prints too much"},
		"much to say":      {Job{Name: script(t, "yes | head -c 200000 >&2; echo done")}, 0, "done\n", strings.Repeat("y\n", maxErrors/2)},
		"no input":         {Job{Name: script(t, "read line; echo $?")}, 0, "1\n", ""},
		"no terminal":      {Job{Name: script(t, "(: </dev/tty) 2>/dev/null || echo none")}, 0, "none\n", ""},
		"background":       {Job{Name: script(t, "sleep 3 & echo done")}, 0, "done\n", ""},
		"its time is over": {Job{Name: script(t, "sleep 1000"), Limit: time.Second / 2}, ExitTime, "", ""},
		"an odd job":       {Job{Name: there, Limit: -1}, exitFailed, "", "no job"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GIVEN", "yes")
			status, stdout, stderr := run(t, tt.job)
			if status != tt.status || stdout != tt.stdout || !strings.Contains(stderr, tt.stderr) {
				t.Errorf("it ends with %d, %.100q, %.300q", status, stdout, stderr)
			}
		})
	}
}

// hanging is a plugin that has started another program, and tells both.
const hanging = `sleep 1000 & echo $! $$ > $0.new; mv $0.new $0.pids; wait`

// TestNothingIsLeft: whatever ends the supervisor or its parent ends the plugin.
func TestNothingIsLeft(t *testing.T) {
	for name, tt := range map[string]struct {
		parent bool // the signal is for the parent
		group  bool // and for all of its group
		signal syscall.Signal
	}{
		"terminated":  {false, false, syscall.SIGTERM},
		"interrupted": {false, false, syscall.SIGINT},
		"parent gone": {true, false, syscall.SIGKILL},
		"all killed":  {true, true, syscall.SIGKILL},
	} {
		t.Run(name, func(t *testing.T) {
			path := script(t, hanging)
			cmd := supervised(t, Job{Name: path})
			if tt.parent {
				cmd = exec.CommandContext(t.Context(), os.Args[0], parentVerb, path)
			}
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: tt.parent}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			pids := pids(t, path)
			pid := cmd.Process.Pid
			if tt.group {
				pid = -pid
			}
			if err := syscall.Kill(pid, tt.signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			for _, pid := range pids {
				awaitEnd(t, pid)
			}
		})
	}
}

// TestOneAtATime: the same job waits for its lock, within its own time.
func TestOneAtATime(t *testing.T) {
	path := script(t, hanging)
	lock := filepath.Join(t.TempDir(), "locks", "lock")
	first := supervised(t, Job{Name: path, Lock: lock})
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	pids(t, path)
	ran := script(t, "echo ran")
	if status, stdout, _ := run(t, Job{Name: ran, Lock: lock, Limit: time.Second / 2}); status != ExitTime || stdout != "" {
		t.Errorf("the second one ends with %d, %q", status, stdout)
	}
	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	if status, stdout, _ := run(t, Job{Name: ran, Lock: lock}); status != 0 || stdout != "ran\n" {
		t.Errorf("the third one ends with %d, %q", status, stdout)
	}
}

func pids(t *testing.T, path string) (list []int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		b, err := os.ReadFile(path + ".pids")
		if err != nil {
			continue
		}
		for f := range strings.FieldsSeq(string(b)) {
			pid, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, pid)
		}
		return list
	}
	t.Fatal("the plugin did not run")
	return nil
}

// awaitEnd waits until a process is gone, or a zombie that nobody has noticed.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %d lives", pid)
}

func FuzzJob(f *testing.F) {
	f.Add("aws", "get-token", "/bin:/usr/bin", 1, int64(time.Minute), "/lock")
	f.Add("-limit=1s", "--", "", 0, int64(1), "-lock")
	f.Fuzz(func(t *testing.T, name, arg, path string, parent int, limit int64, lock string) {
		j := Job{Name: name, Args: []string{arg}, Path: path, Parent: parent, Limit: time.Duration(limit), Lock: lock}
		got, err := parseJob(j.Command())
		if limit <= 0 {
			if err == nil {
				t.Error("a limit that is none is accepted")
			}
			return
		}
		if err != nil || !reflect.DeepEqual(got, j) {
			t.Errorf("%+v is read as %+v, %v", j, got, err)
		}
	})
}

func TestBounded(t *testing.T) {
	var b strings.Builder
	w := &bounded{w: &b, room: 3, strict: true}
	for _, p := range []string{"ab", "c", "d"} {
		n, err := w.Write([]byte(p))
		if p == "d" && (n != 0 || err == nil) || p != "d" && err != nil {
			t.Errorf("%q: %d, %v", p, n, err)
		}
	}
	if b.String() != "abc" {
		t.Errorf("written is %q", b.String())
	}
}
