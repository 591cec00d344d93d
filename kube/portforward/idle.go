package portforward

import "time"

// What a peer may send that moves no bytes of any connection. A node answers a
// stream with half a dozen frames, and sends a ping in some seconds at most, but what
// is allowed is far more, for a session that is ended costs its connections; and
// after a stream was reset there come the bytes that were on their way, which is as
// much as the buffers between here and the pod hold.
const (
	idleFrames          = 10_000 // at once
	idleFramesPerSecond = 100
	idleFramesPerStream = 16
	idleBytes           = 64 << 20
	idleBytesPerStream  = 32 << 20
	idleFrameBytes      = 256 // that a frame counts for beside its data
)

// idle counts what a peer sends in vain. It is for one goroutine.
type idle struct {
	start  time.Time
	frames int64
	bytes  int64
}

func newIdle() idle { return idle{start: time.Now()} }

var (
	errIdleFrames = &frameError{"frames without end that carry nothing"}
	errIdleBytes  = &frameError{"bytes without end for streams that are not open"}
)

// frame counts one that carries nothing, of a session that has opened so many streams.
func (i *idle) frame(streams int64) error {
	i.frames++
	if i.frames <= idleFrames+idleFramesPerStream*streams {
		return nil
	}
	if i.frames > idleFrames+idleFramesPerStream*streams+int64(idleFramesPerSecond*time.Since(i.start).Seconds()) {
		return errIdleFrames
	}
	return nil
}

// skip counts a frame for a stream that is not open.
func (i *idle) skip(length int, streams int64) error {
	i.bytes += int64(length) + idleFrameBytes
	if i.bytes > idleBytes+idleBytesPerStream*streams {
		return errIdleBytes
	}
	return nil
}
