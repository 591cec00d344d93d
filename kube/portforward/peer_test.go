package portforward

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// peer is the other end of a session, played frame by frame.
type peer struct {
	t      *testing.T
	conn   net.Conn
	out    *bufio.Writer
	framer *spdy.Framer
	kept   chan spdy.Frame // what keepReading has read
}

// newPeer returns a session and its peer, which both end with the test. A
// written frame is read when the call returns: the connection has no buffer.
func newPeer(t *testing.T) (*Session, *peer) {
	t.Helper()
	s, theirs := newPipeSession(t)
	p := &peer{t: t, conn: theirs, out: bufio.NewWriter(theirs)}
	var err error
	if p.framer, err = spdy.NewFramer(p.out, bufio.NewReader(theirs)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeInTime(t, s)
		theirs.Close()
	})
	return s, p
}

// newPipeSession returns a session and the other end of its connection.
func newPipeSession(t *testing.T) (*Session, net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	s, err := newSession(ours, "SPDY", web1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s, theirs
}

// keepReading reads all frames from now on, so that the session never blocks;
// next returns them.
func (p *peer) keepReading() {
	p.kept = make(chan spdy.Frame, 1000)
	go func() {
		defer close(p.kept)
		for {
			frame, err := p.framer.ReadFrame()
			if err != nil {
				return
			}
			p.kept <- frame
		}
	}()
}

func (p *peer) next() spdy.Frame {
	p.t.Helper()
	if p.kept != nil {
		frame, ok := <-p.kept
		if !ok {
			p.t.Fatal("no frame, but the end")
		}
		return frame
	}
	frame, err := p.framer.ReadFrame()
	if err != nil {
		p.t.Fatal(err)
	}
	return frame
}

func (p *peer) send(frames ...spdy.Frame) {
	p.t.Helper()
	for _, frame := range frames {
		if err := errors.Join(p.framer.WriteFrame(frame), p.out.Flush()); err != nil {
			p.t.Fatalf("send %T: %v", frame, err)
		}
	}
}

// raw sends bytes as they are. The session may end before it has read them all.
func (p *peer) raw(b []byte) {
	if _, err := p.conn.Write(b); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		p.t.Error(err)
	}
}

// accept opens a stream to port 80 and takes in its three frames, unanswered.
func (p *peer) accept(s *Session) (st tunnels.Stream, errID, dataID spdy.StreamId) {
	p.t.Helper()
	st = open(p.t, s, 80)
	first, ok1 := p.next().(*spdy.SynStreamFrame)
	fin, ok2 := p.next().(*spdy.DataFrame)
	second, ok3 := p.next().(*spdy.SynStreamFrame)
	if !ok1 || !ok2 || !ok3 {
		p.t.Fatal("a stream opens with other frames")
	}
	if fin.StreamId != first.StreamId || fin.Flags != spdy.DataFlagFin || len(fin.Data) > 0 {
		p.t.Fatalf("got %+v, want the end of stream %d", fin, first.StreamId)
	}
	wantHeaders(p.t, first.Headers, "error")
	wantHeaders(p.t, second.Headers, "data")
	if first.Headers.Get("requestid") != second.Headers.Get("requestid") {
		p.t.Fatal("two request ids")
	}
	return st, first.StreamId, second.StreamId
}

func wantHeaders(t *testing.T, h http.Header, kind string) {
	t.Helper()
	if h.Get("streamtype") != kind || h.Get("port") != "80" || h.Get("requestid") == "" {
		t.Fatalf("headers of the %s stream: %v", kind, h)
	}
}

func replies(ids ...spdy.StreamId) []spdy.Frame {
	var frames []spdy.Frame
	for _, id := range ids {
		frames = append(frames, &spdy.SynReplyFrame{StreamId: id, Headers: http.Header{}})
	}
	return frames
}

func data(id spdy.StreamId, text string) spdy.Frame {
	return &spdy.DataFrame{StreamId: id, Data: []byte(text)}
}

func fin(id spdy.StreamId) spdy.Frame {
	return &spdy.DataFrame{StreamId: id, Flags: spdy.DataFlagFin}
}

func rst(id spdy.StreamId) spdy.Frame {
	return &spdy.RstStreamFrame{StreamId: id, Status: spdy.Cancel}
}

// wantRead expects text and then the end of the stream, which it returns.
func wantRead(t *testing.T, st tunnels.Stream, text string) error {
	t.Helper()
	var got strings.Builder
	buf := make([]byte, 3)
	for {
		n, err := st.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			if got.String() != text {
				t.Fatalf("read %q, want %q", got.String(), text)
			}
			return err
		}
	}
}
