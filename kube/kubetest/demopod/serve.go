package demopod

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// ListenFunc takes a port of the pod. Its connections should have CloseWrite
// and SetLinger, as *net.TCPConn does.
type ListenFunc func(port uint16) (net.Listener, error)

// ListenTCP listens on all addresses of the machine, as a container does.
func ListenTCP(port uint16) (net.Listener, error) {
	return new(net.ListenConfig).Listen(context.Background(), "tcp", fmt.Sprintf(":%d", port))
}

// Serve runs the services for the pod of the given name until ctx is done or a
// listener fails. After the end of ctx it goes on for as long as grace says: it
// takes connections for a fourth of that, as those do who know that the news of
// their end takes a while, and waits for those that are open. When it returns, all its listeners and connections are closed and
// its goroutines have ended. The error of an orderly end is nil.
func Serve(ctx context.Context, listen ListenFunc, pod string, services []Service, grace time.Duration) error {
	s, err := Start(listen, pod, services)
	if err != nil {
		return err
	}
	defer s.Stop()
	select {
	case <-ctx.Done():
		s.Finish(grace)
		return nil
	case err := <-s.failed:
		return err
	}
}

// Start runs the services for the pod of the given name. All of them listen when
// it returns; the caller must Stop them.
func Start(listen ListenFunc, pod string, services []Service) (*Server, error) {
	s := &Server{pod: pod, started: time.Now(), conns: make(map[net.Conn]struct{}), failed: make(chan error, len(services))}
	ctx, cancel := context.WithCancel(context.Background())
	s.stops = append(s.stops, cancel)
	for _, svc := range services {
		l, err := listen(svc.Port)
		if err != nil {
			s.Stop()
			return nil, fmt.Errorf("listen on port %d: %w", svc.Port, err)
		}
		s.listeners = append(s.listeners, l)
		s.onStop(func() { _ = l.Close() }) // closed twice at worst
		s.running.Go(func() {
			if err := s.serve(ctx, l, svc); err != nil && !s.ending() {
				s.failed <- fmt.Errorf("serve port %d: %w", svc.Port, err)
			}
		})
	}
	return s, nil
}

// Server is services that run.
type Server struct {
	pod     string
	started time.Time
	running sync.WaitGroup
	failed  chan error // has room for every service's

	listeners []net.Listener

	mu       sync.Mutex
	finished bool // takes no more connections
	stopped  bool
	stops    []func()
	conns    map[net.Conn]struct{}
}

// ending says whether Finish or Stop was called.
func (s *Server) ending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finished || s.stopped
}

// Finish closes all listeners after a fourth of grace and waits until the
// connections have ended, for grace at most in all. Those of HTTP are not waited
// for. Stop has to follow.
func (s *Server) Finish(grace time.Duration) {
	late := time.Now().Add(grace)
	time.Sleep(grace / 4)
	s.mu.Lock()
	s.finished = true
	s.mu.Unlock()
	for _, l := range s.listeners {
		_ = l.Close() // Stop closes it again
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for s.open() > 0 && time.Now().Before(late) {
		<-tick.C
	}
}

func (s *Server) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

func (s *Server) onStop(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stops = append(s.stops, f)
}

// Stop closes all listeners and connections and waits for every goroutine.
// Later calls do nothing.
func (s *Server) Stop() {
	s.mu.Lock()
	s.stopped = true
	stops, conns := s.stops, s.conns
	s.stops, s.conns = nil, nil
	s.mu.Unlock()
	for _, f := range stops {
		f()
	}
	for c := range conns {
		_ = c.Close() // the handler sees the end
	}
	s.running.Wait()
}

func (s *Server) serve(ctx context.Context, l net.Listener, svc Service) error {
	if svc.Kind == HTTP {
		return s.serveHTTP(l, svc)
	}
	handle := svc.Kind.handler()
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		if !s.add(c) {
			_ = c.Close() // too late to be served
			return net.ErrClosed
		}
		s.running.Go(func() {
			defer s.remove(c)
			handle(ctx, s.pod, c)
		})
	}
}

func (s *Server) serveHTTP(l net.Listener, svc Service) error {
	h := &http.Server{
		Handler:           s.page(svc),
		ReadHeaderTimeout: time.Minute,
	}
	s.onStop(func() { _ = h.Close() }) // ends its connections
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *Server) add(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.conns[c] = struct{}{}
	return true
}

func (s *Server) remove(c net.Conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	_ = c.Close() // nobody is left to tell
}
