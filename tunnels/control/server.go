package control

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/net/netutil"

	"culvert/tunnels/crash"
)

// The limits of the server. Who sends slower than this is cut off.
const (
	maxBytes     = 64 << 10 // of a header, and of a body
	maxList      = 8 << 20  // of a body that may hold a whole profile
	maxConns     = 512
	maxStreams   = 384 // of these, two for each `culvert run`; the others are for short calls
	headerWithin = 2 * time.Second
	bodyWithin   = 5 * time.Second
	answerWithin = 30 * time.Second // the handler's time included
	idleFor      = 10 * time.Second
	closeWithin  = 200 * time.Millisecond
)

// freshEvery is how often lock and socket are touched: what looks old may be
// cleaned away where temporary files are.
const freshEvery = 3 * time.Hour

// Handler is what the first does for others. Its methods may be called
// concurrently; ctx ends with the request. An error is told to who asked.
type Handler interface {
	// Raise shows the window in front.
	Raise(ctx context.Context) error
	// Args does what a second start was asked for.
	Args(ctx context.Context, a Args) (Answer, error)
}

// Args is a command line that was handed over.
type Args struct {
	Args []string `json:"args"` // without the program's name
	Dir  string   `json:"dir"`  // what relative paths in it start from
}

// Answer is what the process that handed it over prints, on stderr, and its exit
// status.
type Answer struct {
	Text   string `json:"text,omitempty"`
	Status int    `json:"status"`
}

// Server is the first's end. It holds the lock until Close.
type Server struct {
	place    place
	lock     *flock.Flock
	listener net.Listener
	http     *http.Server
	me       Version
	about    func() About
	quit     func() // nil where nobody else may end the process
	warn     func(error)
	log      *slog.Logger // nil for none
	crashes  *crash.Reporter
	limits   limits
	streams  chan struct{} // a slot for each that is open
	clients  clients
	leaving  sync.Once
	left     chan struct{} // closed when the end begins
	closing  sync.Once
	closed   chan struct{}
	wg       sync.WaitGroup
}

// newServer listens, as the holder of the lock, which it frees when it cannot.
func newServer(p place, lock *flock.Flock, o Options) (*Server, error) {
	inner, err := listen(p.socket)
	if err != nil {
		_ = lock.Close() // the first error is told
		return nil, noPlace(err)
	}
	s := serverOn(netutil.LimitListener(&ownListener{inner, isOwn}, maxConns), o)
	s.place, s.lock = p, lock
	s.wg.Go(s.crashes.Contained("keeping the control socket", s.keepFresh, nil))
	return s, nil
}

// serverOn returns a server of what a listener hands out, without lock and place.
func serverOn(l net.Listener, o Options) *Server {
	s := &Server{
		listener: l, about: o.About, quit: o.Quit, warn: o.Warn, log: o.Log, crashes: o.Crashes, limits: usualLimits(), streams: make(chan struct{}, maxStreams),
		left: make(chan struct{}), closed: make(chan struct{}),
		me: Version{Version: o.Version, API: 1, PID: os.Getpid(), Started: time.Now().UTC().Truncate(time.Microsecond)},
	}
	s.http = &http.Server{
		ReadHeaderTimeout: headerWithin, ReadTimeout: bodyWithin, WriteTimeout: answerWithin, IdleTimeout: idleFor,
		MaxHeaderBytes: maxBytes, ErrorLog: log.New(warnWriter(o.Warn), "", 0), ConnState: s.clients.note,
	}
	return s
}

// Serve answers in the role of the window, with h, until Close. Serve or ServeEngine
// must be called once, and soon: others wait for an answer from now on.
func (s *Server) Serve(h Handler) { s.serve(s.windowRoutes(h)) }

// ServeEngine answers in the role of the tunnels, with what e does, until Close. The
// engine must outlive it. See Serve.
func (s *Server) ServeEngine(e Engine) { s.serve(s.engineRoutes(e)) }

func (s *Server) serve(routes []route) {
	s.http.Handler = s.handler(routes)
	err := s.http.Serve(s.listener)
	if !errors.Is(err, http.ErrServerClosed) {
		s.warn(fmt.Errorf("the control socket is lost: %w", err))
	}
}

// Leave makes others wait for Close, and then be first: call it when the end
// begins. Streams end with the news of it.
func (s *Server) Leave() { s.leaving.Do(func() { close(s.left) }) }

// isLeaving tells whether the end has begun.
func (s *Server) isLeaving() bool {
	select {
	case <-s.left:
		return true
	default:
		return false
	}
}

// version says who this is, now.
func (s *Server) version() Version {
	v := s.me
	if s.about != nil {
		about := s.about()
		v.Kind, v.Kubeconfigs = about.Kind, about.Kubeconfigs
	}
	return v
}

// Close removes the socket and frees the lock. Answers under way get a moment;
// handlers that are still at work then are not waited for. It is safe to call
// more than once.
func (s *Server) Close() {
	s.closing.Do(func() {
		s.Leave()
		close(s.closed)
		ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
		defer cancel()
		if err := s.http.Shutdown(ctx); err != nil {
			_ = s.http.Close() // who is still there is cut off
		}
		s.listener.Close() // Serve may never have been called
		s.wg.Wait()
		if s.lock != nil {
			_ = s.lock.Close() // the end of the process frees it at the latest
		}
	})
}

// keepFresh touches the files until Close.
func (s *Server) keepFresh() {
	t := time.NewTicker(freshEvery)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			for _, path := range []string{s.place.lock, s.place.socket} {
				_ = os.Chtimes(path, now, now) // a pipe has no times, and who cleans up may do so
			}
		case <-s.closed:
			return
		}
	}
}

// ownListener hands out connections of the user's own processes only.
type ownListener struct {
	net.Listener
	own func(net.Conn) bool
}

// Accept implements [net.Listener].
func (l *ownListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil || l.own(c) {
			return c, err
		}
		c.Close()
	}
}

// isOwn tells whether the process that has connected is the user's.
func isOwn(c net.Conn) bool {
	p, err := clientOf(c)
	return err == nil && p.own
}

// peer is the process at the other end.
type peer struct {
	own bool // the same user's
	pid int  // 0 where the system does not tell
}

// warnWriter tells what the HTTP server would log.
type warnWriter func(error)

func (w warnWriter) Write(b []byte) (int, error) {
	w(fmt.Errorf("control socket: %.200s", b))
	return len(b), nil
}
