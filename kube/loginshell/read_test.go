//go:build unix

package loginshell

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// printVerb makes this test's program print its environment, as Culvert does.
const printVerb = "print-environment"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == printVerb {
		if err := Print(os.Stdout, os.Args[2]); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// shell writes a program that is started as a shell.
func shell(t *testing.T, name, script string) Options {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return Options{Shell: path, Printer: []string{self, printVerb}, Limit: 20 * time.Second}
}

const multiline = "one\ntwo=2\n"

func TestRead(t *testing.T) {
	// Each gets its arguments as a real shell of the name does and refuses others.
	const rest = `
export MULTI='one
two=2
'
eval "$script"
`
	for name, script := range map[string]string{
		"bash":    `[ "$1 $2 $3" = "-l -i -c" ] || exit 2; script=$4`,
		"fish":    `[ "$1 $2 $3" = "-l -i -c" ] || exit 2; script=$4`,
		"tcsh":    `[ "$1 $2" = "-i -c" ] || exit 2; script=$3`,
		"newsh":   `[ "$1" = "-c" ] || exit 2; script=$2`, // an unknown one
		"zsh":     `echo "Welcome! $4"; printf 'title: %s\033' "$4"; script=$4`,
		"dash":    `trap 'echo bye' EXIT; script="${4#exec }"`, // it says something after it, too
		"ksh":     `[ -z "$(ps -o tty= -p $$ | tr -d '? ')" ] || exit 2; script=$4`,
		"mksh":    `if read line; then exit 2; fi; script=$4`, // there is nothing to read
		"sh":      `[ "$2" = -i ] && exec sleep 0; script=$3`, // the interactive files start something else
		"unasked": `[ "$CULVERT_READS_SHELL" = 1 ] || exit 2; script=$4`,
	} {
		t.Run(name, func(t *testing.T) {
			env, err := Read(t.Context(), shell(t, name, script+rest))
			if err != nil {
				t.Fatal(err)
			}
			if env["MULTI"] != multiline || env["PATH"] == "" {
				t.Errorf("the environment is %q", env)
			}
		})
	}
}

func TestReadFails(t *testing.T) {
	t.Run("no shell", func(t *testing.T) {
		o := shell(t, "sh", "")
		o.Shell += ".missing"
		fails(t, o, "cannot be started")
	})
	t.Run("no answer", func(t *testing.T) { fails(t, shell(t, "sh", "echo secret; exit 3"), "ended without a word") })
	t.Run("endless", func(t *testing.T) {
		fails(t, shell(t, "sh", "while :; do echo 0123456789012345678901234567890123456789; done"), "more than 1048576 bytes")
	})
	t.Run("a path that shells read differently", func(t *testing.T) {
		o := shell(t, "sh", "")
		o.Printer[0] = "/it's"
		fails(t, o, "shells read differently")
	})
	t.Run("started by itself", func(t *testing.T) {
		t.Setenv(Guard, "1")
		fails(t, shell(t, "sh", ""), "already")
	})
}

func fails(t *testing.T, o Options, want string) {
	t.Helper()
	env, err := Read(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
		t.Errorf("it returns %v, %v", env, err)
	}
}

// TestHang: a shell that waits for somebody is killed with all it has started.
func TestHang(t *testing.T) {
	for _, how := range []string{"its time is over", "cancelled"} {
		t.Run(how, func(t *testing.T) {
			o := shell(t, "sh", "sleep 1000 & echo $! $$ > $0.new; mv $0.new $0.pids; wait")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if o.Limit = 2 * time.Second; how == "cancelled" {
				o.Limit = time.Minute
				go func() {
					pids(t, o.Shell)
					cancel()
				}()
			}
			if _, err := Read(ctx, o); err == nil || how != "cancelled" && !strings.Contains(err.Error(), "not done within 2s") {
				t.Errorf("the error is %v", err)
			}
			for _, pid := range pids(t, o.Shell) {
				awaitEnd(t, pid)
			}
		})
	}
}

// pids waits for the processes that the script has told.
func pids(t *testing.T, shell string) (list []int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		b, err := os.ReadFile(shell + ".pids")
		if err != nil {
			continue
		}
		for f := range strings.FieldsSeq(string(b)) {
			pid, err := strconv.Atoi(f)
			if err != nil {
				t.Error(err)
			}
			list = append(list, pid)
		}
		return list
	}
	t.Error("the script did not run")
	return nil
}

// awaitEnd waits until a process is gone, or a zombie that its parent has not
// noticed yet.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %d lives", pid)
}

// TestBackground: what a profile leaves running does not delay the answer.
func TestBackground(t *testing.T) {
	o := shell(t, "sh", `sleep 1000 & echo $! > $0.pids; eval "$4"`)
	if _, err := Read(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids(t, o.Shell) {
		awaitEnd(t, pid)
	}
}

func TestUserShell(t *testing.T) {
	t.Setenv("SHELL", "/usr/bin/fish")
	if got, err := userShell(t.Context()); got != "/usr/bin/fish" || err != nil {
		t.Errorf("the shell is %q, %v", got, err)
	}
	t.Setenv("SHELL", "/usr/sbin/nologin")
	if got, err := userShell(t.Context()); err == nil {
		t.Errorf("the shell is %q", got)
	}
	const list = "root:x:0:0:root:/root:/bin/bash\nme:x:1000:100:Me,,,:/home/me:/bin/zsh\nbroken:1001\n"
	for uid, want := range map[string]string{"0": "/bin/bash", "1000": "/bin/zsh", "1001": "", "7": ""} {
		if got := shellOf(list, uid); got != want {
			t.Errorf("the shell of %s is %q", uid, got)
		}
	}
}
