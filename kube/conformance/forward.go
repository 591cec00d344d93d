package conformance

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// Ports of the demo workload; see package demopod.
const (
	portEcho      = 9001
	portHalfClose = 9004
	portBanner    = 9005
	portHTTP      = 9006
	portReset     = 9007
	portNothing   = 9008
	portLate      = 9010
)

func forwardExpectations() []expectation {
	return []expectation{
		{"a waiting pod takes a session and refuses connections", func(t *testing.T, c *client) {
			f := c.open(t, c.Waiting).start(t, portEcho)
			if data, text := f.rest(t); data != "" || !strings.Contains(text, "connection refused") {
				t.Errorf("got %q and the error %q", data, text)
			}
		}},
		{"a ping is answered", func(t *testing.T, c *client) {
			s := c.open(t, c.Pod)
			err := within(t, "the ping", func() error { _, err := s.conn.Ping(); return err })
			if err != nil {
				t.Error(err)
			}
		}},
		{"bytes go both ways", func(t *testing.T, c *client) {
			f := c.open(t, c.Pod).start(t, portEcho)
			for _, text := range []string{"a", "hello\n", strings.Repeat("x", 200_000)} {
				f.send(t, text)
				if got := f.receive(t, len(text)); got != text {
					t.Errorf("%d bytes come back as %d others", len(text), len(got))
				}
			}
		}},
		{"data may follow the opening at once", func(t *testing.T, c *client) {
			s := c.open(t, c.Pod)
			for i := range 100 {
				text := fmt.Sprintf("connection %d", i)
				f := s.start(t, portEcho)
				f.send(t, text)
				if got := f.receive(t, len(text)); got != text {
					t.Fatalf("%q comes back as %q", text, got)
				}
				if err := <-f.accepted; err != nil {
					t.Fatal(err)
				}
				if err := f.data.Reset(); err != nil {
					t.Fatal(err)
				}
			}
		}},
		{"many connections share a session", manyConnections},
		{"the page names its pod", func(t *testing.T, c *client) {
			f := c.open(t, c.Pod).start(t, portHTTP)
			f.send(t, "GET / HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n")
			if data, text := f.rest(t); !strings.Contains(data, "Hello from pod "+c.Pod) || text != "" {
				t.Errorf("got %q and the error %q", data, text)
			}
		}},
		{"port 0 is rejected and harms nobody", func(t *testing.T, c *client) {
			s := c.open(t, c.Pod)
			f := s.start(t, 0)
			if err := <-f.accepted; err == nil {
				t.Error("the stream is accepted")
			}
			s.wantEcho(t)
		}},
	}
}

func manyConnections(t *testing.T, c *client) {
	s := c.open(t, c.Pod)
	var conns []forwarded
	for i := range 50 {
		f := s.start(t, portEcho)
		f.send(t, fmt.Sprintf("connection %02d", i))
		conns = append(conns, f)
	}
	var wg sync.WaitGroup
	for i, f := range conns {
		wg.Go(func() {
			want := fmt.Sprintf("connection %02d", i)
			if got := f.receive(t, len(want)); got != want {
				t.Errorf("connection %d gets %q", i, got)
			}
		})
	}
	wg.Wait()
}

// wantEcho checks that the session still works.
func (s *session) wantEcho(t *testing.T) {
	t.Helper()
	f := s.start(t, portEcho)
	f.send(t, "still there?")
	if got := f.receive(t, len("still there?")); got != "still there?" {
		t.Errorf("the session's next connection gets %q", got)
	}
}

// A connection that one side has ended lasts this long on containerd and CRI-O.
const (
	cutAfter  = 700 * time.Millisecond
	cutBefore = 5 * time.Second
)

func endExpectations() []expectation {
	return []expectation{
		{"a refused port is told and harms nobody", func(t *testing.T, c *client) {
			s := c.open(t, c.Pod)
			data, text := s.start(t, portNothing).rest(t)
			if data != "" || !strings.HasPrefix(text, "error forwarding port 9008 to pod ") ||
				!strings.Contains(text, "failed to execute portforward in network namespace") ||
				!strings.Contains(text, "failed to connect to localhost:9008 inside namespace") ||
				!strings.Contains(text, "127.0.0.1:9008: connect: connection refused") {
				t.Errorf("got %q and the error %q", data, text)
			}
			s.wantEcho(t)
		}},
		{"a reset is told and harms nobody", func(t *testing.T, c *client) {
			s := c.open(t, c.Pod)
			data, text := s.start(t, portReset).rest(t)
			if (data != "x" && data != "") || !strings.Contains(text, "connection reset by peer") {
				t.Errorf("got %q and the error %q", data, text)
			}
			s.wantEcho(t)
		}},
		{"a pod's end delivers all that came before", func(t *testing.T, c *client) {
			f := c.open(t, c.Pod).start(t, portBanner)
			if data, text := f.rest(t); data != "hello from "+c.Pod+"\n" || text != "" {
				t.Errorf("got %q and the error %q", data, text)
			}
		}},
		{"a client's end", halfClose},
		{"an answer after the client's end", lateAnswer},
	}
}

func halfClose(t *testing.T, c *client) {
	f := c.open(t, c.Pod).start(t, portHalfClose)
	f.send(t, "hello")
	begin := time.Now()
	if err := f.data.Close(); err != nil {
		t.Fatal(err)
	}
	data, text := f.rest(t)
	took := time.Since(begin)
	if text != "" {
		t.Errorf("the error is %q", text)
	}
	if c.PassesFIN {
		if data != "got 5 bytes\n" {
			t.Errorf("the answer is %q", data)
		}
		return
	}
	if data != "" || took < cutAfter || took > cutBefore {
		t.Errorf("got %q after %v", data, took)
	}
}

func lateAnswer(t *testing.T, c *client) {
	s := c.open(t, c.Pod)
	open := s.start(t, portLate)
	open.send(t, "2500ms\n")
	ended := s.start(t, portLate)
	ended.send(t, "2500ms\n")
	if err := ended.data.Close(); err != nil {
		t.Fatal(err)
	}
	want := ""
	if c.PassesFIN {
		want = "late\n"
	}
	if data, _ := ended.rest(t); data != want {
		t.Errorf("a client that has ended gets %q", data)
	}
	if data, text := open.rest(t); data != "late\n" || text != "" {
		t.Errorf("a client that has not ended gets %q and the error %q", data, text)
	}
}
