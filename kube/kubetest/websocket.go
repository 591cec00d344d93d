package kubetest

import (
	"bufio"
	"bytes"
	"crypto/sha1" //nolint:gosec // RFC 6455 wants it, and not as a secret
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// What a client asks for, and what the node then gets to see.
const (
	tunnelPrefix = "SPDY/3.1+"
	tunnelSuffix = ".k8s.io"
)

// tunnelProtocol returns what is to be tunnelled through a WebSocket, as
// "portforward.k8s.io"; ok is false for any other request.
func tunnelProtocol(r *http.Request) (protocol string, ok bool) {
	if !headerHas(r.Header, "Connection", "upgrade") || !headerHas(r.Header, "Upgrade", "websocket") {
		return "", false
	}
	for offer := range strings.SplitSeq(strings.Join(r.Header.Values("Sec-WebSocket-Protocol"), ","), ",") {
		rest, tunnel := strings.CutPrefix(strings.TrimSpace(offer), tunnelPrefix)
		if tunnel && strings.HasSuffix(rest, tunnelSuffix) {
			return rest, true
		}
	}
	return "", false
}

func headerHas(h http.Header, name, token string) bool {
	for word := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(word), token) {
			return true
		}
	}
	return false
}

// spdyRequest returns the request of a tunnel as the node's server gets it.
func spdyRequest(r *http.Request, protocol string) *http.Request {
	inner := r.Clone(r.Context())
	inner.Method = http.MethodPost
	for _, h := range []string{"Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Protocol"} {
		inner.Header.Del(h)
	}
	inner.Header.Set("Upgrade", "SPDY/3.1")
	inner.Header.Set("X-Stream-Protocol-Version", protocol)
	return inner
}

// tunnelWriter answers a request for a tunnel: the node's switch to SPDY becomes
// one to WebSocket, everything else goes to the client as it is.
type tunnelWriter struct {
	http.ResponseWriter
	request *http.Request // the client's
}

// WriteHeader implements [http.ResponseWriter].
func (w tunnelWriter) WriteHeader(code int) {
	if code != http.StatusSwitchingProtocols { // that is what Hijack does
		w.ResponseWriter.WriteHeader(code)
	}
}

// Hijack implements [http.Hijacker]: the connection carries SPDY in messages.
func (w tunnelWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	key, err := base64.StdEncoding.DecodeString(w.request.Header.Get("Sec-Websocket-Key"))
	if err != nil || len(key) != 16 || w.request.Header.Get("Sec-Websocket-Version") != "13" {
		http.Error(w.ResponseWriter, "Bad Request", http.StatusBadRequest)
		return nil, nil, errors.New("the client does not speak WebSocket")
	}
	sum := sha1.Sum([]byte(w.request.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see the import
	h, ok := w.ResponseWriter.(http.Hijacker)
	if !ok {
		return nil, nil, errors.New("the connection cannot be taken over")
	}
	conn, rw, err := h.Hijack()
	if err != nil {
		return nil, nil, err
	}
	_, err = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]), tunnelPrefix+w.Header().Get("X-Stream-Protocol-Version"))
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	t := &tunnel{Conn: conn, in: rw.Reader}
	return t, bufio.NewReadWriter(bufio.NewReader(t), bufio.NewWriter(t)), nil
}

const (
	opContinuation = 0
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// ownMessage is from how many bytes on a real server (gorilla/websocket with its
// buffer of 4 KiB) writes a message in two frames, the second one being empty.
const ownMessage = 8 << 10

// tunnel is the server's end of a WebSocket that carries bytes in binary
// messages.
type tunnel struct {
	net.Conn
	in *bufio.Reader

	// These belong to the goroutine that reads.
	left uint64
	mask [4]byte
	pos  int
	err  error

	mu     sync.Mutex // of writing
	closed sync.Once
}

// Read implements [net.Conn]; only one goroutine may call it.
func (t *tunnel) Read(p []byte) (int, error) {
	for t.left == 0 && t.err == nil && len(p) > 0 {
		t.err = t.next()
	}
	if t.err != nil || len(p) == 0 {
		return 0, t.err
	}
	n, err := t.in.Read(p[:min(uint64(len(p)), t.left)])
	t.unmask(p[:n])
	t.left -= uint64(n)
	return n, err
}

func (t *tunnel) unmask(p []byte) {
	for i := range p {
		p[i] ^= t.mask[(t.pos+i)%4]
	}
	t.pos += len(p)
}

// next reads a frame up to its payload, which it reads only of a control frame.
func (t *tunnel) next() error {
	var head [2]byte
	if _, err := io.ReadFull(t.in, head[:]); err != nil {
		return err
	}
	length, err := t.length(head[1] & 0x7f)
	if err != nil {
		return err
	}
	if head[1]&0x80 == 0 {
		return errors.New("a client's frame is not masked")
	}
	if _, err := io.ReadFull(t.in, t.mask[:]); err != nil {
		return err
	}
	t.pos = 0
	switch op := head[0] & 0x0f; {
	case op == opBinary || op == opContinuation:
		t.left = length
		return nil
	case op < opClose || length > 125:
		return fmt.Errorf("a client sent a frame of kind %d with %d bytes", op, length)
	default:
		payload := make([]byte, length)
		if _, err := io.ReadFull(t.in, payload); err != nil {
			return err
		}
		t.unmask(payload)
		return t.control(op, payload)
	}
}

func (t *tunnel) length(short byte) (uint64, error) {
	var long [8]byte
	switch short {
	case 126:
		_, err := io.ReadFull(t.in, long[6:])
		return binary.BigEndian.Uint64(long[:]), err
	case 127:
		_, err := io.ReadFull(t.in, long[:])
		return binary.BigEndian.Uint64(long[:]), err
	}
	return uint64(short), nil
}

func (t *tunnel) control(op byte, payload []byte) error {
	switch op {
	case opClose:
		t.goodbye(payload)
		return io.EOF
	case opPing:
		return t.frame(opPong, true, payload)
	}
	return nil
}

// Write implements [net.Conn].
func (t *tunnel) Write(p []byte) (int, error) {
	whole := len(p) <= ownMessage
	err := t.frame(opBinary, whole, p)
	if err == nil && !whole {
		err = t.frame(opContinuation, true, nil)
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (t *tunnel) frame(op byte, fin bool, payload []byte) error {
	var b bytes.Buffer
	if fin {
		op |= 0x80
	}
	b.WriteByte(op)
	switch n := len(payload); {
	case n < 126:
		b.WriteByte(byte(n))
	case n < 1<<16:
		b.Write(binary.BigEndian.AppendUint16([]byte{126}, uint16(n)))
	default:
		b.Write(binary.BigEndian.AppendUint64([]byte{127}, uint64(n)))
	}
	b.Write(payload)
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := t.Conn.Write(b.Bytes())
	return err
}

// goodbye writes the close frame, once and if the client takes it soon.
func (t *tunnel) goodbye(payload []byte) {
	t.closed.Do(func() {
		if t.SetWriteDeadline(time.Now().Add(time.Second)) == nil {
			_ = t.frame(opClose, true, payload) // the connection ends in any case
		}
	})
}

// Close implements [net.Conn].
func (t *tunnel) Close() error {
	t.goodbye(binary.BigEndian.AppendUint16(nil, 1000))
	return t.Conn.Close()
}
