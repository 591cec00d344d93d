// Package orderly ends a streaming server's connections in an orderly way, for
// servers in this process: theirs races with itself otherwise.
package orderly

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
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
	ping        = 0x80030006 // how the frame begins, in SPDY/3
	goAway      = 0x80030007
	lastPing    = 0x7fffff01 // odd, as a client's are, and above any that one sends
)

// patience is how long a broken session may take over its last frames.
const patience = 250 * time.Millisecond

// conn is a session's connection as the streaming library sees it. It breaks
// only when all frames that came before have been handled, because
// moby/spdystream cannot take a broken connection in the middle of its work: when
// the reply to a new stream cannot be written and the client's reset of that
// stream is handled after it, one goroutine changes Stream.replied while another
// reads it (Connection.handleResetFrame, Stream.waitWriteReply), and both wait for
// ever. So what is written after the break is dropped, and the end of the input
// is told after an answer to one ping by each worker.
type conn struct {
	net.Conn
	in *bufio.Reader

	// These belong to the goroutine that reads.
	left    int    // bytes of the frame that is being read
	control bool   // it is a control frame
	script  []byte // left to be read before err
	err     error

	once     sync.Once
	mu       sync.Mutex
	awaited  int
	answered chan struct{}
}

// Writer returns w, whose connection the streaming library may take over.
func Writer(w http.ResponseWriter) http.ResponseWriter { return writer{w} }

type writer struct{ http.ResponseWriter }

// Hijack implements [http.Hijacker].
func (w writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	h, ok := w.ResponseWriter.(http.Hijacker)
	if !ok {
		return nil, nil, errors.New("the connection cannot be taken over")
	}
	raw, rw, err := h.Hijack()
	if err != nil {
		return nil, nil, err
	}
	c := &conn{Conn: raw, in: rw.Reader, answered: make(chan struct{})}
	return c, bufio.NewReadWriter(bufio.NewReader(c), rw.Writer), nil
}

// Read implements [net.Conn]; only one goroutine may call it.
func (c *conn) Read(b []byte) (int, error) {
	if c.err == nil {
		n, err := c.frames(b)
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

// frames reads at most to the end of a frame. A client's GOAWAY is the end: the
// library would stop in the middle of its work for it, too.
func (c *conn) frames(b []byte) (int, error) {
	if c.left == 0 {
		header, err := c.in.Peek(frameHeader)
		if err != nil {
			return 0, err
		}
		if binary.BigEndian.Uint32(header) == goAway {
			return 0, io.EOF
		}
		c.control = header[0]&0x80 != 0
		c.left = frameHeader + int(binary.BigEndian.Uint32(header[4:])&0xffffff)
	}
	n, err := c.in.Read(b[:min(len(b), c.left)])
	c.left -= n
	return n, err
}

// prepare writes the script of the end: the rest of a DATA frame that was cut,
// and the pings. Nothing may follow a control frame that was cut.
func (c *conn) prepare() {
	if c.left > 0 && c.control {
		c.once.Do(func() {})
		return
	}
	c.mu.Lock()
	c.awaited = workers
	c.mu.Unlock()
	c.script = make([]byte, c.left, c.left+workers*pingFrame)
	for i := range uint32(workers) {
		c.script = binary.BigEndian.AppendUint32(c.script, ping)
		c.script = binary.BigEndian.AppendUint32(c.script, 4)
		c.script = binary.BigEndian.AppendUint32(c.script, lastPing+2*i)
	}
}

// wait returns when every worker has answered, or has been too slow: it may
// wait for a pod that does not read.
func (c *conn) wait() {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.answered:
	case <-timer.C:
	}
}

// Write implements [net.Conn]. It has no error: that of a broken connection is
// told by Read.
func (c *conn) Write(b []byte) (int, error) {
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

func (c *conn) answer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaited--
	if c.awaited == 0 {
		close(c.answered)
	}
}
