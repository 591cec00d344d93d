package portforward

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// Ports of a benchPeer.
const (
	echoPort   = 80
	sinkPort   = 81 // answers each MiB with a byte
	sourcePort = 82 // answers each byte with a MiB, in frames of 32 KiB as nodes send
)

// benchPeer plays the node's part with little work and few allocations, so that
// what a benchmark shows is ours.
type benchPeer struct {
	conn    net.Conn
	in      *frameReader
	out     bytes.Buffer
	framer  *spdy.Framer // into out
	ports   map[spdy.StreamId]int
	got     map[spdy.StreamId]int
	payload []byte
}

// newBenchSession returns a session with a benchPeer, over TLS and loopback.
func newBenchSession(b *testing.B) *Session {
	b.Helper()
	certs := httptest.NewUnstartedServer(nil)
	certs.StartTLS()
	b.Cleanup(certs.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	theirs, err := l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		defer theirs.Close()
		if err := servePeer(tls.Server(theirs, certs.TLS.Clone())); err != nil {
			b.Error(err)
		}
	})
	config := certs.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName, config.DynamicRecordSizingDisabled = "example.com", true
	w := newWire(conn, new(sync.Pool))
	client := tls.Client(w, config)
	if err := client.Handshake(); err != nil {
		b.Fatal(err)
	}
	s, err := newSession(&upgraded{body: client, wire: w}, "SPDY", web1, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		s.Close(nil)
		running.Wait()
	})
	return s
}

func servePeer(conn net.Conn) error {
	p := &benchPeer{
		conn: conn, ports: make(map[spdy.StreamId]int), got: make(map[spdy.StreamId]int),
		payload: make([]byte, frameHeaderSize+maxPayload),
	}
	var err error
	if p.in, err = newFrameReader(conn, nil); err != nil {
		return err
	}
	if p.framer, err = spdy.NewFramer(&p.out, nil); err != nil {
		return err
	}
	for {
		frame, data, err := p.in.next()
		if err == nil {
			err = p.answer(frame, data)
		}
		if err != nil {
			return nil //nolint:nilerr // the session has closed the connection
		}
	}
}

func (p *benchPeer) answer(frame spdy.Frame, data dataFrame) error {
	switch f := frame.(type) {
	case nil:
		return p.onData(data)
	case *spdy.SynStreamFrame:
		p.ports[f.StreamId], _ = strconv.Atoi(f.Headers.Get(headerPort))
		if err := p.framer.WriteFrame(&spdy.SynReplyFrame{StreamId: f.StreamId, Headers: http.Header{}}); err != nil {
			return err
		}
		_, err := p.out.WriteTo(p.conn)
		return err
	case *spdy.RstStreamFrame:
		delete(p.ports, f.StreamId)
		delete(p.ports, f.StreamId-2)
	}
	return nil
}

func (p *benchPeer) onData(data dataFrame) error {
	payload := p.payload[frameHeaderSize : frameHeaderSize+data.length]
	if _, err := io.ReadFull(p.in.br, payload); err != nil {
		return err
	}
	switch {
	case data.length == 0:
		return nil
	case p.ports[data.id] == echoPort:
		return p.send(data.id, data.length)
	case p.ports[data.id] == sinkPort:
		p.got[data.id] += data.length
		if p.got[data.id] < 1<<20 {
			return nil
		}
		p.got[data.id] -= 1 << 20
		return p.send(data.id, 1)
	}
	for range 32 {
		if err := p.send(data.id, 32<<10); err != nil {
			return err
		}
	}
	return nil
}

func (p *benchPeer) send(id spdy.StreamId, n int) error {
	binary.BigEndian.PutUint32(p.payload, uint32(id))
	binary.BigEndian.PutUint32(p.payload[4:], uint32(n))
	_, err := p.conn.Write(p.payload[:frameHeaderSize+n])
	return err
}

// BenchmarkDownload shows the cost of a MiB from the pod.
func BenchmarkDownload(b *testing.B) {
	st := benchStream(b, newBenchSession(b), sourcePort)
	defer st.Close()
	b.SetBytes(1 << 20)
	b.ReportAllocs()
	got := benchSinkWriter(make(chan int, 64))
	var running sync.WaitGroup
	running.Go(func() { st.WriteTo(got) })
	for b.Loop() {
		if _, err := st.Write([]byte{1}); err != nil {
			b.Fatal(err)
		}
		for n := 0; n < 1<<20; {
			n += <-got
		}
	}
	b.StopTimer()
	st.Reset(errors.New("done"))
	running.Wait()
}

// benchSinkWriter tells how much was written to it.
type benchSinkWriter chan int

func (w benchSinkWriter) Write(p []byte) (int, error) {
	w <- len(p)
	return len(p), nil
}

func (w benchSinkWriter) TryWrite(p []byte) (int, error) {
	select {
	case w <- len(p):
		return len(p), nil
	default:
		return 0, nil
	}
}

// BenchmarkUpload shows the cost of a MiB to the pod.
func BenchmarkUpload(b *testing.B) {
	st := benchStream(b, newBenchSession(b), sinkPort)
	defer st.Close()
	b.SetBytes(1 << 20)
	b.ReportAllocs()
	piece, one := make([]byte, 1<<20), make([]byte, 1)
	for b.Loop() {
		if _, err := st.(io.ReaderFrom).ReadFrom(bytes.NewReader(piece)); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(st, one); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEcho shows the cost of a round trip on an open stream.
func BenchmarkEcho(b *testing.B) {
	st := benchStream(b, newBenchSession(b), echoPort)
	defer st.Close()
	b.ReportAllocs()
	text := make([]byte, 64)
	for b.Loop() {
		benchRoundTrip(b, st, text)
	}
}

// BenchmarkOpenEcho shows the cost of a connection with one round trip.
func BenchmarkOpenEcho(b *testing.B) {
	s := newBenchSession(b)
	b.ReportAllocs()
	text := make([]byte, 1)
	for b.Loop() {
		st := benchStream(b, s, echoPort)
		benchRoundTrip(b, st, text)
		st.Close()
	}
}

func benchStream(b *testing.B, s *Session, port uint16) tunnels.Stream {
	b.Helper()
	st, err := s.Open(context.Background(), port)
	if err != nil {
		b.Fatal(err)
	}
	return st
}

func benchRoundTrip(b *testing.B, st tunnels.Stream, text []byte) {
	b.Helper()
	if _, err := st.Write(text); err != nil {
		b.Fatal(err)
	}
	if _, err := io.ReadFull(st, text); err != nil {
		b.Fatal(err)
	}
}
