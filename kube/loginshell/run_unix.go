//go:build unix

package loginshell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// run starts the shell with a script and returns what it has printed once the
// frame was there twice. The shell has ended then; on failure its process group
// is killed, and otherwise what it has left in the background is told to end, as
// when a terminal closes.
func (o Options) run(ctx context.Context, w way, script, frame string) (out []byte, err error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = from.Close() }()
	cmd := exec.CommandContext(ctx, o.Shell, append(slices.Clone(w.flags), script)...)
	cmd.Args[0] = w.name
	cmd.Stdout = to
	cmd.Env = append(os.Environ(), quiet[:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // neither our terminal nor our process group
	end := func(sig syscall.Signal) error { return syscall.Kill(-cmd.Process.Pid, sig) }
	cmd.Cancel = func() error { return end(syscall.SIGKILL) }
	err = cmd.Start()
	_ = to.Close() // the shell has its own
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotStarted, err)
	}
	defer context.AfterFunc(ctx, func() { _ = from.SetReadDeadline(time.Unix(1, 0)) })()
	out, err = readFramed(from, frame)
	left := []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM} // the first one is ignored below nohup
	if err != nil {
		left = []syscall.Signal{syscall.SIGKILL}
	}
	for _, sig := range left {
		_ = end(sig) // whatever is left of the group; mostly nothing
	}
	_ = cmd.Wait() // it was told to end, and is killed when the time is over
	return out, err
}

// readFramed reads until the frame was there twice.
func readFramed(r io.Reader, frame string) ([]byte, error) {
	var out bytes.Buffer
	buf := make([]byte, 16<<10)
	for {
		n, err := r.Read(buf)
		out.Write(buf[:n])
		if bytes.Count(out.Bytes(), []byte(frame)) >= 2 {
			return out.Bytes(), nil
		}
		switch {
		case out.Len() > maxOutput:
			return nil, errTooMuch
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
	}
}
