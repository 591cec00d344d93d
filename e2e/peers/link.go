package peers

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"time"

	"culvert/e2e/delay"
	"culvert/e2e/real"
)

// through puts a link between the peers of a scene and the API server, and
// makes the kubeconfig that leads there. A connection over which nothing goes
// for as long as idle says is reset, 0 for never.
func (s *scene) through(ctx context.Context, idle time.Duration) (*delay.Link, error) {
	way, url, err := s.newLink(ctx, idle)
	if err != nil {
		return nil, err
	}
	access, err := s.c.Access("link", real.Identity{Name: "link", Groups: []string{"system:masters"}})
	if err != nil {
		return nil, err
	}
	access.Server = url
	s.kubeconfig = filepath.Join(s.home, s.newName()+".kubeconfig")
	return way, real.Kubeconfig{access}.Write(s.kubeconfig)
}

// newLink makes a link that ends with the row, and returns its URL, for which
// the API server's certificate is good.
func (s *scene) newLink(ctx context.Context, idle time.Duration) (*delay.Link, string, error) {
	l, server, err := s.listenAtServer(ctx)
	if err != nil {
		return nil, "", err
	}
	way := delay.Serve(l, func(ctx context.Context) (net.Conn, error) {
		conn, err := s.c.Dial(ctx, "tcp", server)
		if err != nil || idle == 0 {
			return conn, err
		}
		return watch(conn.(*net.TCPConn), idle), nil
	})
	s.atEnd(func(context.Context) error { way.Close(); return nil })
	return way, "https://" + l.Addr().String(), nil
}

// listenAtServer listens on another port of the API server's address, and
// returns where the API server itself is.
func (s *scene) listenAtServer(ctx context.Context) (net.Listener, string, error) {
	server, err := url.Parse(s.c.Server())
	if err != nil {
		return nil, "", err
	}
	addr, err := netip.ParseAddr(server.Hostname())
	if err != nil {
		return nil, "", err
	}
	l, err := s.c.Listen(ctx, "tcp", netip.AddrPortFrom(addr, 0).String())
	return l, server.Host, err
}

// idler is a connection that a load balancer takes away when nothing has gone
// over it for a while; the link then resets both ends.
type idler struct {
	*net.TCPConn
	cut  *time.Timer
	idle time.Duration
}

// watch starts the watch over a connection, which ends when it is closed.
func watch(conn *net.TCPConn, idle time.Duration) *idler {
	i := &idler{TCPConn: conn, idle: idle}
	i.cut = time.AfterFunc(idle, func() { _ = conn.Close() }) // it may be closed already
	return i
}

func (i *idler) Read(b []byte) (int, error) {
	n, err := i.TCPConn.Read(b)
	i.went(n)
	return n, err
}

func (i *idler) Write(b []byte) (int, error) {
	n, err := i.TCPConn.Write(b)
	i.went(n)
	return n, err
}

func (i *idler) went(n int) {
	if n > 0 {
		i.cut.Reset(i.idle)
	}
}

// Close ends the watch too.
func (i *idler) Close() error {
	i.cut.Stop()
	return i.TCPConn.Close()
}
