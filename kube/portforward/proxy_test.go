package portforward

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// join copies between two connections until both directions have ended.
func join(a, b net.Conn) {
	var running sync.WaitGroup
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // ends with the connections
		to.Close()
		from.Close()
	}
	running.Go(func() { pipe(a, b) })
	running.Go(func() { pipe(b, a) })
	running.Wait()
}

// connectProxy is an HTTP proxy that wants user:pass.
func connectProxy(t *testing.T) *url.URL {
	l := listen(t, func(conn net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil || r.Method != http.MethodConnect {
			t.Errorf("%v, %+v", err, r)
			return
		}
		if r.Header.Get("Proxy-Authorization") != "Basic dXNlcjpwYXNz" {
			fmt.Fprint(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
			return
		}
		if r.Header.Get("Authorization") != "" {
			t.Error("the proxy got our credentials")
		}
		to, err := net.Dial("tcp", r.Host)
		if err != nil {
			t.Error(err)
			return
		}
		fmt.Fprint(conn, "HTTP/1.1 200 Connected\r\n\r\n")
		join(conn, to)
	})
	return &url.URL{Scheme: "http", User: url.UserPassword("user", "pass"), Host: l.Addr().String()}
}

// socksProxy is a SOCKS5 proxy that wants no credentials.
func socksProxy(t *testing.T) *url.URL {
	l := listen(t, func(conn net.Conn) {
		to, err := socksTarget(conn)
		if err != nil {
			t.Error(err)
			return
		}
		remote, err := net.Dial("tcp", to)
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}); err != nil {
			t.Error(err)
		}
		join(conn, remote)
	})
	return &url.URL{Scheme: "socks5", Host: l.Addr().String()}
}

func socksTarget(conn net.Conn) (string, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil {
		return "", err
	}
	if _, err := io.CopyN(io.Discard, conn, int64(head[1])); err != nil {
		return "", err
	}
	if _, err := conn.Write([]byte{5, 0}); err != nil {
		return "", err
	}
	request := make([]byte, 10) // CONNECT to an IPv4 address
	if _, err := io.ReadFull(conn, request); err != nil {
		return "", err
	}
	if request[1] != 1 || request[3] != 1 {
		return "", fmt.Errorf("request %v", request)
	}
	port := strconv.Itoa(int(binary.BigEndian.Uint16(request[8:])))
	return net.JoinHostPort(net.IP(request[4:8]).String(), port), nil
}

func through(cfg *rest.Config, proxy *url.URL) *rest.Config {
	cfg.Proxy = func(r *http.Request) (*url.URL, error) {
		if r.URL.Path == "" {
			return nil, errors.New("no URL")
		}
		return proxy, nil
	}
	return cfg
}

func TestProxies(t *testing.T) {
	for name, proxy := range map[string]func(*testing.T) *url.URL{"HTTP": connectProxy, "SOCKS5": socksProxy} {
		t.Run(name, func(t *testing.T) {
			checkLeaks(t)
			api := newAPIServer(t, pods{80: echo})
			cfg := through(api.config(), proxy(t))
			cfg.BearerToken = "secret"
			s := mustDial(t, cfg)
			wantEcho(t, open(t, s, 80), "hello")
			if got := api.request(t).Header.Get("Authorization"); got != "Bearer secret" {
				t.Errorf("authorization %q", got)
			}
			closeInTime(t, s)
		})
	}
}

func TestProxyRefuses(t *testing.T) {
	api := newAPIServer(t, pods{})
	proxy := connectProxy(t)
	proxy.User = nil
	_, err := dial(t, through(api.config(), proxy))
	var refused *ProxyError
	if !errors.As(err, &refused) || refused.Code != 407 || refused.Proxy != proxy.Host {
		t.Errorf("got %v", err)
	}
}
