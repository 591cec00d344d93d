package conformance

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/moby/spdystream"
)

// session is a port-forward to one pod.
type session struct {
	conn    *spdystream.Connection
	next    int
	streams []*spdystream.Stream
	// background ends with the connection, or replyTime later.
	background sync.WaitGroup
}

// open returns a session that ends with the subtest.
func (c *client) open(t *testing.T, pod string) *session {
	t.Helper()
	carrier := c.connect(t, pod)
	conn, err := spdystream.NewConnection(carrier, false)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		conn.Serve(spdystream.NoOpStreamHandler)
	}()
	s := &session{conn: conn}
	t.Cleanup(func() {
		for _, stream := range s.streams {
			_ = stream.Reset() // or what it has not read keeps Serve from ending
		}
		_ = carrier.Close() // ends Serve
		<-served
		s.background.Wait()
	})
	return s
}

// forwarded is one connection to a port.
type forwarded struct {
	data     *spdystream.Stream
	accepted <-chan error  // tells once whether the node takes the data stream
	errText  <-chan string // tells once what the error stream said, at its end
}

// start opens a connection without waiting for an answer.
func (s *session) start(t *testing.T, port int) forwarded {
	t.Helper()
	s.next++
	h := http.Header{}
	h.Set("port", strconv.Itoa(port))
	h.Set("requestID", strconv.Itoa(s.next))
	h.Set("streamType", "error")
	errStream, err := s.conn.CreateStream(h, nil, true)
	if err != nil {
		t.Fatalf("open the error stream: %v", err)
	}
	h = h.Clone()
	h.Set("streamType", "data")
	data, err := s.conn.CreateStream(h, nil, false)
	if err != nil {
		t.Fatalf("open the data stream: %v", err)
	}
	s.awaitReply(errStream)
	errText := make(chan string, 1)
	s.background.Go(func() {
		b, err := io.ReadAll(errStream)
		if err != nil {
			b = fmt.Append(b, " (the error stream ends with ", err, ")")
		}
		errText <- string(b)
	})
	return forwarded{data: data, accepted: s.awaitReply(data), errText: errText}
}

// replyTime is how long a node may take to accept a stream.
const replyTime = 5 * time.Second

// awaitReply takes the node's answer to a new stream. As with what an error
// stream says, spdystream's whole connection waits until somebody does.
func (s *session) awaitReply(stream *spdystream.Stream) <-chan error {
	s.streams = append(s.streams, stream)
	reply := make(chan error, 1)
	s.background.Go(func() { reply <- stream.WaitTimeout(replyTime) })
	return reply
}

func (f forwarded) send(t *testing.T, s string) {
	t.Helper()
	if _, err := io.WriteString(f.data, s); err != nil {
		t.Fatalf("send %q: %v", s, err)
	}
}

// receive reads exactly n bytes.
func (f forwarded) receive(t *testing.T, n int) string {
	t.Helper()
	return within(t, "receiving", func() string {
		b := make([]byte, n)
		got, err := io.ReadFull(f.data, b)
		if err != nil {
			t.Errorf("got %d of %d bytes: %v", got, n, err)
		}
		return string(b[:got])
	})
}

// rest reads the data to its end, ends this side, too, and reads the error.
func (f forwarded) rest(t *testing.T) (data, errText string) {
	t.Helper()
	data = readToEnd(t, f.data)
	_ = f.data.Close() // fails when the connection is over already
	return data, within(t, "the error stream", func() string { return <-f.errText })
}

func readToEnd(t *testing.T, r io.Reader) string {
	t.Helper()
	return within(t, "reading to the end", func() string {
		b, err := io.ReadAll(r)
		if err != nil {
			t.Errorf("the stream ends with %v", err)
		}
		return string(b)
	})
}

func within[T any](t *testing.T, what string, f func() T) T {
	t.Helper()
	done := make(chan T, 1)
	go func() { done <- f() }()
	select {
	case v := <-done:
		return v
	case <-time.After(patience):
		t.Fatalf("%s does not end within %v", what, patience)
		panic("unreachable")
	}
}
