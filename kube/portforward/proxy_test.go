package portforward

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"culvert/tunnels"

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

// TestFault59Proxies: every transport works through every kind of proxy, which
// does not get our credentials.
func TestFault59Proxies(t *testing.T) {
	for name, proxy := range map[string]func(*testing.T) *url.URL{"HTTP": connectProxy, "SOCKS5": socksProxy} {
		for _, via := range tunnels.Vias {
			t.Run(name+"/"+string(via), func(t *testing.T) {
				checkLeaks(t)
				_, cfg := cluster(t)
				cfg = through(cfg, proxy(t))
				to := ""
				cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					to = address
					return new(net.Dialer).DialContext(ctx, network, address)
				}
				s, err := dialVia(t, cfg, via)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(cfg.Host, to) {
					t.Errorf("%s was dialled, which is the API server", to)
				}
				st := open(t, s, 9001)
				wantEcho(t, st, "hello")
				wantEnd(t, st)
				closeInTime(t, s)
			})
		}
	}
}

// wantEnd ends an echo in order: the library in this process keeps a goroutine of
// a stream that was not read to its end.
func wantEnd(t *testing.T, st tunnels.Stream) {
	t.Helper()
	if err := st.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	wantRead(t, st, "")
}

// TestFault59HTTPSProxy: the way to the proxy is encrypted, too.
func TestFault59HTTPSProxy(t *testing.T) {
	proxy := connectProxy(t)
	for _, via := range tunnels.Vias {
		t.Run(string(via), func(t *testing.T) {
			checkLeaks(t)
			_, cfg := cluster(t)
			front := newAPIServerFunc(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no proxy", http.StatusTeapot) })
			certificate := front.TLS.Certificates[0]
			l := listen(t, func(conn net.Conn) {
				inner, err := net.Dial("tcp", proxy.Host)
				if err != nil {
					t.Error(err)
					return
				}
				join(tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}}), inner) //nolint:gosec // a test's
			})
			cfg.CAData = append(append(cfg.CAData, '\n'), front.config().CAData...)
			s, err := dialVia(t, through(cfg, &url.URL{Scheme: "https", User: proxy.User, Host: l.Addr().String()}), via)
			if err != nil {
				t.Fatal(err)
			}
			st := open(t, s, 9001)
			wantEcho(t, st, strings.Repeat("hello ", 50_000)[:maxPayload/2])
			wantEnd(t, st)
			closeInTime(t, s)
		})
	}
}

// dialedHost, in the environment, makes this test program say which address it
// connects to for a server's URL.
const dialedHost = "PORTFORWARD_TEST_HOST"

func sayDialed(host string) {
	d, err := NewDialer(&rest.Config{Host: host, Dial: func(_ context.Context, _, address string) (net.Conn, error) {
		fmt.Print(address)
		return nil, errors.New("dialled enough")
	}})
	if err != nil {
		fmt.Print(err)
		return
	}
	via := tunnels.Via(os.Getenv(dialedHost + "_VIA"))
	if _, err = d.Dial(context.Background(), PodRef{"shop", "web-1", "n1", ""}, via); err == nil {
		fmt.Print(" and it worked")
	}
}

// TestFault59NoProxy: the environment names the proxy, and in NO_PROXY what is
// reached without it.
func TestFault59NoProxy(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ host, proxy, want string }{
		"a CIDR":         {"https://10.1.2.3:6443", "http://proxy.test:3128", "10.1.2.3:6443"},
		"outside of it":  {"https://11.1.2.3:6443", "http://proxy.test:3128", "proxy.test:3128"},
		"a domain":       {"https://api.corp.test", "http://proxy.test:3128", "api.corp.test:443"},
		"another domain": {"https://api.other.test", "socks5://proxy.test:1080", "proxy.test:1080"},
		"an IPv6 CIDR":   {"https://[fd00::7]:6443", "http://proxy.test:3128", "[fd00::7]:6443"},
	} {
		for _, via := range tunnels.Vias {
			t.Run(name+"/"+string(via), func(t *testing.T) {
				cmd := exec.CommandContext(t.Context(), program)
				cmd.Env = append(os.Environ(), dialedHost+"="+test.host, dialedHost+"_VIA="+string(via), "HTTPS_PROXY="+test.proxy,
					"https_proxy="+test.proxy, "NO_PROXY=10.0.0.0/8,.corp.test,fd00::/8", "no_proxy=10.0.0.0/8,.corp.test,fd00::/8")
				got, err := cmd.Output()
				if err != nil || string(got) != test.want {
					t.Errorf("dialled %q, %v; want %q", got, err, test.want)
				}
			})
		}
	}
}

func TestFault59ProxyRefuses(t *testing.T) {
	api := newAPIServer(t, pods{})
	proxy := connectProxy(t)
	proxy.User = nil
	_, err := dial(t, through(api.config(), proxy))
	var refused *ProxyError
	if !errors.As(err, &refused) || refused.Code != 407 || refused.Proxy != proxy.Host {
		t.Errorf("got %v", err)
	}
}
