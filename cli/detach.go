package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/durable"
	"culvert/tunnels/workspace"
)

const (
	detachWithin = 15 * time.Second
	detachEvery  = 30 * time.Millisecond
	// logName is the file that a background process writes to.
	logName = "background.log"
	// maxLog is how large it may be when a new process begins.
	maxLog = 1 << 20
	// maxEarly bounds what is shown of what a process has said that has ended early.
	maxEarly = 4 << 10
)

// detached starts a background process and returns it once it answers. What it says
// when it ends early comes through.
func detached(ctx context.Context, d Deps, kubeconfig string) (*Running, error) {
	if d.Program == "" {
		return nil, &tunnels.Error{Err: errors.New("the path of this program is not known, to start it in the background"), Hint: "Leave --detach out."}
	}
	log, begin, err := backgroundLog()
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the other process has its own
	args := []string{keepVerb}
	if kubeconfig != "" {
		args = append(args, "--kubeconfig", absolute(kubeconfig))
	}
	cmd := exec.Command(d.Program, args...) //nolint:noctx // it outlives this process
	cmd.Env, cmd.Dir = absoluteEnv(os.Environ()), rootFolder()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = ownSession()
	keepFiles()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start in the background: %w", err)
	}
	ended := make(chan struct{})
	go func() { // ends with the process, or with this one
		defer close(ended)
		_ = cmd.Wait() // what it has to say it has said
	}()
	return d.answers(ctx, ended, func() string { return saidSince(log.Name(), begin) })
}

// answers waits until the background process answers, or has ended.
func (d Deps) answers(ctx context.Context, ended <-chan struct{}, early func() string) (*Running, error) {
	ctx, cancel := context.WithTimeout(ctx, detachWithin)
	defer cancel()
	again := time.NewTicker(detachEvery)
	defer again.Stop()
	over := false
	for {
		r, err := d.find(ctx)
		switch {
		case err == nil:
			return r, nil
		case !errors.Is(err, ErrNobody):
			return nil, err
		case over:
			if text := early(); text != "" {
				return nil, &SaidError{Text: text, Status: ExitError}
			}
			return nil, &tunnels.Error{Err: errNotDetached, Hint: "Try it without --detach to see why."}
		}
		select {
		case <-again.C:
		case <-ended:
			over, ended = true, nil // another one may have been faster
		case <-ctx.Done():
			return nil, &tunnels.Error{Err: fmt.Errorf("the background process does not answer within %v", detachWithin), Hint: "Look into " + logPath() + "."}
		}
	}
}

// logPath is the background process's file; empty where there is no folder for it.
func logPath() string {
	dir, err := workspace.StateFolder()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, logName)
}

// backgroundLog opens the file, and returns where its new part begins. Without a
// folder for it nothing is written.
func backgroundLog() (file *os.File, begin int64, err error) {
	path := logPath()
	if path == "" || os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		file, err = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		return file, 0, err
	}
	file, err = durable.OpenToAppend(path)
	if err != nil {
		return nil, 0, &tunnels.Error{Op: "write " + path, Err: durable.Reason(err), Hint: "Look whether it is a file of yours, and whether the disk is full."}
	}
	info, err := file.Stat()
	if err == nil && info.Size() > maxLog {
		return file, 0, file.Truncate(0)
	}
	if err != nil {
		_ = file.Close() // the first error is told
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// saidSince returns what was written to a file from a place on.
func saidSince(path string, begin int64) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.NewSectionReader(file, begin, maxEarly))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// absoluteEnv makes paths in an environment absolute, for a process in another folder.
func absoluteEnv(env []string) []string {
	const name = "KUBECONFIG="
	out := make([]string, 0, len(env))
	for _, v := range env {
		if list, ok := strings.CutPrefix(v, name); ok {
			var paths []string
			for _, p := range filepath.SplitList(list) {
				if p != "" {
					p = absolute(p)
				}
				paths = append(paths, p)
			}
			v = name + strings.Join(paths, string(filepath.ListSeparator))
		}
		out = append(out, v)
	}
	return out
}

// rootFolder is one that no unmounting and no removal waits for.
func rootFolder() string {
	return filepath.VolumeName(absolute(".")) + string(filepath.Separator)
}
