package speaks

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// answering listens and hands each connection to serve, which has to read what it
// wants.
func answering(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() { // until l is closed
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			c.Close()
		}
	}()
	return l.Addr().String()
}

func TestWhatAPortSpeaks(t *testing.T) {
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	plain := httptest.NewServer(ok)
	defer plain.Close()
	secure := httptest.NewTLSServer(ok)
	secure.Config.ErrorLog = nil
	defer secure.Close()
	two := httptest.NewUnstartedServer(ok)
	two.EnableHTTP2 = true
	two.StartTLS()
	defer two.Close()
	banner := answering(t, func(c net.Conn) { io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n") })
	mute := answering(t, func(c net.Conn) { io.ReadFull(c, make([]byte, 1)) })
	echo := answering(t, func(c net.Conn) { io.Copy(c, c) })
	alert := answering(t, func(c net.Conn) {
		io.ReadFull(c, make([]byte, 5))
		c.Write([]byte{0x15, 3, 3, 0, 2, 2, 40}) // a fatal handshake failure
		io.Copy(io.Discard, c)
	})
	strict := answering(t, func(c net.Conn) { // an HTTP server that hangs up on what it does not understand
		b := make([]byte, 4)
		if io.ReadFull(c, b); string(b) == "HEAD" {
			io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		}
	})
	tests := []struct {
		name, addr string
		want       Spoken
	}{
		{"http", hostOf(plain.URL), Spoken{Scheme: "http"}},
		{"https", hostOf(secure.URL), Spoken{Scheme: "https", TLS: true}},
		{"http/2", hostOf(two.URL), Spoken{Scheme: "https", TLS: true}},
		{"a banner", banner, Spoken{Said: "SSH-2.0-OpenSSH_9.2"}},
		{"nothing", mute, Spoken{}},
		{"an echo", echo, Spoken{Echo: true}},
		{"TLS that refuses", alert, Spoken{Scheme: "https", TLS: true}},
		{"http that hangs up", strict, Spoken{Scheme: "http"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Port(t.Context(), tt.addr)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
	gone := answering(t, func(net.Conn) {})
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	l.Close()
	if _, err := Port(t.Context(), free); err == nil {
		t.Error("a port that nobody has speaks")
	}
	if got, err := Port(t.Context(), gone); err != nil || got != (Spoken{}) {
		t.Errorf("a port that hangs up speaks %+v, %v", got, err)
	}
}

func hostOf(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		"220 mail ready\r\n250 ok": "220 mail ready", "\x00\x01J\x00\x008.0.36\xff": "J8.0.36", "": "",
	} {
		if got := shown(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
