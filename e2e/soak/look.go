package soak

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"culvert/e2e/soak/judge"
)

const (
	tickEvery   = 100 * time.Millisecond // as package judge expects
	lookEvery   = 300 * time.Millisecond
	sampleEvery = 2 * time.Second
)

// look watches the listening sockets, and whether the process is there, until ctx is done.
func (r *run) look(ctx context.Context) {
	tick, look := time.NewTicker(tickEvery), time.NewTicker(lookEvery)
	defer tick.Stop()
	defer look.Stop()
	for {
		select {
		case <-tick.C:
			r.judge.Tick(time.Now())
			continue
		case <-look.C:
		case <-r.product.ended:
			if ctx.Err() == nil {
				r.judge.Violate(judge.Violation{At: time.Now(), Kind: judge.Product, Text: fmt.Sprintf("culvert has ended: %v", r.product.cmd.ProcessState)})
			}
			return
		case <-ctx.Done():
			return
		}
		sockets, err := r.sockets()
		if err != nil {
			if !r.product.over() {
				r.judge.Violate(judge.Violation{At: time.Now(), Kind: judge.Product, Text: err.Error()})
			}
			continue
		}
		r.judge.Listening(sockets, time.Now())
	}
}

// sockets returns the listening ones of the tunnels.
func (r *run) sockets() (map[string]uint64, error) {
	all, err := listeners(r.product.pid())
	if err != nil {
		return nil, err
	}
	out := make(map[string]uint64)
	for _, ports := range r.doors {
		for _, at := range ports {
			for _, d := range at {
				if inode, ok := all[d.addr]; ok {
					out[d.addr] = inode
				}
			}
		}
	}
	return out, nil
}

// sample takes what the process uses, until ctx is done.
func (r *run) sample(ctx context.Context) {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		u, err := usage(r.product.pid(), time.Now())
		if err != nil {
			continue // it has ended, which is told elsewhere
		}
		r.mu.Lock()
		r.samples = append(r.samples, u)
		r.mu.Unlock()
	}
}

// usageSince is the median of the last samples.
func (r *run) usageSince(d time.Duration) judge.Usage {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Usage = r.samples
	from := time.Now().Add(-d)
	for i, u := range r.samples {
		if u.At.After(from) {
			return judge.MedianOf(r.samples[i:])
		}
	}
	return judge.Usage{}
}

// usageBetween is the median of the samples of a time.
func (r *run) usageBetween(from, to time.Time) judge.Usage {
	r.mu.Lock()
	defer r.mu.Unlock()
	var some []judge.Usage
	for _, u := range r.samples {
		if u.At.After(from) && !u.At.After(to) {
			some = append(some, u)
		}
	}
	return judge.MedianOf(some)
}

// countReconnects adds up what was shown last.
func (r *run) countReconnects() {
	shown := r.shown.Load()
	if shown == nil {
		return
	}
	for _, t := range *shown {
		r.report.Reconnects += t.Reconnects
	}
}

// compareUsage says what counts as no growth; docs/reliability.md gives the reasons.
func (r *run) compareUsage(l lengths) {
	r.judge.Compare("with traffic", r.report.Before, r.report.After, judge.Bounds{
		Memory: judge.Bound{Share: 1.25, More: 32 << 20},
	})
	r.judge.Compare("in the first and the second half of the faults", r.report.FirstHalf, r.report.SecondHalf, judge.Bounds{
		Memory: judge.Bound{Share: 1.15, More: 16 << 20},
	})
	files := judge.Bound{Share: 1, More: 8}
	if l.quiet < idleSessions {
		files.More += 8 * float64(len(r.plans)) // sessions that are not needed any more are still open
	}
	r.judge.Compare("without traffic", r.report.Still, r.report.Quiet, judge.Bounds{Files: files})
	goroutines := judge.Bound{Share: 1.1, More: 20}
	if l.quiet < idleSessions {
		goroutines.Share = 3
	}
	r.judge.Compare("without traffic, to a Culvert that has had none", r.report.Twin, r.report.Quiet, judge.Bounds{Goroutines: goroutines})
}

// remove removes the user's folder and keeps its logs.
func (h *home) remove(logs string) error {
	paths, err := filepath.Glob(filepath.Join(h.dir, ".local/state/culvert/*.log*"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(logs, filepath.Base(h.dir)+"-"+filepath.Base(path)), b, 0o600); err != nil {
			return err
		}
	}
	return os.RemoveAll(h.dir)
}
