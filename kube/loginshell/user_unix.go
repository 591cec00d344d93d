//go:build unix

package loginshell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// userShell returns the user's login shell: SHELL, or what the system's list of
// users has.
func userShell(ctx context.Context) (string, error) {
	shell := os.Getenv("SHELL")
	if !filepath.IsAbs(shell) {
		shell = listedShell(ctx)
	}
	switch filepath.Base(shell) {
	case ".":
		return "", errors.New("there is no login shell: SHELL is not set, and the system's list of users has none")
	case "nologin", "false", "true":
		return "", fmt.Errorf("the login shell %s runs nothing", shell)
	}
	return shell, nil
}

// listedShell asks the system's list of users; it returns nothing when that has
// nothing.
func listedShell(ctx context.Context) string {
	me, err := user.Current()
	if err != nil {
		return ""
	}
	if runtime.GOOS == "darwin" {
		_, shell, _ := strings.Cut(output(ctx, "/usr/bin/dscl", ".", "-read", "/Users/"+me.Username, "UserShell"), ":")
		return strings.TrimSpace(shell)
	}
	if shell := shellOf(output(ctx, "getent", "passwd", me.Uid), me.Uid); shell != "" {
		return shell
	}
	list, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return ""
	}
	return shellOf(string(list), me.Uid)
}

// shellOf returns the shell of the user with an ID from lines as in /etc/passwd.
func shellOf(list, uid string) string {
	for line := range strings.Lines(list) {
		if f := strings.Split(strings.TrimSpace(line), ":"); len(f) == 7 && f[2] == uid {
			return f[6]
		}
	}
	return ""
}

// output returns what a program printed, or nothing.
func output(ctx context.Context, name string, args ...string) string {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return string(out)
}
