package portforward

import (
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// bulkRun is how much has to arrive without a rest, and without a word from
	// this side, before a transfer counts as a bulk one: more than a page with its
	// pictures. bulkAgain is enough after a transfer that was one has paused.
	bulkRun   = 1 << 20
	bulkAgain = 256 << 10
	// bulkRest ends a run: nothing has arrived for so long.
	bulkRest = 20 * time.Millisecond
	// bulkPause is how long arrivals gather before the next read. Where nothing
	// else happens Go rounds it up to a millisecond.
	bulkPause = 500 * time.Microsecond
)

// bulk lets the bytes of a large download gather before they are read. A read
// for every record that arrives is most of what a download costs, here and, as
// small windows open behind each of them, in every program on its way.
//
// It is for downloads alone: what this side writes ends it, so that an answer to a
// request is late by a pause at most that had begun, as are bytes that come behind a
// download. And it is for Linux alone: elsewhere a read for which there are fewer
// bytes than the system shall wait for returns none of them.
type bulk struct {
	wrote atomic.Bool // something, since the last read

	// Of the reading goroutine.
	run  int       // bytes since the last rest
	last time.Time // of the last arrival
	on   bool
}

// pause waits for bytes to gather, if they come in bulk.
func (b *bulk) pause(s *socket) {
	if b.wrote.Swap(false) {
		b.stop(s)
		b.run = 0
	}
	if !b.on && b.run >= bulkRun && runtime.GOOS == "linux" {
		b.on = s.wakeAt(maxReadAhead)
		if !b.on {
			b.run = 0 // to be tried again much later
		}
	}
	if b.on {
		time.Sleep(bulkPause)
	}
}

// arrived is told how much each read brought.
func (b *bulk) arrived(n int) {
	now := time.Now()
	if now.Sub(b.last) > bulkRest {
		b.run = 0
	}
	b.last = now
	b.run = min(b.run+n, bulkRun)
}

// stop must come before a read that may wait. It returns whether anything was to
// be stopped: then bytes may have arrived that nobody will be told of.
func (b *bulk) stop(s *socket) bool {
	if !b.on {
		return false
	}
	b.on, b.run = false, bulkRun-bulkAgain
	s.wakeAt(1) // it took another number before
	return true
}
