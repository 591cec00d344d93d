package kubetest

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

type connKey struct{}

// rawConn returns the server's own connection under a TLS one.
func rawConn(c net.Conn) *conn {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	raw, _ := c.(*conn)
	return raw
}

// listener hands out connections that the server can freeze and cut.
type listener struct {
	net.Listener
	server *Server
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	raw := &conn{Conn: c, server: l.server, dead: make(chan struct{})}
	l.server.mu.Lock()
	up := l.server.listener != nil
	if up {
		l.server.conns[raw] = struct{}{}
	}
	l.server.mu.Unlock()
	if !up {
		_ = c.Close() // accepted while the server went down
		return nil, net.ErrClosed
	}
	return raw, nil
}

// conn is a client's TCP connection.
type conn struct {
	net.Conn
	server  *Server
	session atomic.Bool // carries a port-forward
	once    sync.Once
	dead    chan struct{} // closed when the connection is over
}

// Read also holds back what arrives while the server is frozen.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if waitErr := c.waitThaw(); waitErr != nil {
		return 0, waitErr
	}
	if err != nil && !isTimeout(err) {
		c.over()
	}
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	if err := c.waitThaw(); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (c *conn) Close() error {
	c.over()
	return c.Conn.Close()
}

// CloseWrite is what tls.Conn.CloseWrite and net/http look for.
func (c *conn) CloseWrite() error {
	if t, ok := c.Conn.(*net.TCPConn); ok {
		return t.CloseWrite()
	}
	return nil
}

func (c *conn) over() {
	c.once.Do(func() {
		close(c.dead)
		c.server.mu.Lock()
		defer c.server.mu.Unlock()
		delete(c.server.conns, c)
	})
}

func (c *conn) waitThaw() error {
	c.server.mu.Lock()
	frozen := c.server.frozen
	c.server.mu.Unlock()
	if frozen == nil {
		return nil
	}
	select {
	case <-frozen:
		return nil
	case <-c.dead:
		return net.ErrClosed
	}
}

// cut ends connections abruptly, as a killed process or a lost route would,
// and returns how many.
func (s *Server) cut(which func(*conn) bool) int {
	s.mu.Lock()
	var victims []*conn
	for c := range s.conns {
		if which(c) {
			victims = append(victims, c)
		}
	}
	s.mu.Unlock()
	for _, c := range victims {
		if t, ok := c.Conn.(*net.TCPConn); ok {
			_ = t.SetLinger(0) // at worst the end is an orderly one
		}
		_ = c.Close() // gone in any case
	}
	return len(victims)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
