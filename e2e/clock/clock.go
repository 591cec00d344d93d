package clock

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Clock is that of a running process. It stays set when it is closed.
type Clock struct {
	pid     int
	mem     *os.File
	offsets int64 // where the seconds are that are added, in the process
}

// What offsets has, in its order: that of the kernel's numbers of clocks.
const (
	wall = iota
	monotonic
)

// Of takes over the clocks of a process, which go on as before. It stops the
// process for some milliseconds when that was not done before.
func Of(pid int) (*Clock, error) {
	mem, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	c := &Clock{pid: pid, mem: mem}
	if err := c.takeOver(); err != nil {
		return nil, errors.Join(fmt.Errorf("take over the clock of process %d: %w", pid, err), mem.Close())
	}
	return c, nil
}

// Close lets the process alone. Its clocks stay as they are set.
func (c *Clock) Close() error { return c.mem.Close() }

// Step sets the wall clock forward, or back, by whole seconds. The monotonic one
// goes on.
func (c *Clock) Step(by time.Duration) error { return c.add(wall, by) }

// Stepped returns how far all steps have set the wall clock.
func (c *Clock) Stepped() (time.Duration, error) {
	n, err := c.read(wall)
	return time.Duration(n) * time.Second, err
}

// Sleep stops the process for as long, in whole seconds, or until ctx is done.
// Its monotonic clock stands still meanwhile and its wall clock does not, as
// when a machine sleeps.
func (c *Clock) Sleep(ctx context.Context, long time.Duration) error {
	if err := stop(c.pid); err != nil {
		return err
	}
	began := time.Now()
	timer := time.NewTimer(long.Truncate(time.Second))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	// Less than what has passed, for it must never go back.
	err := c.add(monotonic, -time.Since(began).Truncate(time.Second))
	return errors.Join(err, syscall.Kill(c.pid, syscall.SIGCONT), ctx.Err())
}

func (c *Clock) add(which int, by time.Duration) error {
	n, err := c.read(which)
	if err != nil {
		return err
	}
	b := binary.LittleEndian.AppendUint64(nil, uint64(n+int64(by/time.Second)))
	_, err = c.mem.WriteAt(b, c.offsets+8*int64(which))
	return err
}

func (c *Clock) read(which int) (int64, error) {
	var b [8]byte
	_, err := c.mem.ReadAt(b[:], c.offsets+8*int64(which))
	return int64(binary.LittleEndian.Uint64(b[:])), err
}
