package tunneltest

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// pipeBuffer is how many bytes one direction of a Conn holds before writers
// wait.
const pipeBuffer = 64 << 10

// Conn is one end of a connection in memory that behaves as TCP does: writes
// are buffered, each direction ends by itself, and an end that is closed with
// SetLinger(0) resets the other. Deadlines are not supported. It may be used
// inside a testing/synctest bubble.
type Conn struct {
	local, remote netip.AddrPort
	in, out       *half

	mu     sync.Mutex
	linger bool // SetLinger(0) was called
}

// NewConnPair returns the two ends of a connection between two addresses.
func NewConnPair(a, b netip.AddrPort) (*Conn, *Conn) {
	ab, ba := newHalf(), newHalf()
	return &Conn{local: a, remote: b, in: ba, out: ab}, &Conn{local: b, remote: a, in: ab, out: ba}
}

// Read returns io.EOF after the other end's CloseWrite, and ECONNRESET after a
// reset.
func (c *Conn) Read(p []byte) (int, error) { return c.in.read(p) }

// Write returns EPIPE when the other end is closed.
func (c *Conn) Write(p []byte) (int, error) { return c.out.write(p) }

// CloseWrite ends the direction to the other end.
func (c *Conn) CloseWrite() error {
	c.out.end(io.EOF, false)
	return nil
}

// SetLinger with 0 makes the next Close a reset.
func (c *Conn) SetLinger(sec int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.linger = sec == 0
	return nil
}

// Close ends both directions; the other end still reads what was written
// before, but not after SetLinger(0).
func (c *Conn) Close() error {
	c.mu.Lock()
	reset := c.linger
	c.mu.Unlock()
	if reset {
		c.out.end(syscall.ECONNRESET, true)
	} else {
		c.out.end(io.EOF, false)
	}
	c.in.abandon()
	return nil
}

// LocalAddr returns this end's address.
func (c *Conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr returns the other end's address.
func (c *Conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// SetDeadline is not supported.
func (c *Conn) SetDeadline(time.Time) error { return os.ErrNoDeadline }

// SetReadDeadline is not supported.
func (c *Conn) SetReadDeadline(time.Time) error { return os.ErrNoDeadline }

// SetWriteDeadline is not supported.
func (c *Conn) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

// half is one direction.
type half struct {
	mu   sync.Mutex
	cond *sync.Cond
	buf  []byte
	err  error // what readers get after buf; nil while open
	gone bool  // nobody will read any more
}

func newHalf() *half {
	h := new(half)
	h.cond = sync.NewCond(&h.mu)
	return h
}

func (h *half) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.buf) == 0 && h.err == nil && !h.gone {
		h.cond.Wait()
	}
	if h.gone {
		return 0, net.ErrClosed
	}
	if len(h.buf) == 0 {
		return 0, h.err
	}
	n := copy(p, h.buf)
	h.buf = h.buf[n:]
	h.cond.Broadcast()
	return n, nil
}

func (h *half) write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	written := 0
	for len(p) > 0 {
		for len(h.buf) >= pipeBuffer && h.err == nil && !h.gone {
			h.cond.Wait()
		}
		if h.gone {
			return written, syscall.EPIPE
		}
		if h.err != nil {
			return written, net.ErrClosed
		}
		n := min(len(p), pipeBuffer-len(h.buf))
		h.buf = append(h.buf, p[:n]...)
		p, written = p[n:], written+n
		h.cond.Broadcast()
	}
	return written, nil
}

// end ends the direction from the writer's side; discard drops what has not
// been read.
func (h *half) end(err error, discard bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err == nil || discard {
		h.err = err
	}
	if discard {
		h.buf = nil
	}
	h.cond.Broadcast()
}

// abandon ends the direction from the reader's side.
func (h *half) abandon() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gone = true
	h.cond.Broadcast()
}
