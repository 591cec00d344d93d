package portforward

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pieces cuts a payload as a server may: sizes says how much is in each frame, and
// whether it ends its message and is followed by a ping.
func pieces(payload, sizes []byte) (sent bytes.Buffer, pings int) {
	opcode := byte(wsBinary)
	for rest := payload; ; {
		n, end, ping := len(rest), true, false
		if len(sizes) > 0 {
			n, end, ping = min(n, int(sizes[0]>>2)), sizes[0]&1 != 0, sizes[0]&2 != 0
			sizes = sizes[1:]
		}
		last := n == len(rest) && len(sizes) == 0
		if end = end || last; end {
			sent.WriteString(frame(wsFin|opcode, string(rest[:n])))
			opcode = wsBinary
		} else {
			sent.WriteString(frame(opcode, string(rest[:n])))
			opcode = wsContinuation
		}
		if ping {
			sent.WriteString(frame(wsFin|wsPing, "p"))
			pings++
		}
		if rest = rest[n:]; last {
			return sent, pings
		}
	}
}

// FuzzWebSocketMessages: however a server cuts what it sends into frames, it arrives,
// with all its pings; and a connection that is cut off anywhere gives what came before,
// and no orderly end.
func FuzzWebSocketMessages(f *testing.F) {
	f.Add([]byte("abcdefgh"), []byte{4, 9, 0, 11, 2}, uint16(3))
	f.Add(bytes.Repeat([]byte("x"), 126), []byte{}, uint16(125))
	f.Add(bytes.Repeat([]byte("y"), 1<<16), []byte{0xff, 1}, uint16(2))
	f.Add([]byte{}, []byte{1, 3}, uint16(0))
	f.Fuzz(func(t *testing.T, payload, sizes []byte, cut uint16) {
		sent, pings := pieces(payload, sizes)
		sent.WriteString(closing(wsNormal, ""))
		got, pinged, err := readMessages(bytes.NewReader(sent.Bytes()))
		if err != nil || got != string(payload) || len(pinged) != pings {
			t.Fatalf("%d bytes come as %d, %d pings as %d, %v", len(payload), len(got), pings, len(pinged), err)
		}
		part := sent.Bytes()[:sent.Len()-1-int(cut)%sent.Len()]
		got, _, err = readMessages(bytes.NewReader(part))
		if err == nil || !bytes.HasPrefix(payload, []byte(got)) {
			t.Fatalf("%d of %d bytes give %d of %d, %v", len(part), sent.Len(), len(got), len(payload), err)
		}
	})
}

// sink is a connection that keeps what is written.
type sink struct {
	net.Conn
	bytes.Buffer
}

func (s *sink) Read(p []byte) (int, error)  { return s.Buffer.Read(p) }
func (s *sink) Write(p []byte) (int, error) { return s.Buffer.Write(p) }
func (s *sink) Close() error                { return nil }

// FuzzWebSocketWriter: what is written arrives as messages of the same bytes, masked
// and final, and what was to be written is left as it was.
func FuzzWebSocketWriter(f *testing.F) {
	f.Add([]byte("ab"), uint32(0), uint16(1))
	f.Add([]byte("x"), uint32(wsPiece), uint16(7))
	f.Add([]byte("x"), uint32(1<<16), uint16(wsPiece-3))
	f.Fuzz(func(t *testing.T, payload []byte, size uint32, first uint16) {
		payload = append(payload, patternBytes(1, 0, int(size%(3<<16)))...)
		kept := bytes.Clone(payload)
		out := new(sink)
		w := newWebSocket(&upgraded{body: out, wire: newWire(out, new(sync.Pool))})
		w.conn.body = w.conn.wire
		border := min(len(payload), int(first))
		for _, part := range [][]byte{payload[:border], payload[border:]} {
			if n, err := w.Write(part); n != len(part) || err != nil {
				t.Fatalf("writing %d bytes: %d, %v", len(part), n, err)
			}
		}
		if !bytes.Equal(payload, kept) {
			t.Fatal("what was to be written was changed")
		}
		in := bufio.NewReader(&out.Buffer)
		for _, part := range [][]byte{kept[:border], kept[border:]} {
			if head, _, got, err := message(in); err != nil || head != binaryFrame || !bytes.Equal(got, part) {
				t.Fatalf("%d bytes come as %d with the head %x, %v", len(part), len(got), head, err)
			}
		}
		if more, _ := io.ReadAll(in); len(more) > 0 {
			t.Fatalf("%d bytes more", len(more))
		}
	})
}

// FuzzSession: whatever a peer sends to a session with a stream, in bytes or in a
// plan's frames, the session takes it in or ends with a reason; the stream ends with
// it, and nothing hangs or is left behind.
func FuzzSession(f *testing.F) {
	f.Add([]byte{2, 2, 0, 0, 0, 0, 3, 0, 0, 9, 0, 3, 0, 0, 0, 5, 1, 0, 0, 0}, []byte{})
	f.Add([]byte{0, 1, 0, 0, 9, 6, 2, 0, 0, 0, 6, 0, 0, 0, 0}, []byte{0x80, 3})
	f.Add([]byte{4, 2, 0, 0, 1, 7, 0, 0, 0, 0}, []byte("HTTP/1.1 400"))
	f.Add([]byte{2, 2, 0, 0, 0, 0, 3, 0, 64, 0}, dataHeader(3, 1<<23))
	f.Fuzz(func(t *testing.T, steps, sent []byte) {
		synctest.Test(t, func(t *testing.T) {
			s, p := newPeer(t)
			st, _, _ := p.accept(s)
			go io.Copy(io.Discard, p.conn) // until the connection ends
			read := make(chan error, 1)
			go func() {
				_, err := io.Copy(io.Discard, st)
				read <- err
			}()
			frames := plan(t, steps)
			for _, piece := range [][]byte{frames.sent.Bytes(), sent} {
				p.raw(piece)
			}
			p.conn.Close()
			<-s.Done()
			if err := s.Load().Err; err == nil || err.Error() == "" {
				t.Error("it ends without a reason")
			}
			select {
			case <-read:
			case <-time.After(time.Hour):
				t.Error("the stream does not end")
			}
		})
	})
}
