package soak

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	starvedEvery = 200 * time.Millisecond
	// starvedBy is what a thread may wait for a processor without being late.
	starvedBy = 20 * time.Millisecond
)

// starve tells the judge, until ctx is done, for how long Culvert and this process had
// threads that were ready to run and got no processor. That is the machine's lateness.
func (r *run) starve(ctx context.Context) {
	tick := time.NewTicker(starvedEvery)
	defer tick.Stop()
	before := make(map[string]time.Duration)
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		now := time.Now()
		var longest time.Duration
		for _, pid := range []int{r.product.pid(), os.Getpid()} {
			longest = max(longest, waited(pid, before))
		}
		if longest > starvedBy {
			r.judge.Starved(now.Add(-min(longest, starvedEvery)), now)
		}
	}
}

// waited returns for how long the thread of a process that has waited most has been ready
// to run since the last call.
func waited(pid int, before map[string]time.Duration) time.Duration {
	paths, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0
	}
	var longest time.Duration
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		words := strings.Fields(string(b)) // nanoseconds on a processor, nanoseconds ready, slices
		if len(words) < 2 {
			continue
		}
		n, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			continue
		}
		if old, ok := before[path]; ok {
			longest = max(longest, time.Duration(n)-old)
		}
		before[path] = time.Duration(n)
	}
	return longest
}
