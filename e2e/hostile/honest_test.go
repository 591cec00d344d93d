package hostile

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // RFC 6455 wants it
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// podJSON is the one pod, in the version that a change made.
func podJSON(name string, version int) string {
	return fmt.Sprintf(`{"kind":"Pod","apiVersion":"v1","metadata":{"name":%q,"namespace":"default","uid":"u-%[1]s","resourceVersion":"%d","creationTimestamp":"2026-01-02T03:04:05Z"},`+
		`"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"name":"http","containerPort":80,"protocol":"TCP"}]}]},`+
		`"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z"}],`+
		`"containerStatuses":[{"name":"web","ready":true,"started":true,"state":{"running":{"startedAt":"2026-01-02T03:04:05Z"}}}]}}`, name, version)
}

const listHead = `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[`

func (c *call) honestList() { c.answer(http.StatusOK, listHead+podJSON("web", 7)+"]}") }

// honestWatch tells nothing until the client goes.
func (c *call) honestWatch() {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(http.StatusOK)
	c.flush()
	c.rest()
}

// rest waits for the client's end or the server's.
func (c *call) rest() {
	select {
	case <-c.r.Context().Done():
	case <-c.s.ctx.Done():
	}
}

func (c *call) flush() { _ = http.NewResponseController(c.w).Flush() }

func (c *call) answer(code int, body string) {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(code)
	_, _ = io.WriteString(c.w, body)
}

func (c *call) status(code int, reason, message string) {
	body, err := json.Marshal(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message})
	if err != nil {
		panic(err)
	}
	c.answer(code, string(body))
}

func (c *call) unknown() {
	c.status(http.StatusNotFound, "NotFound", "the server could not find the requested resource")
}

// hijack takes the connection from HTTP.
func (c *call) hijack() (net.Conn, *bufio.Reader) {
	conn, buf, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn, buf.Reader
}

// switched is the answer that grants what was asked for.
func (c *call) switched() string {
	if c.webSocket() {
		sum := sha1.Sum([]byte(c.r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see the import
		return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n" +
			"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
	}
	return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n"
}

// session switches, and returns the connection.
func (c *call) session() (net.Conn, *bufio.Reader) {
	conn, in := c.hijack()
	_, _ = io.WriteString(conn, c.switched())
	return conn, in
}

// honestUpgrade is a session that answers pings, and whose pod says nothing.
func (c *call) honestUpgrade() {
	conn, in := c.session()
	defer conn.Close()
	(&peer{conn: conn, webSocket: c.webSocket()}).listen(in)
}

func (c *call) webSocket() bool { return strings.EqualFold(c.r.Header.Get("Upgrade"), "websocket") }

// endless writes a beginning, and then more until the client has gone.
func (c *call) endless(start string, more func(i int) string) {
	c.w.Header().Set("Content-Type", "application/json")
	pour(c.w, start, more)
}

func pour(w io.Writer, start string, more func(i int) string) {
	out := bufio.NewWriterSize(w, 64<<10)
	_, err := out.WriteString(start)
	for i := 0; err == nil; i++ {
		_, err = out.WriteString(more(i))
	}
}

func always(s string) func(int) string { return func(int) string { return s } }

// drip writes a beginning and then one byte in a second.
func drip(s *server, w io.Writer, start string, more byte, flush func()) {
	_, err := io.WriteString(w, start)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for err == nil {
		if flush != nil {
			flush()
		}
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return
		}
		_, err = w.Write([]byte{more})
	}
}
