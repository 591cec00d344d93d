package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"culvert/kube/kubetest"
	"culvert/tunnels/control"
)

// surface is something of Culvert's own that speaks HTTP.
type surface struct {
	name  string
	dial  func(ctx context.Context) (net.Conn, error)
	read  string // a path that tells something
	write string // a path that does something
}

// acting counts what is done for whoever asks.
type acting struct{ done atomic.Int32 }

func (a *acting) Raise(context.Context) error {
	a.done.Add(1)
	return nil
}

func (a *acting) Args(context.Context, control.Args) (control.Answer, error) {
	a.done.Add(1)
	return control.Answer{}, nil
}

// surfaces starts all that there are. Tunnels are none: their bytes are the pod's.
func surfaces(t *testing.T) ([]surface, *acting) {
	t.Helper()
	dir := shortFolder(t)
	did := new(acting)
	server, _, err := control.Claim(t.Context(), control.Options{Dir: dir, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	go server.Serve(did) // until Close
	demo, err := kubetest.New(kubetest.Demo())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(demo.Close)
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(demo.CA())
	api := "/api/v1/namespaces/shop/pods"
	return []surface{
		{"control socket", func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, "window.sock"))
		}, "/v1/version", "/v1/raise"},
		{"demo's API server", func(ctx context.Context) (net.Conn, error) {
			return (&tls.Dialer{Config: &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", strings.TrimPrefix(demo.URL(), "https://"))
		}, api, api + "/web-7d4b9c6f5-x2x9k/portforward"},
	}, did
}

// shortFolder returns a folder that ends with the test: the paths of sockets are
// limited.
func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "w")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "culvert")
}

// TestWebPagesReachNothing sends to all of Culvert's HTTP what a page in the user's
// browser can have sent: from its own origin, or by a name of its own that it lets
// lead to this machine. Nothing is told, done or repeated, and no page is allowed to
// read an answer.
func TestWebPagesReachNothing(t *testing.T) {
	const marker = "reflected-a7f3"
	all, did := surfaces(t)
	for _, s := range all {
		for name, tt := range map[string]struct{ method, path, head string }{
			"an image":             {"GET", s.read + "?" + marker, "Host: culvert\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: image\r\nOrigin: https://" + marker + ".example\r\n"},
			"a name of its own":    {"GET", s.read, "Host: " + marker + ".example\r\n"},
			"and a port":           {"GET", s.read, "Host: " + marker + ".example:8080\r\n"},
			"localhost":            {"GET", s.read, "Host: localhost\r\nCookie: a=" + marker + "\r\n"},
			"no name":              {"GET", s.read, "Host: \r\n"},
			"a question before it": {"OPTIONS", s.write, "Host: localhost\r\nOrigin: https://" + marker + ".example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n"},
			"and for private ones": {"OPTIONS", s.write, "Host: culvert\r\nOrigin: https://" + marker + ".example\r\nAccess-Control-Request-Private-Network: true\r\nAccess-Control-Request-Method: POST\r\n"},
			"a form":               {"POST", s.write, "Host: culvert\r\nOrigin: null\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n"},
			"a form as text":       {"POST", s.write, "Host: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"},
			"JSON from elsewhere":  {"POST", s.write, "Host: culvert\r\nOrigin: http://localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"},
			"a WebSocket":          {"GET", s.write, "Host: culvert\r\nOrigin: https://" + marker + ".example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n"},
		} {
			t.Run(s.name+"/"+name, func(t *testing.T) {
				conn, err := s.dial(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(conn, tt.method+" "+tt.path+" HTTP/1.1\r\n"+tt.head+"\r\n{}"); err != nil {
					t.Fatal(err)
				}
				resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: tt.method})
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				judgeAnswer(t, resp, marker)
			})
		}
	}
	if n := did.done.Load(); n != 0 {
		t.Errorf("%d of them were done", n)
	}
}

// judgeAnswer wants a refusal that no page may read, and that repeats nothing.
func judgeAnswer(t *testing.T, resp *http.Response, marker string) {
	t.Helper()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode < 400 || resp.StatusCode >= 500 {
		t.Errorf("it answers %s: %s", resp.Status, body)
	}
	for name, values := range resp.Header {
		if strings.HasPrefix(name, "Access-Control-") || name == "Set-Cookie" || name == "Location" || strings.Contains(strings.Join(values, " "), marker) {
			t.Errorf("it has the header %s: %q", name, values)
		}
	}
	if strings.Contains(string(body), marker) || strings.Contains(resp.Header.Get("Content-Type"), "html") {
		t.Errorf("it answers with %s: %s", resp.Header.Get("Content-Type"), body)
	}
}
