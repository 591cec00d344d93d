package kubetest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is a cluster. Make one with [New] and Close it at the end.
type Server struct {
	opts  Options
	ca    []byte
	http  *http.Server
	addr  string // host:port, kept over Down and Up
	store *store
	users []*account
	pods  podSet

	controllers controllers

	// closing is done when Close has begun.
	closing context.Context
	close   context.CancelFunc
	running sync.WaitGroup // every goroutine of the cluster but those in library
	library library        // those that may be inside the streaming library

	mu        sync.Mutex
	listener  net.Listener // nil while the server is down
	conns     map[*conn]struct{}
	frozen    chan struct{} // closed when thawed; nil while not frozen
	watches   chan struct{} // closed to end all watches
	answers   []*Answer
	hang      chan struct{} // closed when upgrades are answered again; nil while they are
	ports     map[portKey]PortFault
	requests  map[string]int
	ended     bool
	namespace map[string]bool
	signIns   signIns

	transports   map[Transport]TransportFault
	transportSet chan struct{} // closed, and made anew, when transports changes
}

// New starts a cluster with the options' namespaces and pods.
func New(opts Options) (*Server, error) {
	opts = opts.withDefaults()
	ca, cert, err := newCerts(opts.ExpiredCert)
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: opts, ca: ca, library: newLibrary(), store: newStore(), users: newAccounts(opts),
		pods:        podSet{all: make(map[key]*runningPod)},
		controllers: newControllers(),
		conns:       make(map[*conn]struct{}),
		watches:     make(chan struct{}),
		ports:       make(map[portKey]PortFault),
		requests:    make(map[string]int),
		namespace:   make(map[string]bool),

		transports:   make(map[Transport]TransportFault),
		transportSet: make(chan struct{}),
	}
	s.closing, s.close = context.WithCancel(context.Background())
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serveHTTP),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // clients that hang up during a handshake are no news
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, rawConn(c))
		},
	}
	for _, ns := range append([]string{"default"}, opts.Namespaces...) {
		s.AddNamespace(ns)
	}
	if err := errors.Join(s.addAll(opts), s.Up()); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.startOAuth(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) addAll(opts Options) error {
	if err := s.AddPods(opts.Pods...); err != nil {
		return err
	}
	for _, o := range opts.Objects {
		if err := o.addTo(s); err != nil {
			return err
		}
	}
	return nil
}

// URL returns where the API server listens, as "https://127.0.0.1:40123".
func (s *Server) URL() string { return "https://" + s.addr }

// CA returns the PEM of the authority that signed the server's certificate.
func (s *Server) CA() []byte { return s.ca }

// Token returns a user's bearer token. It panics when there is no such user.
func (s *Server) Token(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.userLocked(user).token
}

// Up makes the server listen, on the port that it had before if it was up
// already. It does nothing when the server is up.
func (s *Server) Up() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil || s.ended {
		return nil
	}
	addr := s.addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := new(net.ListenConfig).Listen(s.closing, "tcp4", addr)
	if err != nil {
		return fmt.Errorf("start the API server: %w", err)
	}
	s.addr, s.listener = l.Addr().String(), l
	s.running.Go(func() {
		// Serving ends when the listener is closed, by Down or Close.
		_ = s.http.ServeTLS(&listener{Listener: l, server: s}, "", "")
	})
	return nil
}

// Down is the API server's end as clients see it: it stops listening and all
// its connections break off. Pods go on. Up brings it back on the same port.
func (s *Server) Down() {
	s.mu.Lock()
	l := s.listener
	s.listener = nil
	s.mu.Unlock()
	if l != nil {
		_ = l.Close() // the port is free afterwards in any case
	}
	s.cut(func(*conn) bool { return true })
}

// Close ends all connections, watches, sessions and pods and waits for them; for
// what the streaming library does not let go, at most a second. Later calls do
// nothing.
func (s *Server) Close() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.close()
	s.controllers.end()
	s.Thaw()
	s.Down()
	_ = s.http.Close() // the connections are gone already
	s.stopOAuth()
	for _, r := range s.pods.list() {
		r.stop()
	}
	s.library.leave()
	s.running.Wait()
}

// begin registers work that Close waits for; the caller must call the returned
// function at its end. ok is false when the server is closing.
func (s *Server) begin() (end func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, false
	}
	s.running.Add(1)
	return s.running.Done, true
}
