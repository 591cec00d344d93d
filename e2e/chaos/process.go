package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"culvert/e2e/clock"
)

// culvertFrozen stops Culvert in the middle of what it does, and nothing else:
// that cuts nothing.
func culvertFrozen(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	long := between(r, 5*time.Second, 30*time.Second)
	h.Note = fmt.Sprintf("culvert frozen for %v", long)
	pid := w.Process()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	return errors.Join(pause(ctx, long), syscall.Kill(pid, syscall.SIGCONT))
}

// asleep is what sleep is to Culvert: it stands still, its monotonic clock does
// so too and the wall clock does not, and when it wakes all of its connections
// are forgotten.
func asleep(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	long := between(r, 6*time.Second, 25*time.Second).Truncate(time.Second)
	h.All = true
	c, err := clock.Of(w.Process())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	forgotten := w.Link.Forget()
	h.Note = fmt.Sprintf("asleep for %v, and %d connections forgotten meanwhile", long, forgotten)
	return c.Sleep(ctx, long)
}

// clockJumped sets Culvert's wall clock to another time and back. That cuts
// nothing.
func clockJumped(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	by, long := between(r, time.Minute, 12*time.Hour).Truncate(time.Second), between(r, 4*time.Second, 12*time.Second)
	if r.Float64() < 0.5 {
		by = -by
	}
	h.Note = fmt.Sprintf("the wall clock set by %v for %v", by, long)
	c, err := clock.Of(w.Process())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	return errors.Join(c.Step(by), pause(ctx, long), c.Step(-by))
}

// descriptorsFilled allows Culvert no more files than it has open, for a while.
// That cuts nothing, but who connects meanwhile has to wait.
func descriptorsFilled(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	long := between(r, 3*time.Second, 12*time.Second)
	pid := w.Process()
	var before unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &before); err != nil {
		return fmt.Errorf("read the limit of files: %w", err)
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return err
	}
	h.Note = fmt.Sprintf("no more than %d files for %v", len(open), long)
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(len(open)), Max: before.Max}, nil); err != nil {
		return fmt.Errorf("set the limit of files: %w", err)
	}
	return errors.Join(pause(ctx, long), unix.Prlimit(pid, unix.RLIMIT_NOFILE, &before, nil))
}
