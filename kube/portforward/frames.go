package portforward

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/moby/spdystream/spdy"
)

// Limits on what a peer may send. Real control frames are below 100 bytes and
// carry no headers.
const (
	maxControlPayload = 64 << 10
	maxHeaderField    = 8 << 10
	maxHeaders        = 64
)

const (
	frameHeaderSize = 8
	controlBit      = 0x80
	maxStreamID     = 1<<31 - 1
)

// frameError says how the peer broke the protocol.
type frameError struct{ reason string }

func (e *frameError) Error() string { return e.reason }

// dataFrame is the header of a DATA frame. Its payload follows in the reader
// and has to be consumed before the next frame.
type dataFrame struct {
	id     spdy.StreamId
	fin    bool
	length int
}

// frameReader takes SPDY frames from a connection. It allocates for what has
// arrived, never for what a frame claims to bring.
type frameReader struct {
	br     *bufio.Reader
	ahead  aheadReader  // below br; nil if it does not tell
	framer *spdy.Framer // parses control frames out of body
	body   bytes.Reader // one complete control frame
	buf    []byte       // what body reads from, reused
	idle   idle         // frames of unknown kinds
}

// aheadReader is a connection that reads ahead. So many bytes as ReadAhead says
// wait for a Read, in the form in which they travel, and are a stream's; Unread
// tells of bytes of any kind. A Read calls what BeforeWait was given each time when
// it needs more from the network.
type aheadReader interface {
	ReadAhead() int
	Unread() bool
	BeforeWait(f func())
}

var (
	_ aheadReader = (*upgraded)(nil)
	_ aheadReader = (*webSocket)(nil)
)

// fullRecord is more than a TLS record and a WebSocket's head take: with so many
// bytes at hand a read does not wait, whatever a record's beginning was read with.
const fullRecord = 17 << 10

// newFrameReader returns a reader of r, which reads from conn.
func newFrameReader(r io.Reader, conn any) (*frameReader, error) {
	f := &frameReader{br: bufio.NewReader(r), idle: newIdle()}
	f.ahead, _ = conn.(aheadReader)
	framer, err := spdy.NewFramerWithOptions(io.Discard, &f.body,
		spdy.WithMaxControlFramePayloadSize(maxControlPayload),
		spdy.WithMaxHeaderFieldSize(maxHeaderField),
		spdy.WithMaxHeaderCount(maxHeaders))
	if err != nil {
		return nil, err
	}
	f.framer = framer
	return f, nil
}

// next returns the next control frame, or nil and the header of a DATA frame.
// The error is io.EOF at a clean end between two frames and a *frameError when
// the peer broke the protocol, after which the reader is of no more use.
func (f *frameReader) next() (spdy.Frame, dataFrame, error) {
	for {
		var head [frameHeaderSize]byte
		if _, err := io.ReadFull(f.br, head[:]); err != nil {
			return nil, dataFrame{}, err
		}
		length := int(head[5])<<16 | int(head[6])<<8 | int(head[7])
		if head[0]&controlBit == 0 {
			data := dataFrame{
				id:     spdy.StreamId(binary.BigEndian.Uint32(head[:4])),
				fin:    spdy.DataFlags(head[4])&spdy.DataFlagFin != 0,
				length: length,
			}
			if data.id == 0 {
				return nil, dataFrame{}, &frameError{"data for stream zero"}
			}
			return nil, data, nil
		}
		frame, err := f.control(head, length)
		if frame != nil || err != nil {
			return frame, dataFrame{}, err
		}
	}
}

// control reads the rest of a control frame. It returns nil for a type that
// SPDY/3 does not know, which is to be ignored.
func (f *frameReader) control(head [frameHeaderSize]byte, length int) (spdy.Frame, error) {
	version := binary.BigEndian.Uint16(head[:2]) &^ (controlBit << 8)
	if version != spdy.Version {
		return nil, &frameError{fmt.Sprintf("a frame of SPDY version %d", version)}
	}
	if length > maxControlPayload {
		return nil, &frameError{fmt.Sprintf("a control frame of %d bytes", length)}
	}
	kind := spdy.ControlFrameType(binary.BigEndian.Uint16(head[2:4]))
	if !known(kind) {
		if err := f.idle.frame(0); err != nil {
			return nil, err
		}
		_, err := f.br.Discard(length)
		return nil, inFrame(err)
	}
	f.buf = append(f.buf[:0], head[:]...)
	f.buf = append(f.buf, make([]byte, length)...)
	if _, err := io.ReadFull(f.br, f.buf[frameHeaderSize:]); err != nil {
		return nil, inFrame(err)
	}
	f.body.Reset(f.buf)
	frame, err := f.framer.ReadFrame()
	if err != nil {
		return nil, &frameError{fmt.Sprintf("a bad control frame of type %d: %v", kind, err)}
	}
	if f.body.Len() > 0 {
		return nil, &frameError{fmt.Sprintf("%d bytes too many in a control frame of type %d", f.body.Len(), kind)}
	}
	return frame, nil
}

// read reads payload into p: at least a byte, and as many as it gets without
// waiting for the network.
func (f *frameReader) read(p []byte) (int, error) {
	n, err := f.br.Read(p)
	for err == nil && n < len(p) && f.ready() {
		var more int
		more, err = f.br.Read(p[n:])
		n += more
	}
	return n, err
}

// ready tells for certain that a read does not wait.
func (f *frameReader) ready() bool {
	return f.br.Buffered() > 0 || f.ahead != nil && f.ahead.ReadAhead() >= fullRecord
}

// more tells that not everything that has arrived has been read.
func (f *frameReader) more() bool {
	return f.ahead != nil && (f.br.Buffered() > 0 || f.ahead.Unread())
}

// discard skips n bytes of payload.
func (f *frameReader) discard(n int) error {
	_, err := f.br.Discard(n)
	return inFrame(err)
}

// inFrame makes an end in the middle of a frame tell from a clean one.
func inFrame(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func known(kind spdy.ControlFrameType) bool {
	switch kind {
	case spdy.TypeSynStream, spdy.TypeSynReply, spdy.TypeRstStream, spdy.TypeSettings,
		spdy.TypePing, spdy.TypeGoAway, spdy.TypeHeaders, spdy.TypeWindowUpdate:
		return true
	}
	return false
}
