package hostile

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// list is a server whose list of pods is so.
func list(act func(*call)) script { return script{list: act} }

// upgrade is one whose way to the pod is so.
func upgrade(act func(*call)) script { return script{upgrade: act} }

// wire writes bytes in place of an HTTP answer, again and again.
func wire(start string, more func(i int) string) func(*call) {
	return func(c *call) {
		conn, _ := c.hijack()
		defer conn.Close()
		if more == nil {
			_, _ = io.WriteString(conn, start)
			return
		}
		pour(conn, start, more)
	}
}

// slowly writes a beginning in place of an HTTP answer, and then a byte in a second.
func slowly(start string, more byte) func(*call) {
	return func(c *call) {
		conn, _ := c.hijack()
		defer conn.Close()
		drip(c.s, conn, start, more, nil)
	}
}

// later answers so that the client is to stay away for long.
func later(value string) func(*call) {
	return func(c *call) {
		c.w.Header().Set("Retry-After", value)
		c.status(http.StatusServiceUnavailable, "ServiceUnavailable", "come again later")
	}
}

func answerTrials() []trial {
	const ok = "HTTP/1.1 200 OK\r\n"
	header := func(i int) string { return fmt.Sprintf("X-%d: %s\r\n", i, strings.Repeat("x", 1000)) }
	return []trial{
		{name: "header-lines", does: "header lines without end, of the list", script: list(wire(ok, header)), tells: "headers that are too large"},
		{name: "header-line", does: "one header line without end", script: list(wire(ok+"X: ", always(strings.Repeat("x", 1000)))), tells: "headers that are too large"},
		{name: "header-upgrade", does: "header lines without end, of the way to the pod", script: upgrade(wire("HTTP/1.1 101 Switching Protocols\r\n", header)), tells: "headers that are too large"},
		{name: "header-100", does: "100 Continue without end", script: list(wire("", always("HTTP/1.1 100 Continue\r\n\r\n"))), tells: "answer"},
		{name: "header-garbage", does: "no HTTP at all", script: list(wire(strings.Repeat("\x00\xff", 4096), nil)), tells: "closed the connection"},
		{name: "error-endless", does: "an error page without end", script: list(func(c *call) {
			c.w.WriteHeader(http.StatusInternalServerError)
			pour(c.w, "", always(strings.Repeat("boom ", 1000)))
		}), tells: "an error of its own"},
		{name: "error-upgrade", does: "an error page without end, on the way to the pod", script: upgrade(func(c *call) {
			c.w.WriteHeader(http.StatusInternalServerError)
			pour(c.w, "", always(strings.Repeat("boom ", 1000)))
		}), tells: "an error of its own"},
		{name: "error-slow", slow: true, does: "an error page at one byte in a second", script: list(func(c *call) {
			c.w.WriteHeader(http.StatusInternalServerError)
			drip(c.s, c.w, "", 'x', c.flush)
		}), tells: "an error of its own"},
		{name: "slow-header", slow: true, does: "one byte of a header in a second", script: list(slowly(ok+"X: ", 'x')), tells: "does not answer"},
		{name: "slow-body", slow: true, does: "one byte of a list in a second", script: list(func(c *call) {
			drip(c.s, c.w, listHead, ' ', c.flush)
		}), tells: "does not go on"},
		{name: "slow-upgrade", slow: true, does: "one byte of the upgrade's answer in a second", script: upgrade(slowly("HTTP/1.1 101 Switching Protocols\r\nX: ", 'x')), tells: "does not answer"},
		{name: "slow-tls", slow: true, does: "one byte of the TLS handshake in a second", script: script{raw: func(s *server, c net.Conn) {
			drip(s, c, "\x16\x03\x03\x40\x00", 2, nil)
		}}, tells: "does not answer"},
		{name: "silent", slow: true, does: "accepts, and says nothing", script: script{raw: func(_ *server, c net.Conn) { _, _ = io.Copy(io.Discard, c) }}, tells: "does not answer"},
		{name: "closed-at-once", does: "accepts, and closes at once", script: script{raw: func(*server, net.Conn) {}}, tells: "closed the connection"},
		{name: "reset-at-once", does: "resets each connection at once", script: script{raw: func(_ *server, c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }}, tells: "closed the connection"},
		{name: "closed-upgrade", does: "closes at once what the way to the pod asks for", script: upgrade(func(*call) { panic(http.ErrAbortHandler) }), tells: "closed the connection"},
		{name: "closed-session", does: "switches, and closes at once", script: upgrade(func(c *call) {
			conn, _ := c.session()
			conn.Close()
		}), tells: "closed the connection to the pod"},
		{name: "refused-401", does: "401 for ever", script: list(func(c *call) { c.status(http.StatusUnauthorized, "Unauthorized", "Unauthorized") }), tells: "has expired or was refused"},
		{name: "refused-401-upgrade", does: "401 for ever, on the way to the pod", script: upgrade(func(c *call) { c.status(http.StatusUnauthorized, "Unauthorized", "Unauthorized") }), tells: "has expired or was refused"},
		{name: "later-1e12", does: "Retry-After: 10¹² s", script: list(later("1000000000000")), tells: "busy or not ready"},
		{name: "later-1e30", does: "Retry-After: 10³⁰ s", script: list(later("1" + strings.Repeat("0", 30))), tells: "busy or not ready"},
		{name: "later-negative", does: "Retry-After: -5", script: upgrade(later("-5")), tells: "busy or not ready"},
		{name: "later-9999", does: "Retry-After: a date in the year 9999", script: upgrade(later(time.Date(9999, 1, 2, 3, 4, 5, 0, time.UTC).Format(http.TimeFormat))), tells: "busy or not ready"},
		{name: "switch-unasked", does: "101 as the answer to a list", script: list(wire("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\ngarbage", nil)), tells: "101"},
		{name: "switch-other", does: "101 to another protocol, with garbage behind", script: upgrade(wire("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"+strings.Repeat("garbage", 1000), nil)), tells: "switched to"},
		{name: "switch-none", does: "200 and a page without end on the way to the pod", script: upgrade(func(c *call) { pour(c.w, "<html><title>hello</title>", always("x")) }), tells: "hello"},
	}
}

// zip is a page of a list that is packed, and unpacks for ever.
func zip(c *call, start string, more func(i int) string) {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.Header().Set("Content-Encoding", "gzip")
	z, err := gzip.NewWriterLevel(c.w, gzip.BestSpeed)
	if err != nil {
		panic(err)
	}
	pour(z, start, more)
}
