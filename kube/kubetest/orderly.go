package kubetest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// What the streaming library does with a session's frames.
const (
	workers     = 5 // spdystream.FRAME_WORKERS; pings go to them by turns
	frameHeader = 8
	pingFrame   = 12
	lastPing    = 0x7fffff01 // odd, as a client's are, and above any that one sends
)

// orderlyPatience is how long a broken session may take over its last frames.
const orderlyPatience = 250 * time.Millisecond

// orderly is a session's connection as the streaming library sees it. It breaks
// only when all frames that came before have been handled, because
// moby/spdystream cannot take a broken connection in the middle of its work: when
// the reply to a new stream cannot be written and the client's reset of that
// stream is handled after it, one goroutine changes Stream.replied while another
// reads it (Connection.handleResetFrame, Stream.waitWriteReply), and both wait for
// ever. So what is written after the break is dropped, and the end of the input
// is told after an answer to one ping by each worker.
type orderly struct {
	net.Conn
	in *bufio.Reader

	// These belong to the goroutine that reads.
	position position
	script   []byte // left to be read before err
	err      error

	once     sync.Once
	mu       sync.Mutex
	awaited  int
	answered chan struct{}
}

// orderlyWriter gives the streaming library an orderly connection.
type orderlyWriter struct {
	http.ResponseWriter
}

// Hijack implements [http.Hijacker].
func (w orderlyWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	h, ok := w.ResponseWriter.(http.Hijacker)
	if !ok {
		return nil, nil, errors.New("the connection cannot be taken over")
	}
	conn, rw, err := h.Hijack()
	if err != nil {
		return nil, nil, err
	}
	c := &orderly{Conn: conn, in: rw.Reader, answered: make(chan struct{})}
	return c, bufio.NewReadWriter(bufio.NewReader(c), rw.Writer), nil
}

// Read implements [net.Conn]; only one goroutine may call it.
func (c *orderly) Read(b []byte) (int, error) {
	if c.err == nil {
		n, err := c.in.Read(b)
		c.position.advance(b[:n])
		if n > 0 || err == nil {
			return n, nil
		}
		c.err = err
		c.prepare()
	}
	if len(c.script) > 0 {
		n := copy(b, c.script)
		c.script = c.script[n:]
		return n, nil
	}
	c.once.Do(c.wait)
	return 0, c.err
}

// prepare writes the script of the end: the rest of a DATA frame that was cut,
// and the pings. Nothing may follow a control frame that was cut.
func (c *orderly) prepare() {
	rest, ok := c.position.rest()
	if !ok {
		c.once.Do(func() {})
		return
	}
	c.mu.Lock()
	c.awaited = workers
	c.mu.Unlock()
	c.script = make([]byte, rest, rest+workers*pingFrame)
	for i := range uint32(workers) {
		c.script = binary.BigEndian.AppendUint32(c.script, 0x80030006) // a control frame of SPDY/3: PING
		c.script = binary.BigEndian.AppendUint32(c.script, 4)
		c.script = binary.BigEndian.AppendUint32(c.script, lastPing+2*i)
	}
}

// wait returns when every worker has answered, or has been too slow: it may
// wait for a pod that does not read.
func (c *orderly) wait() {
	timer := time.NewTimer(orderlyPatience)
	defer timer.Stop()
	select {
	case <-c.answered:
	case <-timer.C:
	}
}

// Write implements [net.Conn]. It has no error: that of a broken connection is
// told by Read.
func (c *orderly) Write(b []byte) (int, error) {
	if len(b) == 4 { // the library writes a ping's id alone
		if id := binary.BigEndian.Uint32(b); id >= lastPing && id < lastPing+2*workers {
			c.answer()
		}
	}
	if _, err := c.Conn.Write(b); err != nil {
		_ = c.Close() // ends Read; it broke before
	}
	return len(b), nil
}

func (c *orderly) answer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaited--
	if c.awaited == 0 {
		close(c.answered)
	}
}

// position is where in a sequence of SPDY frames a reader stands.
type position struct {
	header [frameHeader]byte
	have   int // bytes of header
	left   int // bytes of the payload that follows it
}

func (p *position) advance(b []byte) {
	for len(b) > 0 {
		if p.have < frameHeader {
			n := copy(p.header[p.have:], b)
			p.have += n
			b = b[n:]
			if p.have < frameHeader {
				return
			}
			p.left = int(binary.BigEndian.Uint32(p.header[4:]) & 0xffffff)
		}
		n := min(p.left, len(b))
		p.left -= n
		b = b[n:]
		if p.left == 0 {
			p.have = 0
		}
	}
}

// rest is how many bytes are missing to the end of the frame. ok is false when
// that frame cannot be completed by any bytes.
func (p *position) rest() (n int, ok bool) {
	if p.have == 0 {
		return 0, true
	}
	control := p.header[0]&0x80 != 0
	return p.left, p.have == frameHeader && !control
}
