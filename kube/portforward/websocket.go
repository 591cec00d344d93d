package portforward

import (
	"bufio"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6455 wants it, and not as a secret
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"culvert/tunnels/crash"
)

const (
	webSocketProtocol = "websocket"
	tunnelProtocol    = spdyProtocol + "+" + portForwardProtocol
	webSocketTunnel   = webSocketProtocol + " with " + tunnelProtocol // in errors
	// acceptSalt is appended to the key that the server has to prove to have
	// read (RFC 6455, 1.3).
	acceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
)

// askWebSocket makes a request for the WebSocket tunnel of one for a session, and
// returns what its answer has to be checked with.
func askWebSocket(req *http.Request) (check func(http.Header) error) {
	key := newKey()
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", webSocketProtocol)
	req.Header.Set("Sec-WebSocket-Version", "13")
	req.Header.Set("Sec-WebSocket-Key", key)
	req.Header.Set("Sec-WebSocket-Protocol", tunnelProtocol)
	return func(answer http.Header) error { return checkWebSocket(answer, key) }
}

func newKey() string {
	var nonce [16]byte
	rand.Read(nonce[:])
	return base64.StdEncoding.EncodeToString(nonce[:])
}

// checkWebSocket tells whether an upgrade leads to the tunnel that was asked for.
func checkWebSocket(answer http.Header, key string) error {
	upgrade := answer.Get("Upgrade")
	protocol := strings.Join(answer.Values("Sec-WebSocket-Protocol"), ", ")
	e := &ProtocolError{Upgrade: upgrade, Protocol: protocol, Want: webSocketTunnel}
	sum := sha1.Sum([]byte(key + acceptSalt)) //nolint:gosec // see the import
	switch {
	case !strings.EqualFold(upgrade, webSocketProtocol) || protocol != tunnelProtocol:
		return e
	case answer.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]):
		e.Flaw = "a wrong Sec-WebSocket-Accept"
		return e
	case answer.Get("Sec-WebSocket-Extensions") != "":
		e.Flaw = "an extension that nobody asked for"
		return e
	}
	return nil
}

const (
	// wsPiece is how much of a message is masked at a time: what fills a TLS
	// record, and stays in the processor's nearest memory.
	wsPiece = 16 << 10
	// wsPattern is up to how many bytes the mask is repeated for XORing.
	wsPattern = 1 << 10
	// wsFarewell is how long the close frame may take.
	wsFarewell = 100 * time.Millisecond
)

// webSocket is a connection through binary messages. Writes send a message each.
type webSocket struct {
	conn *upgraded
	in   wsReader
	done chan struct{} // closed by Close

	crashes *crash.Reporter
	running sync.WaitGroup // the goroutine that answers pings
	status  atomic.Uint32  // to close with
	once    sync.Once
	end     error // of the once

	mu         sync.Mutex
	ended      bool
	answering  bool   // a goroutine answers pings
	unanswered bool   // ping waits for it
	ping       []byte // the last one's payload

	turn    chan struct{} // holds a token while somebody writes
	broken  bool          // of whoever has the turn: half a frame is out
	piece   []byte        // likewise
	pattern []byte        // likewise
	masks   []byte        // likewise: random bytes not used yet
	random  [256]byte     // likewise
}

// newWebSocketFor is newWebSocket that reports panics, each of which closes conn.
func newWebSocketFor(conn *upgraded, crashes *crash.Reporter) *webSocket {
	w := newWebSocket(conn)
	w.crashes = crashes
	return w
}

// newWebSocket takes over conn, on which both sides have agreed on a WebSocket.
func newWebSocket(conn *upgraded) *webSocket {
	w := &webSocket{
		conn:    conn,
		done:    make(chan struct{}),
		turn:    make(chan struct{}, 1),
		piece:   make([]byte, 0, wsPiece),
		pattern: make([]byte, wsPattern),
	}
	w.status.Store(wsNormal)
	w.in = wsReader{br: bufio.NewReader(conn), pong: w.pong, idle: newIdle()}
	return w
}

// NetConn returns what is below the WebSocket.
func (w *webSocket) NetConn() net.Conn { return w.conn }

// Read implements [net.Conn], see [wsReader.Read].
func (w *webSocket) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	if _, broken := errors.AsType[*frameError](err); broken {
		w.status.Store(wsProtocolError)
	}
	return n, err
}

// ReadAhead returns how many bytes wait for a Read, as [upgraded.ReadAhead] does,
// while they are a message's: what comes between two messages may be no data.
func (w *webSocket) ReadAhead() int {
	if w.in.left == 0 {
		return 0
	}
	return w.conn.ReadAhead()
}

// Unread tells whether anything has been read ahead, see [aheadReader].
func (w *webSocket) Unread() bool { return w.in.br.Buffered() > 0 || w.conn.Unread() }

// BeforeWait implements [aheadReader], see [upgraded.BeforeWait].
func (w *webSocket) BeforeWait(f func()) { w.conn.BeforeWait(f) }

// Write implements [net.Conn]. The message goes out as one piece.
func (w *webSocket) Write(p []byte) (int, error) {
	select {
	case w.turn <- struct{}{}:
	case <-w.done:
		return 0, net.ErrClosed
	}
	defer func() { <-w.turn }()
	if err := w.send(wsBinary, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// send writes one frame; the caller has the turn.
func (w *webSocket) send(opcode byte, payload []byte) error {
	if w.broken {
		return net.ErrClosed
	}
	mask := w.mask()
	w.piece = appendHead(w.piece[:0], opcode, len(payload), mask)
	w.conn.wire.cork()
	err := w.pieces(payload)
	if werr := w.conn.wire.uncork(); err == nil {
		err = werr
	}
	w.broken = err != nil
	return err
}

// pieces writes what is in piece already, and the payload behind it.
func (w *webSocket) pieces(payload []byte) error {
	for {
		n := min(len(payload), wsPiece-len(w.piece))
		w.piece = w.appendMasked(w.piece, payload[:n])
		if _, err := w.conn.body.Write(w.piece); err != nil {
			return err
		}
		if payload = payload[n:]; len(payload) == 0 {
			return nil
		}
		w.piece = w.piece[:0]
		w.turnPattern(n)
	}
}

// mask returns the next frame's masking key, and makes the pattern begin with it.
func (w *webSocket) mask() [4]byte {
	if len(w.masks) == 0 {
		rand.Read(w.random[:])
		w.masks = w.random[:]
	}
	mask := [4]byte(w.masks)
	w.masks = w.masks[len(mask):]
	w.repeat(mask, 0)
	return mask
}

// repeat fills the pattern with a mask that begins at one of its bytes.
func (w *webSocket) repeat(mask [4]byte, from int) {
	for i := range mask {
		w.pattern[i] = mask[(from+i)%len(mask)]
	}
	for n := len(mask); n < len(w.pattern); n *= 2 {
		copy(w.pattern[n:], w.pattern[:n])
	}
}

// turnPattern makes the pattern go on after n bytes.
func (w *webSocket) turnPattern(n int) {
	if n%4 != 0 {
		w.repeat([4]byte(w.pattern), n%4)
	}
}

// appendMasked appends src, masked, to dst, which has room for it. The pattern
// has to fit src's first byte.
func (w *webSocket) appendMasked(dst, src []byte) []byte {
	for len(src) > 0 {
		n := min(len(src), len(w.pattern))
		from := len(dst)
		dst = dst[:from+n]
		subtle.XORBytes(dst[from:], src[:n], w.pattern)
		src = src[n:]
	}
	return dst
}

// appendHead appends the head of a final, masked frame.
func appendHead(dst []byte, opcode byte, length int, mask [4]byte) []byte {
	dst = append(dst, wsFin|opcode)
	switch {
	case length <= wsMaxControl:
		dst = append(dst, wsMasked|byte(length))
	case length <= 1<<16-1:
		dst = append(dst, wsMasked|wsLength16)
		dst = binary.BigEndian.AppendUint16(dst, uint16(length))
	default:
		dst = append(dst, wsMasked|wsLength64)
		dst = binary.BigEndian.AppendUint64(dst, uint64(length))
	}
	return append(dst, mask[:]...)
}

// pong has a ping answered. It never blocks, because it is called by the
// goroutine that reads: two peers could wait for each other otherwise. Of pings
// that come faster than they can be answered, the last one is.
func (w *webSocket) pong(payload []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	w.ping, w.unanswered = append(w.ping[:0], payload...), true
	if !w.answering {
		w.answering = true
		w.running.Go(w.crashes.Contained("a WebSocket", w.answer, func(*crash.Panic) { _ = w.conn.Close() })) // until no ping waits, or Close
	}
}

// answer writes pongs until no ping waits any more.
func (w *webSocket) answer() {
	select {
	case w.turn <- struct{}{}:
	case <-w.done:
		return
	}
	defer func() { <-w.turn }()
	var payload [wsMaxControl]byte
	for {
		w.mu.Lock()
		if w.ended || !w.unanswered {
			w.answering = false
			w.mu.Unlock()
			return
		}
		n := copy(payload[:], w.ping)
		w.unanswered = false
		w.mu.Unlock()
		_ = w.send(wsPong, payload[:n]) // an error shows in the next write, too
	}
}

// Close says goodbye if nobody writes and the peer takes it in time, and ends the
// connection. It takes less than half a second and unblocks reads and writes.
func (w *webSocket) Close() error {
	w.once.Do(func() {
		w.mu.Lock()
		w.ended = true
		w.mu.Unlock()
		close(w.done)
		select {
		case w.turn <- struct{}{}:
			w.sayGoodbye()
			<-w.turn
		default:
		}
		w.end = w.conn.Close()
		w.running.Wait()
	})
	return w.end
}

// sayGoodbye writes the close frame. It is a courtesy: errors do not matter.
func (w *webSocket) sayGoodbye() {
	if w.conn.SetWriteDeadline(time.Now().Add(wsFarewell)) != nil {
		return
	}
	_ = w.send(wsClose, binary.BigEndian.AppendUint16(nil, uint16(w.status.Load())))
}

func (w *webSocket) LocalAddr() net.Addr                { return w.conn.LocalAddr() }
func (w *webSocket) RemoteAddr() net.Addr               { return w.conn.RemoteAddr() }
func (w *webSocket) SetDeadline(t time.Time) error      { return w.conn.SetDeadline(t) }
func (w *webSocket) SetReadDeadline(t time.Time) error  { return w.conn.SetReadDeadline(t) }
func (w *webSocket) SetWriteDeadline(t time.Time) error { return w.conn.SetWriteDeadline(t) }
