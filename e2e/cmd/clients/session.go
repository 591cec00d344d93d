package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// session works at a shell behind a terminal: it types commands, waits for what
// each prints, lets one print much, and leaves with a status.
func (w *work) session(ctx context.Context) error {
	cmd, err := w.command("ssh", append(append([]string{"-tt"}, w.sshOptions()...), sshUser)...)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	err = w.atShell(in, bufio.NewReader(out))
	if err != nil {
		_ = cmd.Process.Kill() // its error says nothing more
	}
	_, _ = io.Copy(io.Discard, out) // what the shell says at its end
	werr := cmd.Wait()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	if _, ended := errors.AsType[*exec.ExitError](werr); werr != nil && !ended {
		return werr
	}
	if status := cmd.ProcessState.ExitCode(); status != leaves {
		return fmt.Errorf("ssh %w status %d, not %d: %s", errStatus, status, leaves, strings.TrimSpace(said.String()))
	}
	return nil
}

// leaves is the status with which the shell is left.
const leaves = 7

// atShell is the session itself, until exit has been typed.
func (w *work) atShell(in io.Writer, out *bufio.Reader) error {
	var millis []float64
	for n := range quickly(w.trial, 1000, 100) {
		began := time.Now()
		// The terminal echoes the command, which does not hold what it prints.
		if err := ask(in, out, fmt.Sprintf("echo answer $((%d * 7))", n), fmt.Sprintf("answer %d", n*7)); err != nil {
			return err
		}
		millis = append(millis, time.Since(began).Seconds()*1000)
		w.done = fmt.Sprintf("%d commands", n+1)
	}
	w.values[login] = millis[0] // with all that comes before the first prompt
	millis = millis[1:]
	w.values[p50], w.values[p99] = quantile(millis, 0.5), quantile(millis, 0.99)
	if err := ask(in, out, `seq 300000; echo "much $?"`, "much 0"); err != nil {
		return err
	}
	_, err := fmt.Fprintf(in, "exit %d\n", leaves)
	return err
}

// ask types a command and reads until a line is what it should print.
func ask(in io.Writer, out *bufio.Reader, command, want string) error {
	if _, err := fmt.Fprintf(in, "%s\n", command); err != nil {
		return fmt.Errorf("type into the session: %w", err)
	}
	for {
		line, err := out.ReadString('\n')
		if err != nil {
			return fmt.Errorf("the session has ended before %q: %w", want, err)
		}
		// Bash switches the paste mode of the terminal before and after.
		if strings.HasSuffix(strings.TrimSpace(line), want) && !strings.Contains(line, "echo") {
			return nil
		}
	}
}
