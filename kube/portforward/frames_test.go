package portforward

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// control builds a control frame that claims length bytes of payload.
func control(version uint16, kind spdy.ControlFrameType, length int, payload ...byte) []byte {
	head := []byte{0, 0, 0, 0, 0, byte(length >> 16), byte(length >> 8), byte(length)}
	binary.BigEndian.PutUint16(head, 0x8000|version)
	binary.BigEndian.PutUint16(head[2:], uint16(kind))
	return append(head, payload...)
}

// reply builds a SYN_REPLY for stream 1 with a header block, which is
// compressed without SPDY's dictionary.
func reply(block []byte) []byte {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(block); err != nil {
		panic(err)
	}
	if err := w.Flush(); err != nil {
		panic(err)
	}
	payload := append([]byte{0, 0, 0, 1}, packed.Bytes()...)
	return control(3, spdy.TypeSynReply, len(payload), payload...)
}

// bomb is a header block of one value of 4 MiB, which packs to 4 KiB.
func bomb() []byte {
	block := binary.BigEndian.AppendUint32(nil, 1)
	block = binary.BigEndian.AppendUint32(block, 1)
	block = append(block, 'a')
	block = binary.BigEndian.AppendUint32(block, 4<<20)
	return append(block, make([]byte, 4<<20)...)
}

func manyHeaders() []byte {
	block := binary.BigEndian.AppendUint32(nil, 100_000)
	for i := range 100_000 {
		block = binary.BigEndian.AppendUint32(block, 6)
		block = fmt.Appendf(block, "%06d", i)
		block = binary.BigEndian.AppendUint32(block, 0)
	}
	return block
}

func broken() map[string][]byte {
	return map[string][]byte{
		"HTTP":                         []byte("HTTP/1.1 400 Bad Request\r\n\r\n\x80 what"),
		"another version":              control(2, spdy.TypePing, 4, 0, 0, 0, 2),
		"oversize control frame":       control(3, spdy.TypeSettings, 1<<24-1),
		"oversize unknown frame":       control(3, 77, 1<<24-1),
		"ping of zero":                 control(3, spdy.TypePing, 4, 0, 0, 0, 0),
		"short reset":                  control(3, spdy.TypeRstStream, 4, 0, 0, 0, 1),
		"long reset":                   control(3, spdy.TypeRstStream, 12, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1),
		"short reply":                  control(3, spdy.TypeSynReply, 2, 0, 0),
		"reply without a header block": control(3, spdy.TypeSynReply, 4, 0, 0, 0, 1),
		"many settings":                control(3, spdy.TypeSettings, 4, 0xff, 0xff, 0xff, 0xff),
		"data for stream zero":         dataHeader(0, 4),
		"header block is no zlib":      control(3, spdy.TypeSynReply, 8, 0, 0, 0, 1, 1, 2, 3, 4),
		"zlib bomb":                    reply(bomb()),
		"many headers":                 reply(manyHeaders()),
	}
}

// TestFault41BrokenPeer: nonsense ends the session with a reason, and costs no memory
// to speak of.
func TestFault41BrokenPeer(t *testing.T) {
	for name, frame := range broken() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				st, _, _ := p.accept(s)
				p.keepReading()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				if name == "HTTP" {
					frame = append(frame, make([]byte, 8<<20)...) // it reads as a long DATA frame, then as more
					frame = append(frame, control(9, 9, 9)...)
				}
				p.raw(frame)
				<-s.Done()
				runtime.ReadMemStats(&after)
				if grown := after.TotalAlloc - before.TotalAlloc; name != "HTTP" && grown > 1<<20 {
					t.Errorf("allocated %d bytes", grown)
				}
				e := wantCause(t, s.Load().Err, tunnels.CauseProtocol)
				if e.Hint == "" {
					t.Error("no hint")
				}
				_, err := st.Read(make([]byte, 1))
				wantCause(t, err, tunnels.CauseProtocol)
			})
		})
	}
}

func TestEndInsideAFrame(t *testing.T) {
	for name, bytes := range map[string][]byte{
		"header":  {0, 0, 0},
		"control": control(3, spdy.TypePing, 4, 0, 0),
		"data":    dataHeader(3, 10),
		"unknown": control(3, 77, 10, 1, 2),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				p.keepReading()
				p.raw(bytes)
				p.conn.Close()
				<-s.Done()
				wantCause(t, s.Load().Err, tunnels.CauseSessionLost)
			})
		})
	}
}

// script is what a real peer may send: every kind of frame, several times.
func script(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	framer, err := spdy.NewFramer(&b, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range spdy.StreamId(5) {
		id := 2*i + 1
		for _, frame := range []spdy.Frame{
			&spdy.SynReplyFrame{StreamId: id, Headers: http.Header{"X-A": {strings.Repeat("a", int(i))}}},
			&spdy.SynStreamFrame{StreamId: id + 1, Headers: http.Header{"Port": {"80"}}},
			data(id, strings.Repeat("data", int(i)*1000)),
			&spdy.HeadersFrame{StreamId: id, Headers: http.Header{"X-B": {"b", "c"}}},
			&spdy.PingFrame{Id: uint32(id)},
			&spdy.SettingsFrame{FlagIdValues: []spdy.SettingsFlagIdValue{{Id: 4, Value: 9}}},
			&spdy.WindowUpdateFrame{StreamId: id, DeltaWindowSize: 1},
			fin(id), rst(id),
		} {
			if err := framer.WriteFrame(frame); err != nil {
				t.Fatal(err)
			}
		}
		b.Write(control(3, 42, 3, 1, 2, 3))
	}
	if err := framer.WriteFrame(&spdy.GoAwayFrame{LastGoodStreamId: 9}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// record reads all frames and describes them.
func record(r io.Reader) (string, error) {
	in, err := newFrameReader(r, nil)
	if err != nil {
		return "", err
	}
	var seen strings.Builder
	for {
		frame, data, err := in.next()
		switch {
		case err != nil:
			fmt.Fprintf(&seen, "%v\n", err)
			return seen.String(), err
		case frame != nil:
			fmt.Fprintf(&seen, "%T %+v\n", frame, frame)
		default:
			payload, err := io.ReadAll(io.LimitReader(in.br, int64(data.length)))
			fmt.Fprintf(&seen, "%+v %q\n", data, payload)
			if err != nil {
				return seen.String(), err
			}
		}
	}
}

// randomReader returns a random part of what is asked for.
type randomReader struct {
	r      io.Reader
	random *rand.Rand
}

func (r randomReader) Read(p []byte) (int, error) {
	return r.r.Read(p[:min(len(p), 1+r.random.IntN(20))])
}

// TestFramesInAnyPieces: how the bytes arrive makes no difference.
func TestFramesInAnyPieces(t *testing.T) {
	sent := script(t)
	want, err := record(bytes.NewReader(sent))
	if !errors.Is(err, io.EOF) {
		t.Fatalf("%v after\n%s", err, want)
	}
	if n := strings.Count(want, "\n"); n != 5*9+2 {
		t.Fatalf("%d lines:\n%s", n, want)
	}
	for seed := range uint64(50) {
		pieces := randomReader{bytes.NewReader(sent), rand.New(rand.NewPCG(seed, 0))}
		if got, err := record(pieces); got != want || !errors.Is(err, io.EOF) {
			t.Fatalf("seed %d: %v, got\n%s\nwant\n%s", seed, err, got, want)
		}
	}
}

// FuzzFrames: no bytes make the reader panic, take more than is allowed, or lose the
// borders of frames, and how they arrive makes no difference.
func FuzzFrames(f *testing.F) {
	f.Add(script(f)[:1000])
	for _, frame := range broken() {
		if len(frame) < 100 {
			f.Add(frame)
		}
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		want, err := record(bytes.NewReader(sent))
		var broken *frameError
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, &broken) {
			t.Fatalf("an error of another kind: %v", err)
		}
		got, _ := record(iotest.OneByteReader(bytes.NewReader(sent)))
		if got != want {
			t.Fatalf("byte by byte\n%s\nat once\n%s", got, want)
		}
		checkFrames(t, sent)
	})
}
