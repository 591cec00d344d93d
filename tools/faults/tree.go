package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	testTimeout  = 60 * time.Second // of one test; the slowest takes some 20 s on two cores
	buildTimeout = 10 * time.Minute // and of building it
)

// tree is a copy of the repository's tracked files, as they are in the working
// tree.
type tree struct{ dir string }

// newCopy makes one; remove has to follow.
func newCopy(ctx context.Context, root string) (*tree, error) {
	list := exec.CommandContext(ctx, "git", "-C", root, "ls-files", "-z")
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", root, err)
	}
	dir, err := os.MkdirTemp("", "faults-")
	if err != nil {
		return nil, err
	}
	c := &tree{dir}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(root, name), filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(err, c.remove())
		}
	}
	return c, nil
}

func (c *tree) remove() error { return os.RemoveAll(c.dir) }

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, info.Mode().Perm())
}

// allPass runs the tests as they are: one that fails anyway would prove nothing.
func (c *tree) allPass(ctx context.Context, faults []fault) error {
	byPackage := make(map[string][]string)
	for _, f := range faults {
		byPackage[f.pkg] = append(byPackage[f.pkg], f.test)
	}
	var bad []error
	for pkg, tests := range byPackage {
		out, err := c.test(ctx, pkg, tests...)
		for _, test := range slices.Compact(slices.Sorted(slices.Values(tests))) {
			if !strings.Contains(out, "\n--- PASS: "+test+" (") && !strings.HasPrefix(out, "--- PASS: "+test+" (") {
				bad = append(bad, fmt.Errorf("%s.%s does not pass as it is", pkg, test))
			}
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w\n%s", pkg, err, tail(out)))
		}
	}
	return errors.Join(bad...)
}

// without runs a fault's test with its line disabled and says how it failed. The
// error is that it did not, or that this could not be tried.
func (c *tree) without(ctx context.Context, f fault) (how string, err error) {
	name := filepath.Join(c.dir, f.file)
	whole, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	changed, err := replaceLine(string(whole), f.line, f.instead)
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.file, err)
	}
	if err := os.WriteFile(name, []byte(changed), 0o600); err != nil {
		return "", err
	}
	out, failed := c.test(ctx, f.pkg, f.test)
	if err := os.WriteFile(name, whole, 0o600); err != nil {
		return "", err
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case failed == nil:
		return "", fmt.Errorf("%s passes without the line of %s: %s", f.test, f.file, f.line)
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		return "", fmt.Errorf("without its line it does not build:\n%s", tail(out))
	case strings.Contains(out, "panic: test timed out") || strings.Contains(out, "deadlock: "):
		return "hangs", nil
	case strings.Contains(out, "--- FAIL: "+f.test):
		return "fails", nil
	case strings.Contains(out, "panic: "):
		return "panics", nil
	}
	return "", fmt.Errorf("the test did not run: %w\n%s", failed, tail(out))
}

// replaceLine replaces the one line that reads so apart from its indentation.
func replaceLine(text, line, instead string) (string, error) {
	lines := strings.Split(text, "\n")
	at := -1
	for i, l := range lines {
		if strings.TrimSpace(l) != line {
			continue
		}
		if at >= 0 {
			return "", fmt.Errorf("the line is there more than once: %s", line)
		}
		at = i
	}
	if at < 0 {
		return "", fmt.Errorf("there is no line: %s", line)
	}
	lines[at] = instead
	return strings.Join(lines, "\n"), nil
}

func (c *tree) test(ctx context.Context, pkg string, tests ...string) (out string, err error) {
	ctx, cancel := context.WithTimeout(ctx, buildTimeout+testTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-tags", "nogui", "-trimpath", "-vet=off", "-count=1", "-v",
		"-timeout", testTimeout.String(), "-run", "^("+strings.Join(tests, "|")+")$", "./"+pkg)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.WaitDelay = 5 * time.Second
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	err = cmd.Run()
	return both.String(), err
}

// tail returns the end of a test's output.
func tail(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
