package portforward

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/kube/kubetest/orderly"
	"culvert/tunnels"

	"k8s.io/client-go/rest"
	server "k8s.io/cri-streaming/pkg/streaming/portforward"
)

// pods forwards to handlers by port, as a container runtime does to listeners.
type pods map[int32]func(io.ReadWriteCloser) error

func (p pods) PortForward(_ context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	if handle, ok := p[port]; ok {
		return handle(stream)
	}
	return errors.New("failed to execute portforward in network namespace \"/var/run/netns/cni-1\": " +
		"failed to connect to localhost:81 inside namespace \"ab\", IPv4: dial tcp4 127.0.0.1:81: connect: connection refused")
}

func echo(stream io.ReadWriteCloser) error {
	_, err := io.Copy(stream, stream)
	return err
}

// apiServer is the real streaming server behind TLS, with every request's
// headers kept.
type apiServer struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
}

func newAPIServer(t *testing.T, p pods) *apiServer {
	t.Helper()
	return newAPIServerFunc(t, func(w http.ResponseWriter, r *http.Request) {
		server.ServePortForward(orderly.Writer(w), r, p, "web-1", "", nil, time.Hour, 30*time.Second, server.SupportedProtocols)
	})
}

func newAPIServerFunc(t *testing.T, handle http.HandlerFunc) *apiServer {
	t.Helper()
	s := new(apiServer)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r)
		s.mu.Unlock()
		handle(w, r)
	}))
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *apiServer) request(t *testing.T) *http.Request {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) != 1 {
		t.Fatalf("%d requests, want 1", len(s.requests))
	}
	return s.requests[0]
}

func (s *apiServer) config() *rest.Config {
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	return &rest.Config{Host: s.URL, TLSClientConfig: rest.TLSClientConfig{CAData: ca}}
}

var web1 = PodRef{Namespace: "shop", Name: "web-1"}

func dial(t *testing.T, cfg *rest.Config) (*Session, error) {
	t.Helper()
	d, err := NewDialer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Dial(t.Context(), web1, tunnels.ViaSPDY)
	if err == nil {
		t.Cleanup(func() { closeInTime(t, s) })
	}
	return s, err
}

func mustDial(t *testing.T, cfg *rest.Config) *Session {
	t.Helper()
	s, err := dial(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeInTime(t *testing.T, s *Session) {
	t.Helper()
	start := time.Now()
	if err := s.Close(nil); err != nil {
		t.Errorf("close: %v", err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("closing took %v", took)
	}
}

// open opens a stream that the peer hears of at once.
func open(t *testing.T, s *Session, port uint16) tunnels.Stream {
	t.Helper()
	st, err := s.Open(t.Context(), port)
	if err != nil {
		t.Fatal(err)
	}
	s.out.hurry()
	return st
}

// wantEcho sends text and expects it back.
func wantEcho(t *testing.T, st tunnels.Stream, text string) {
	t.Helper()
	if _, err := io.WriteString(st, text); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(st, got); err != nil {
		t.Fatal(err)
	}
	if string(got) != text {
		t.Fatalf("got %q, want %q", got, text)
	}
}

func wantCause(t *testing.T, err error, want tunnels.Cause) *tunnels.Error {
	t.Helper()
	var e *tunnels.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want a *tunnels.Error", err, err)
	}
	if e.Cause != want {
		t.Fatalf("cause of %q is %d, want %d", e, e.Cause, want)
	}
	return e
}

// checkLeaks fails the test if goroutines of this package outlive it. It must
// be called before anything is started.
func checkLeaks(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		deadline := time.Now().Add(5 * time.Second)
		for {
			left := ourGoroutines()
			if left == "" {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("goroutines left:\n%s", left)
				return
			}
			runtime.Gosched()
		}
	})
}

func ourGoroutines() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var left []string
	for g := range strings.SplitSeq(string(buf), "\n\n") {
		mine := strings.Contains(g, "culvert/kube/portforward.(*Session)") ||
			strings.Contains(g, "culvert/kube/portforward.(*Dialer)") ||
			strings.Contains(g, "culvert/kube/portforward.(*webSocket)") ||
			strings.Contains(g, "culvert/kube/portforward.(*link)")
		if mine && !strings.Contains(g, "ourGoroutines") {
			left = append(left, g)
		}
	}
	return strings.Join(left, "\n\n")
}

// listen accepts connections for handle until the test ends, and waits for it.
func listen(t *testing.T, handle func(net.Conn)) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				handle(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		running.Wait()
	})
	return l
}
