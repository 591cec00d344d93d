package portforward

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/tunnels"
)

func TestEcho(t *testing.T) {
	checkLeaks(t)
	api := newAPIServer(t, pods{80: echo})
	s := mustDial(t, api.config())
	st := open(t, s, 80)
	wantEcho(t, st, "hello")
	if err := st.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if n, err := st.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Fatalf("read %d, %v; want EOF", n, err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	load := s.Load()
	if load.Streams != 0 || load.Queued != 0 || load.Transport != "SPDY" || load.Err != nil {
		t.Errorf("load %+v", load)
	}
	if time.Since(load.LastByte) > time.Minute {
		t.Errorf("last byte at %v", load.LastByte)
	}
}

// TestBothWays moves much in both directions at once, through both kinds of
// reads and writes.
func TestBothWays(t *testing.T) {
	checkLeaks(t)
	api := newAPIServer(t, pods{80: echo})
	s := mustDial(t, api.config())
	sent := make([]byte, 6<<20)
	if _, err := rand.Read(sent); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		send func(tunnels.Stream) error
		read func(tunnels.Stream) ([]byte, error)
	}{
		"Write, Read": {
			func(st tunnels.Stream) error {
				_, err := st.Write(sent)
				return err
			},
			func(st tunnels.Stream) ([]byte, error) { return io.ReadAll(st) },
		},
		"ReadFrom, WriteTo": {
			func(st tunnels.Stream) error {
				_, err := st.(io.ReaderFrom).ReadFrom(bytes.NewReader(sent))
				return err
			},
			func(st tunnels.Stream) ([]byte, error) {
				var got bytes.Buffer
				_, err := st.WriteTo(&got)
				return got.Bytes(), err
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			st := open(t, s, 80)
			defer st.Close()
			result := make(chan error, 1)
			go func() { result <- errors.Join(test.send(st), st.CloseWrite()) }()
			got, err := test.read(st)
			if err != nil || !bytes.Equal(got, sent) {
				t.Fatalf("got %d bytes, %v", len(got), err)
			}
			if err := <-result; err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestManyStreamsAtOnce(t *testing.T) {
	checkLeaks(t)
	api := newAPIServer(t, pods{80: echo})
	s := mustDial(t, api.config())
	var running sync.WaitGroup
	for i := range 50 {
		running.Go(func() {
			for j := range 6 {
				if err := echoOnce(s, fmt.Sprint("hello ", i, j)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
	if load := s.Load(); load.Streams != 0 || load.Queued != 0 {
		t.Errorf("load afterwards: %+v", load)
	}
}

func echoOnce(s *Session, text string) error {
	st, err := s.Open(context.Background(), 80)
	if err != nil {
		return err
	}
	defer st.Close()
	if _, err := io.WriteString(st, text); err != nil {
		return err
	}
	if err := st.CloseWrite(); err != nil {
		return err
	}
	got, err := io.ReadAll(st)
	if err == nil && string(got) != text {
		err = fmt.Errorf("got %q, want %q", got, text)
	}
	return err
}

// TestRefused: the text of the error stream ends that one connection only.
func TestRefused(t *testing.T) {
	checkLeaks(t)
	api := newAPIServer(t, pods{80: echo})
	s := mustDial(t, api.config())
	for range 20 {
		st := open(t, s, 81)
		_, err := st.Read(make([]byte, 1))
		e := wantCause(t, err, tunnels.CauseRefused)
		if e.Error() != "nothing listens on port 81 in pod web-1" || e.Hint == "" {
			t.Fatalf("got %q, hint %q", e, e.Hint)
		}
		if _, err := st.Write([]byte("x")); err == nil {
			t.Fatal("a write went through")
		}
		st.Close()
	}
	wantEcho(t, open(t, s, 80), "still here")
}

// TestFault38TextAfterData: bytes before the error arrive first.
func TestFault38TextAfterData(t *testing.T) {
	checkLeaks(t)
	api := newAPIServer(t, pods{80: func(stream io.ReadWriteCloser) error {
		if _, err := io.WriteString(stream, "the last words"); err != nil {
			return err
		}
		return errors.New("read tcp4 127.0.0.1:1->127.0.0.1:80: read: connection reset by peer")
	}})
	s := mustDial(t, api.config())
	for range 50 {
		var got bytes.Buffer
		_, err := open(t, s, 80).WriteTo(&got)
		wantCause(t, err, tunnels.CauseReset)
		if got.String() != "the last words" {
			t.Fatalf("got %q", got.String())
		}
	}
}

func TestPing(t *testing.T) {
	checkLeaks(t)
	s := mustDial(t, newAPIServer(t, pods{}).config())
	for range 10 {
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Ping(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	checkLeaks(t)
	s := mustDial(t, newAPIServer(t, pods{80: echo}).config())
	st := open(t, s, 80)
	wantEcho(t, st, "hello")
	cause := &tunnels.Error{Err: errors.New("stopped"), Cause: tunnels.CausePodGone}
	read := make(chan error, 1)
	go func() {
		_, err := st.Read(make([]byte, 1))
		read <- err
	}()
	if err := s.Close(cause); err != nil {
		t.Fatal(err)
	}
	if err := <-read; !errors.Is(err, cause) {
		t.Errorf("read: %v", err)
	}
	if _, err := st.Write([]byte("x")); !errors.Is(err, cause) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Open(t.Context(), 80); !errors.Is(err, cause) {
		t.Errorf("open: %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, cause) {
		t.Errorf("ping: %v", err)
	}
	if load := s.Load(); !errors.Is(load.Err, cause) || !load.Draining || load.Streams != 0 {
		t.Errorf("load %+v", load)
	}
	select {
	case <-s.Done():
	default:
		t.Error("not done")
	}
}

func TestOrderlyClose(t *testing.T) {
	s := mustDial(t, newAPIServer(t, pods{80: echo}).config())
	st := open(t, s, 80)
	s.Close(nil)
	if _, err := st.Read(make([]byte, 1)); !errors.Is(err, errClosed) {
		t.Errorf("read: %v", err)
	}
	if err := s.Load().Err; err != nil {
		t.Errorf("err %v", err)
	}
}

func TestFault34EndOfTheSession(t *testing.T) {
	checkLeaks(t)
	api := newAPIServer(t, pods{80: echo})
	cfg := api.config()
	conns := make(chan net.Conn, 1)
	cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			conns <- conn
		}
		return conn, err
	}
	s := mustDial(t, cfg)
	st := open(t, s, 80)
	wantEcho(t, st, "hello")
	(<-conns).Close()
	<-s.Done()
	if e := wantCause(t, s.Load().Err, tunnels.CauseSessionLost); !strings.Contains(e.Raw, "use of closed network connection") {
		t.Errorf("its raw text is %q", e.Raw)
	}
	_, err := st.Read(make([]byte, 1))
	wantCause(t, err, tunnels.CauseSessionLost)
}

func TestPortZero(t *testing.T) {
	s := mustDial(t, newAPIServer(t, pods{}).config())
	_, err := s.Open(t.Context(), 0)
	wantCause(t, err, tunnels.CauseInvalid)
}
