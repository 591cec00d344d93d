package ui

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much memory the window keeps beyond what it uses. A window allocates
// little once it stands, so that collecting often costs next to nothing.
const (
	gcPercent   = 50
	trimAfter   = 3 * time.Second // the start has left much behind by then
	trimEvery   = 10 * time.Second
	worthToTrim = 3 << 20
)

// trim gives memory that is free back to the system until ctx is done: soon after
// the start, and when lists or sheets have left some behind.
func trim(ctx context.Context) {
	for wait := trimAfter; ; wait = trimEvery {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if wait == trimAfter || unused() > worthToTrim {
			debug.FreeOSMemory()
		}
	}
}

// unused returns how many bytes of the heap are neither in use nor given back.
func unused() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
