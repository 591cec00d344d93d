package hostile

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// server is one API server, which does as its script says.
type server struct {
	script script
	signer *authority
	addr   string
	secret string // that its client signs in with
	trap   *trap  // where it tries to lead its client

	conns    atomic.Int64 // that have come
	requests atomic.Int64

	ctx     context.Context // done when the test ends
	running sync.WaitGroup
	mu      sync.Mutex
	open    map[net.Conn]bool
}

// script is what a server does otherwise than an honest one, which has one pod.
type script struct {
	all     func(*call) // every request; the others are for nothing then
	list    func(*call) // the list of pods
	watch   func(*call)
	upgrade func(*call)                // the way to the pod
	raw     func(*server, net.Conn)    // instead of TLS
	tls     func(*server, *tls.Config) // before a handshake
	h2      func(*server, *tls.Conn)   // instead of HTTP, after a handshake that agrees on HTTP/2
}

// call is one request.
type call struct {
	s *server
	w http.ResponseWriter
	r *http.Request
}

func newServer(t *testing.T, a *authority, tr *trap, name string, sc script) *server {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{script: sc, signer: a, addr: l.Addr().String(), secret: "secret-of-" + name + "-0123456789abcdef", trap: tr, open: make(map[net.Conn]bool)}
	var stop context.CancelFunc
	s.ctx, stop = context.WithCancel(context.Background())
	config := &tls.Config{Certificates: []tls.Certificate{a.certificate(t, time.Now().Add(time.Hour))}, NextProtos: []string{"http/1.1"}}
	if sc.h2 != nil {
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	if sc.tls != nil {
		sc.tls(s, config)
	}
	accepted := &conns{addr: l.Addr(), next: make(chan net.Conn), done: s.ctx.Done()}
	web := &http.Server{Handler: http.HandlerFunc(s.serve), ErrorLog: log.New(io.Discard, "", 0)}
	s.running.Go(func() { _ = web.Serve(accepted) })
	s.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Add(1)
			s.keep(c)
			s.running.Go(func() { s.take(c, config, accepted) })
		}
	})
	t.Cleanup(func() {
		stop()
		l.Close()
		web.Close()
		s.mu.Lock()
		for c := range s.open {
			c.Close()
		}
		s.mu.Unlock()
		s.running.Wait()
	})
	return s
}

// keep closes a connection at the end.
func (s *server) keep(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		c.Close()
		return
	}
	s.open[c] = true
}

func (s *server) drop(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	c.Close()
}

// take serves a connection up to HTTP.
func (s *server) take(c net.Conn, config *tls.Config, accepted *conns) {
	if s.script.raw != nil {
		defer s.drop(c)
		s.script.raw(s, c)
		return
	}
	secure := tls.Server(c, config)
	if err := secure.HandshakeContext(s.ctx); err != nil {
		s.drop(c)
		return
	}
	if s.script.h2 != nil && secure.ConnectionState().NegotiatedProtocol == "h2" {
		defer s.drop(c)
		s.script.h2(s, secure)
		return
	}
	select {
	case accepted.next <- &kept{secure, s}:
	case <-s.ctx.Done():
		s.drop(c)
	}
}

// kept is a connection that its server forgets when it is closed.
type kept struct {
	*tls.Conn
	s *server
}

func (k *kept) Close() error {
	k.s.drop(k.NetConn())
	return nil
}

// conns is a listener of connections that are there already.
type conns struct {
	addr net.Addr
	next chan net.Conn
	done <-chan struct{}
}

func (c *conns) Accept() (net.Conn, error) {
	select {
	case conn := <-c.next:
		return conn, nil
	case <-c.done:
		return nil, net.ErrClosed
	}
}
func (*conns) Close() error     { return nil }
func (c *conns) Addr() net.Addr { return c.addr }

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	c := &call{s, w, r}
	act := c.unknown
	switch {
	case s.script.all != nil:
		act = c.or(s.script.all, nil)
	case strings.HasSuffix(r.URL.Path, "/portforward"):
		act = c.or(s.script.upgrade, (*call).honestUpgrade)
	case r.URL.Query().Get("watch") == "true":
		act = c.or(s.script.watch, (*call).honestWatch)
	case strings.HasSuffix(r.URL.Path, "/pods"):
		act = c.or(s.script.list, (*call).honestList)
	}
	act()
}

func (c *call) or(scripted, honest func(*call)) func() {
	if scripted == nil {
		scripted = honest
	}
	return func() { scripted(c) }
}

// trap is where nobody may come: what servers redirect to.
type trap struct {
	url, plain string
	came       atomic.Int64
}

func newTrap(t *testing.T, a *authority) *trap {
	t.Helper()
	tr := new(trap)
	for _, secure := range []bool{true, false} {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if secure {
			tr.url = "https://" + l.Addr().String()
			l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{a.certificate(t, time.Now().Add(time.Hour))}, ClientAuth: tls.RequestClientCert})
		} else {
			tr.plain = "http://" + l.Addr().String()
		}
		done := make(chan struct{})
		go func() { // until the listener is closed
			defer close(done)
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				tr.came.Add(1)
				c.Close()
			}
		}()
		t.Cleanup(func() { l.Close(); <-done })
	}
	return tr
}
