package hostile

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync"
)

// peer is a server's end of a session. It answers pings, so that the client takes
// the session for a good one, whatever else it does.
type peer struct {
	conn      net.Conn
	webSocket bool
	mu        sync.Mutex // held while whole frames are written
}

func (p *peer) write(frames []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.conn.Write(frames)
	return err
}

// listen reads until the connection ends.
func (p *peer) listen(in *bufio.Reader) {
	from := io.Reader(in)
	if p.webSocket {
		from = &messages{in: in}
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(from, head[:]); err != nil {
			return
		}
		payload := make([]byte, int(head[5])<<16|int(head[6])<<8|int(head[7]))
		if _, err := io.ReadFull(from, payload); err != nil {
			return
		}
		if head[0]&0x80 == 0 || binary.BigEndian.Uint16(head[2:]) != ping {
			continue
		}
		answer := append(head[:], payload...)
		if p.webSocket {
			answer = append([]byte{0x82, byte(len(answer))}, answer...)
		}
		if p.write(answer) != nil {
			return
		}
	}
}

// messages are the bytes in a client's WebSocket frames.
type messages struct {
	in   *bufio.Reader
	left []byte
}

func (m *messages) Read(p []byte) (int, error) {
	for len(m.left) == 0 {
		var head [2]byte
		if _, err := io.ReadFull(m.in, head[:]); err != nil {
			return 0, err
		}
		length := int(head[1] & 0x7f)
		switch length {
		case 126:
			var long [2]byte
			if _, err := io.ReadFull(m.in, long[:]); err != nil {
				return 0, err
			}
			length = int(binary.BigEndian.Uint16(long[:]))
		case 127:
			var long [8]byte
			if _, err := io.ReadFull(m.in, long[:]); err != nil {
				return 0, err
			}
			length = int(binary.BigEndian.Uint64(long[:]))
		}
		masked := make([]byte, 4+length)
		if _, err := io.ReadFull(m.in, masked); err != nil {
			return 0, err
		}
		if head[0]&0x0f >= 8 { // not a message
			continue
		}
		for i := range masked[4:] {
			masked[4+i] ^= masked[i%4]
		}
		m.left = masked[4:]
	}
	n := copy(p, m.left)
	m.left = m.left[n:]
	return n, nil
}
