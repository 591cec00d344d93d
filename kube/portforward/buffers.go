package portforward

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

const (
	chunkSize  = 128 << 10 // of received bytes
	smallChunk = 4 << 10   // of those that come alone in a small frame
	minPayload = 8 << 10   // of a DATA frame we send: the first read of an upload
	maxPayload = 256 << 10 // 128 KiB and more beat 64 KiB by a third in uploads
)

const payloadSizes = 6 // 8, 16, … 256 KiB

// maxSending is how many bytes of uploads a session holds while they wait to be
// written, if not each has only the smallest frame.
const maxSending = 8 << 20

// buffers keeps a session's used buffers for reuse.
type buffers struct {
	sending atomic.Int64            // frames on their way
	chunks  sync.Pool               // *chunk of chunkSize
	small   sync.Pool               // *chunk of smallChunk
	frames  [payloadSizes]sync.Pool // *[]byte, by payload size
}

// chunk holds received bytes: those in [read, written) are not taken yet.
type chunk struct {
	buf           []byte
	read, written int
	filling       bool // the session is reading into it
	taken         bool // a local reader works on its bytes
}

// chunk returns an empty chunk.
func (b *buffers) chunk(small bool) *chunk {
	pool, size := &b.chunks, chunkSize
	if small {
		pool, size = &b.small, smallChunk
	}
	if c, ok := pool.Get().(*chunk); ok {
		c.read, c.written = 0, 0
		return c
	}
	return &chunk{buf: make([]byte, size)}
}

func (b *buffers) putChunk(c *chunk) {
	if len(c.buf) == chunkSize {
		b.chunks.Put(c)
	} else {
		b.small.Put(c)
	}
}

// frame returns room for a frame header and at least n bytes of payload.
func (b *buffers) frame(n int) *[]byte {
	class := sizeClass(n)
	if f, ok := b.frames[class].Get().(*[]byte); ok {
		return f
	}
	f := make([]byte, frameHeaderSize+minPayload<<class)
	return &f
}

// share returns how much payload a frame should have at most, so that all
// uploads together are bounded.
func (b *buffers) share() int {
	return min(maxPayload, max(minPayload, maxSending/int(b.sending.Load()+1)))
}

func (b *buffers) putFrame(f *[]byte) {
	b.frames[sizeClass(len(*f)-frameHeaderSize)].Put(f)
}

// sizeClass returns the smallest class that holds n bytes of payload.
func sizeClass(n int) int {
	if n <= minPayload {
		return 0
	}
	return min(bits.Len(uint(n-1)/minPayload), payloadSizes-1)
}
