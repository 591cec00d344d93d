package memnet

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Conn is one end of a connection. Like a *net.TCPConn it has CloseWrite and
// SetLinger, and its errors are *net.OpError.
type Conn struct {
	in, out       *pipe
	local, remote *net.TCPAddr
	onClose       func(*Conn)

	mu     sync.Mutex
	closed bool
	linger int // negative: close in order
}

// Pipe returns the two ends of a connection from a client's address to a
// server's.
func Pipe(client, server netip.AddrPort) (clientEnd, serverEnd *Conn) {
	up, down := newPipe(), newPipe()
	c, s := net.TCPAddrFromAddrPort(client), net.TCPAddrFromAddrPort(server)
	return &Conn{in: down, out: up, local: c, remote: s, linger: -1},
		&Conn{in: up, out: down, local: s, remote: c, linger: -1}
}

// Loopback returns a port of 127.0.0.1.
func Loopback(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

// Read reads like a TCP connection: bytes that came before a reset are
// delivered before the error.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.in.read(b)
	return n, c.wrap("read", err)
}

// Write blocks while the other end's buffer is full.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.out.write(b)
	return n, c.wrap("write", err)
}

// CloseWrite tells the other end that no more bytes follow.
func (c *Conn) CloseWrite() error {
	c.out.end()
	return nil
}

// SetLinger with 0 makes Close reset the connection; other values do nothing.
func (c *Conn) SetLinger(sec int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.linger = sec
	return nil
}

// Close ends both directions. As in TCP, bytes that this end has not read turn
// the end into a reset.
func (c *Conn) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	linger := c.linger
	c.mu.Unlock()

	if unread := c.in.leave(); unread || linger == 0 {
		c.in.abort()
		c.out.abort()
	}
	c.out.end()
	if c.onClose != nil {
		c.onClose(c)
	}
	return nil
}

// LocalAddr returns a *net.TCPAddr.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns a *net.TCPAddr.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline sets both deadlines; the zero time means none.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline also wakes a read that is under way.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.readBy, t)
	return nil
}

// SetWriteDeadline also wakes a write that is under way.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writeBy, t)
	return nil
}

func (c *Conn) wrap(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}
