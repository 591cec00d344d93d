package portforward

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/metrics"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/moby/spdystream/spdy"
)

// planned is what a plan makes a peer send, and how it is to be read.
type planned struct {
	sent   bytes.Buffer
	framer *spdy.Framer // into sent
	read   []string
	broken bool // the last frame is to be refused
}

// plan makes frames out of bytes, five for each, so that a fuzzer gets by compression
// and lengths that fit: a kind, a number of headers and a stream, and a size.
func plan(t testing.TB, steps []byte) *planned {
	t.Helper()
	p := new(planned)
	framer, err := spdy.NewFramer(&p.sent, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.framer = framer
	for n := 0; len(steps) >= 5 && n < 32 && !p.broken; n++ {
		kind, id := steps[0]%9, spdy.StreamId(steps[1])
		size := int(steps[2])<<16 | int(binary.BigEndian.Uint16(steps[3:5]))
		if err := p.add(kind, id, size); err != nil {
			t.Fatal(err)
		}
		steps = steps[5:]
	}
	return p
}

func (p *planned) add(kind byte, id spdy.StreamId, size int) error {
	one := id + 1 // no stream, ping or reset may be zero
	switch kind {
	case 0:
		return p.data(id, size%(40<<10), size&1 != 0)
	case 1:
		return p.unknown(size)
	case 2:
		headers, fits := headersOf(int(id), size)
		p.broken = !fits
		return p.write(&spdy.SynReplyFrame{StreamId: one, Headers: headers})
	case 3:
		headers, fits := headersOf(int(id), size)
		p.broken = !fits
		return p.write(&spdy.HeadersFrame{StreamId: one, Headers: headers})
	case 4:
		headers, fits := headersOf(int(id), size)
		p.broken = !fits
		return p.write(&spdy.SynStreamFrame{StreamId: one, Headers: headers})
	case 5:
		return p.write(&spdy.PingFrame{Id: uint32(one)})
	case 6:
		return p.write(&spdy.RstStreamFrame{StreamId: one, Status: spdy.RstStreamStatus(size + 1)})
	case 7:
		return p.write(&spdy.GoAwayFrame{LastGoodStreamId: one, Status: spdy.GoAwayStatus(size)})
	}
	return p.settings(size % (maxControlPayload/8 + 3))
}

// data adds a DATA frame, which stream zero cannot have.
func (p *planned) data(id spdy.StreamId, size int, fin bool) error {
	frame := dataHeader(uint32(id), size)
	if fin {
		frame[4] = byte(spdy.DataFlagFin)
	}
	payload := strings.Repeat("d", size)
	p.sent.Write(frame)
	p.sent.WriteString(payload)
	if p.broken = id == 0; !p.broken {
		p.read = append(p.read, fmt.Sprintf("%+v %q", dataFrame{id: id, fin: fin, length: size}, payload))
	}
	return nil
}

// unknown adds a frame that SPDY/3 does not know: it is skipped, unless it is too
// long, and then its payload never comes.
func (p *planned) unknown(size int) error {
	p.broken = size > maxControlPayload
	if p.broken {
		p.sent.Write(control(3, 77, size))
		return nil
	}
	p.sent.Write(control(3, 77, size, make([]byte, size)...))
	return nil
}

// settings adds a frame of so many settings, which are 8 bytes each.
func (p *planned) settings(n int) error {
	values := make([]spdy.SettingsFlagIdValue, n)
	for i := range values {
		values[i] = spdy.SettingsFlagIdValue{Id: 4, Value: uint32(i)}
	}
	p.broken = 4+8*n > maxControlPayload
	return p.write(&spdy.SettingsFrame{FlagIdValues: values})
}

// write adds a frame of the library; how it is read is how it was written.
func (p *planned) write(frame spdy.Frame) error {
	if err := p.framer.WriteFrame(frame); err != nil || p.broken {
		return err
	}
	p.read = append(p.read, fmt.Sprintf("%T %+v", frame, frame))
	return nil
}

// headersOf returns so many headers, one of them of a size, and whether the reader
// takes as many and as long ones.
func headersOf(count, size int) (h http.Header, fits bool) {
	size %= 2 * maxHeaderField
	h = make(http.Header, count)
	for i := range count {
		h.Set(fmt.Sprintf("X-%03d", i), strings.Repeat("v", size))
		size = 1
	}
	return h, count <= maxHeaders && (count == 0 || len(h.Get("X-000")) <= maxHeaderField)
}

// readPlanned reads all frames and describes them as a plan does.
func readPlanned(r io.Reader) (seen []string, err error) {
	in, err := newFrameReader(r, nil)
	if err != nil {
		return nil, err
	}
	for {
		frame, data, err := in.next()
		switch {
		case err != nil:
			return seen, err
		case frame != nil:
			seen = append(seen, fmt.Sprintf("%T %+v", frame, frame))
		default:
			payload := make([]byte, data.length)
			n, err := io.ReadFull(in.br, payload)
			if err != nil {
				return seen, inFrame(err)
			}
			seen = append(seen, fmt.Sprintf("%+v %q", data, payload[:n]))
		}
	}
}

// FuzzSentFrames: whatever a peer sends is read as it was sent, frame by frame. What is
// longer than allowed is refused, and only that. A connection that ends in the middle
// of a frame is told from one that ends between two.
func FuzzSentFrames(f *testing.F) {
	edge := func(kind byte, count, size int) []byte {
		return []byte{kind, byte(count), byte(size >> 16), byte(size >> 8), byte(size)}
	}
	f.Add([]byte{0, 1, 0, 4, 0, 2, 3, 0, 0, 9, 5, 1, 0, 0, 0, 0, 1, 0, 0, 1}, uint16(0))
	for _, near := range []int{-1, 0, 1} {
		f.Add(edge(1, 0, maxControlPayload+near), uint16(3))
		f.Add(edge(8, 0, (maxControlPayload-4)/8+near), uint16(0))
		for kind := byte(2); kind <= 4; kind++ {
			f.Add(edge(kind, maxHeaders+near, 1), uint16(0))
			f.Add(edge(kind, 2, maxHeaderField+near), uint16(9))
		}
	}
	f.Add(edge(1, 0, 1<<24-1), uint16(0))
	f.Add(edge(0, 0, 7), uint16(0))
	f.Fuzz(func(t *testing.T, steps []byte, cut uint16) {
		p := plan(t, steps)
		want := strings.Join(p.read, "\n")
		got, err := readPlanned(bytes.NewReader(p.sent.Bytes()))
		var broken *frameError
		if p.broken && !errors.As(err, &broken) || !p.broken && !errors.Is(err, io.EOF) {
			t.Fatalf("%v at the end of\n%s", err, want)
		}
		if got := strings.Join(got, "\n"); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
		if p.broken || p.sent.Len() == 0 {
			return
		}
		part := p.sent.Bytes()[:p.sent.Len()-1-int(cut)%p.sent.Len()]
		got, err = readPlanned(iotest.HalfReader(bytes.NewReader(part)))
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%d of %d bytes: %v", len(part), p.sent.Len(), err)
		}
		if got := strings.Join(got, "\n"); !strings.HasPrefix(want, got) || errors.Is(err, io.EOF) && len(part) > 0 && !between(part) {
			t.Fatalf("%d of %d bytes: %v, got\n%s\nwant\n%s", len(part), p.sent.Len(), err, got, want)
		}
	})
}

// between tells whether bytes end where a frame does.
func between(sent []byte) bool {
	for len(sent) >= frameHeaderSize {
		end := frameHeaderSize + lengthOf(sent)
		if end > len(sent) {
			return false
		}
		sent = sent[end:]
	}
	return len(sent) == 0
}

// lengthOf is the length of the payload that a frame claims.
func lengthOf(head []byte) int { return int(head[5])<<16 | int(head[6])<<8 | int(head[7]) }

// allocated returns how many bytes the program has allocated so far.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// checkFrames reads frames as record does, and checks each: it takes as many bytes as
// it claims, is no larger than allowed, and costs no more memory than what came.
func checkFrames(t *testing.T, sent []byte) {
	t.Helper()
	source := bytes.NewReader(sent)
	in, err := newFrameReader(source, nil)
	if err != nil {
		t.Fatal(err)
	}
	before, at := allocated(), 0
	for {
		frame, data, err := in.next()
		if err != nil {
			break
		}
		for at+frameHeaderSize <= len(sent) && sent[at]&controlBit != 0 && !known(kindOf(sent[at:])) {
			at += frameHeaderSize + lengthOf(sent[at:]) // it is skipped
		}
		if at+frameHeaderSize > len(sent) {
			t.Fatalf("%v, %+v is read where no frame is", frame, data)
		}
		if frame == nil && data.length != lengthOf(sent[at:]) || frame != nil && lengthOf(sent[at:]) > maxControlPayload {
			t.Fatalf("%v, %+v is read out of %x", frame, data, sent[at:at+frameHeaderSize])
		}
		at += frameHeaderSize + lengthOf(sent[at:])
		if frame == nil && in.discard(data.length) != nil {
			break
		}
		if read := len(sent) - source.Len() - in.br.Buffered(); read != at {
			t.Fatalf("%d bytes are read where a frame ends after %d", read, at)
		}
		checkHeaders(t, frame)
	}
	// A frame's headers can be packed a thousandfold, up to what is allowed of them.
	if took, most := allocated()-before, uint64(4<<20+4000*len(sent)); took > most {
		t.Fatalf("%d bytes are allocated for %d", took, len(sent))
	}
}

func kindOf(head []byte) spdy.ControlFrameType {
	return spdy.ControlFrameType(binary.BigEndian.Uint16(head[2:4]))
}

func checkHeaders(t *testing.T, frame spdy.Frame) {
	t.Helper()
	var h http.Header
	switch f := frame.(type) {
	case *spdy.SynStreamFrame:
		h = f.Headers
	case *spdy.SynReplyFrame:
		h = f.Headers
	case *spdy.HeadersFrame:
		h = f.Headers
	}
	if len(h) > maxHeaders {
		t.Fatalf("%d headers", len(h))
	}
	for name, values := range h {
		if len(name) > maxHeaderField || len(strings.Join(values, "\x00")) > maxHeaderField {
			t.Fatalf("the header %.20q has %d bytes", name, len(strings.Join(values, "")))
		}
	}
}
