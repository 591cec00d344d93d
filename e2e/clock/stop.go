package clock

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stop stops a process and returns when none of its threads runs any more.
func stop(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 5000 {
		stopped, err := stopped(pid)
		if err != nil || stopped {
			return err
		}
		<-tick.C
	}
	return errors.Join(fmt.Errorf("process %d does not stop", pid), syscall.Kill(pid, syscall.SIGCONT))
}

// stopped says whether all threads of a process stand still.
func stopped(pid int) (bool, error) {
	threads, err := threads(pid)
	if err != nil {
		return false, err
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(filepath.Join(thread, "stat"))
		if err != nil {
			return false, err
		}
		// The name in front of the state is in parentheses, and may have some.
		_, rest, ok := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), " ")
		if !ok || rest[0] != 'T' {
			return false, nil
		}
	}
	return true, nil
}

// within says whether a thread of a stopped process is in the code between two
// addresses.
func within(pid int, from, to int64) (bool, error) {
	threads, err := threads(pid)
	if err != nil {
		return false, err
	}
	for _, thread := range threads {
		state, err := os.ReadFile(filepath.Join(thread, "syscall"))
		if err != nil {
			return false, err
		}
		words := strings.Fields(string(state))
		at, err := strconv.ParseInt(words[len(words)-1], 0, 64)
		if err != nil {
			return false, fmt.Errorf("where a thread is: %q: %w", state, err)
		}
		if from <= at && at < to {
			return true, nil
		}
	}
	return false, nil
}

func threads(pid int) ([]string, error) {
	all, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("there is no process %d", pid)
	}
	return all, err
}
