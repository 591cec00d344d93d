package clock

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// symbol is the function that tells the time.
const symbol = "__vdso_clock_gettime"

// offsetsAt is where the offsets are, counted from the beginning of the
// function; the code in front of them is shorter.
const offsetsAt = 0x40

// takeOver finds the function, and replaces it unless it is ours.
func (c *Clock) takeOver() error {
	if len(code) == 0 {
		return errors.New("this is possible on amd64 only")
	}
	at, size, err := c.find()
	if err != nil {
		return err
	}
	c.offsets = at + offsetsAt
	is := make([]byte, len(code))
	if _, err := c.mem.ReadAt(is, at); err != nil || bytes.Equal(is, code) {
		return err
	}
	if size < offsetsAt+16 || at%8 != 0 {
		return fmt.Errorf("the function %s has %d bytes at %#x: too few, or not where a clock can be set in one step", symbol, size, at)
	}
	return c.replace(at, size)
}

// replace puts our code and no offsets over the function while nobody is in it.
func (c *Clock) replace(at, size int64) error {
	for range 100 {
		if err := stop(c.pid); err != nil {
			return err
		}
		inside, err := within(c.pid, at, at+size)
		if err == nil && !inside {
			ours := make([]byte, offsetsAt+16)
			copy(ours, code)
			_, err = c.mem.WriteAt(ours, at)
		}
		err = errors.Join(err, syscall.Kill(c.pid, syscall.SIGCONT))
		if err != nil || !inside {
			return err
		}
	}
	return errors.New("it asks for the time all the time")
}

// find returns where the function is in the process, and its length.
func (c *Clock) find() (at, size int64, err error) {
	from, to, err := c.page()
	if err != nil {
		return 0, 0, err
	}
	image := make([]byte, to-from)
	if _, err := c.mem.ReadAt(image, from); err != nil {
		return 0, 0, err
	}
	vdso, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return 0, 0, fmt.Errorf("read the vDSO: %w", err)
	}
	symbols, err := vdso.DynamicSymbols()
	if err != nil {
		return 0, 0, fmt.Errorf("read the vDSO: %w", err)
	}
	for _, s := range symbols {
		if s.Name == symbol {
			return from + int64(s.Value), int64(s.Size), nil
		}
	}
	return 0, 0, fmt.Errorf("the vDSO has no %s", symbol)
}

// page returns where the vDSO is in the process.
func (c *Clock) page() (from, to int64, err error) {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", c.pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(maps)) {
		if strings.HasSuffix(line, "[vdso]\n") {
			_, err := fmt.Sscanf(line, "%x-%x", &from, &to)
			return from, to, err
		}
	}
	return 0, 0, errors.New("it has no vDSO")
}
