//go:build unix

package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Supported tells whether [Run] works on this system.
const Supported = true

const (
	maxOutput = 1 << 20         // credentials with certificates have some kilobytes
	maxErrors = 64 << 10        // of what it says on stderr
	grace     = time.Second / 2 // for output after its end
	lookEvery = time.Second / 4 // for the parent, and for the lock
)

var (
	errTime  = errors.New("its time is over")
	errEnded = errors.New("it was told to end")
	errMuch  = errors.New("it prints too much")
)

// Run does the job that [Job.Command] has written down and returns the exit
// status for the process. The plugin inherits the environment.
func Run(args []string, out, errs io.Writer) int {
	j, err := parseJob(args)
	if err == nil {
		err = j.run(out, errs)
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errTime):
		return ExitTime
	case errors.Is(err, errEnded):
		return exitEnded
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode()
	}
	if _, missing := errors.AsType[*exec.Error](err); missing {
		return ExitMissing // whoever asked looks for it too, and says more
	}
	fmt.Fprintf(errs, "culvert: plugin %s: %v\n", j.Name, err)
	return exitFailed
}

func (j Job) run(out, errs io.Writer) error {
	// What kills all processes of the parent's group must not kill us, because
	// nobody would end what the plugin has started. It fails for who leads a
	// group, and so is in no other.
	_, _ = syscall.Setsid()
	runtime.LockOSThread() // on Linux the plugin dies with the thread that started it
	defer runtime.UnlockOSThread()
	ctx, cancel := j.context()
	defer cancel()
	unlock, err := j.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	path, err := Find(j.Path, j.Name)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, j.Args...)
	answer := &bounded{w: out, room: maxOutput, strict: true}
	cmd.Stdout, cmd.Stderr = answer, &bounded{w: errs, room: maxErrors}
	cmd.SysProcAttr = attributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = grace
	err = cmd.Run()
	switch {
	case ctx.Err() != nil && err != nil:
		return context.Cause(ctx)
	case answer.full:
		return errMuch
	case errors.Is(err, exec.ErrWaitDelay): // something in the background holds its output
		return nil
	}
	return err
}

// context is done when the job has to end, for the reason that it tells.
func (j Job) context() (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() { // until the process ends, or it is cancelled
		limit := time.NewTimer(j.Limit)
		defer limit.Stop()
		look := time.NewTicker(lookEvery)
		defer look.Stop()
		for os.Getppid() == j.Parent {
			select {
			case <-look.C:
			case <-limit.C:
				end(errTime)
				return
			case <-signals:
				end(errEnded)
				return
			case <-ctx.Done():
				return
			}
		}
		end(errEnded) // nobody wants the credentials any more
	}()
	return ctx, func() {
		signal.Stop(signals)
		end(nil)
	}
}

// lock waits until the same job runs nowhere else.
func (j Job) lock(ctx context.Context) (unlock func(), err error) {
	if j.Lock == "" {
		return func() {}, nil
	}
	const flags = os.O_CREATE | os.O_RDONLY | syscall.O_NONBLOCK // a pipe in its place is not waited for
	l := flock.New(j.Lock, flock.SetFlag(flags), flock.SetPermissions(0o600))
	if err = os.MkdirAll(filepath.Dir(j.Lock), 0o700); err == nil {
		_, err = l.TryLockContext(ctx, lookEvery)
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return func() {}, nil //nolint:nilerr // twice at once is better than not at all
	}
	return func() { _ = l.Unlock() }, nil // the end of the process frees it, if nothing else
}

// bounded writes no more than room bytes. What comes then is lost, and an error
// if it is strict.
type bounded struct {
	w      io.Writer
	room   int
	strict bool
	full   bool // something was lost
}

func (b *bounded) Write(p []byte) (int, error) {
	part := p[:min(len(p), b.room)]
	b.room -= len(part)
	if n, err := b.w.Write(part); err != nil {
		return n, err
	}
	if len(part) == len(p) {
		return len(p), nil
	}
	b.full = true
	if b.strict {
		return len(part), errMuch
	}
	return len(p), nil
}
