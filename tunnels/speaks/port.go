package speaks

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
	"unicode"
)

// How long a port may take: for a connection, which waits while the tunnel has no
// session, and then for each answer.
const (
	dialWithin   = 6 * time.Second
	answerWithin = 3 * time.Second
)

// maxSaid bounds how much of an unknown language is quoted.
const maxSaid = 48

// Spoken is what a port was found to speak.
type Spoken struct {
	Scheme string // "http" or "https"; empty for neither
	TLS    bool   // it speaks TLS
	Echo   bool   // it sends back what it gets
	Said   string // what else it sent, as far as it can be printed
}

// Port finds out what a local port speaks: it begins TLS, and where that is not
// understood it asks as HTTP on a new connection. Certificates are not checked,
// since nothing is told to the other side. The error says that the port cannot be
// reached. It blocks for 15 s at most.
func Port(ctx context.Context, addr string) (Spoken, error) {
	c, err := dial(ctx, addr)
	if err != nil {
		return Spoken{}, err
	}
	defer c.Close()
	heard := &listening{Conn: c}
	secure := tls.Client(heard, &tls.Config{
		InsecureSkipVerify: true, //nolint:gosec // nothing is told to the other side
		ServerName:         "localhost", NextProtos: []string{"h2", "http/1.1"},
	})
	err = secure.HandshakeContext(ctx)
	switch {
	case err == nil:
		return askSecure(ctx, secure, addr), nil
	case strings.HasPrefix(heard.first(), "HTTP/"):
		return Spoken{Scheme: "http"}, nil
	case isAlert(err, heard.first()):
		return Spoken{Scheme: "https", TLS: true}, nil // it wants a certificate or another name, which a browser may have
	}
	c.Close() // some serve one connection at a time
	plain, err := dial(ctx, addr)
	if err != nil { // it has answered before
		return Spoken{Said: shown(heard.first())}, nil
	}
	defer plain.Close()
	answer := askHead(ctx, plain, addr)
	if strings.HasPrefix(answer, "HTTP/") {
		return Spoken{Scheme: "http"}, nil
	}
	if strings.HasPrefix(answer, "HEAD / HTTP/") {
		return Spoken{Echo: true}, nil
	}
	if answer == "" {
		answer = heard.first()
	}
	return Spoken{Said: shown(answer)}, nil
}

func dial(ctx context.Context, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialWithin}
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", addr, err)
	}
	return c, c.SetDeadline(time.Now().Add(answerWithin))
}

// askSecure finds out whether what is Spoken inside TLS is HTTP.
func askSecure(ctx context.Context, c *tls.Conn, addr string) Spoken {
	if c.ConnectionState().NegotiatedProtocol == "h2" {
		return Spoken{Scheme: "https", TLS: true}
	}
	answer := askHead(ctx, c, addr)
	if strings.HasPrefix(answer, "HTTP/") {
		return Spoken{Scheme: "https", TLS: true}
	}
	return Spoken{TLS: true, Said: shown(answer)}
}

// askHead asks as HTTP and returns the beginning of the answer.
func askHead(ctx context.Context, c net.Conn, addr string) string {
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if err := c.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return ""
	}
	if _, err := io.WriteString(c, "HEAD / HTTP/1.1\r\nHost: "+addr+"\r\nUser-Agent: culvert\r\nConnection: close\r\n\r\n"); err != nil {
		return ""
	}
	b := make([]byte, maxSaid)
	n, err := io.ReadAtLeast(c, b, len("HTTP/"))
	if err != nil && n == 0 {
		return ""
	}
	return string(b[:n])
}

// isAlert says whether the other side speaks TLS although no session came of it.
func isAlert(err error, first string) bool {
	var alert tls.AlertError
	return errors.As(err, &alert) || strings.HasPrefix(first, "\x15\x03")
}

// listening remembers the beginning of what comes.
type listening struct {
	net.Conn
	mu    sync.Mutex
	heard []byte
}

// Read implements [net.Conn].
func (l *listening) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, b[:min(n, max(maxSaid-len(l.heard), 0))]...)
	return n, err
}

func (l *listening) first() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.heard)
}

// shown is the first line of an answer without what cannot be shown.
func shown(s string) string {
	s, _, _ = strings.Cut(strings.ToValidUTF8(s, ""), "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s))
}
