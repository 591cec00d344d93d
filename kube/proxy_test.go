package kube_test

import (
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// proxy leads all that it gets to one server, and counts.
type proxy struct {
	t     *testing.T
	to    string
	used  atomic.Int32
	conns sync.WaitGroup
	kills atomic.Int32 // connections up to this one are dead, see forget

	mu   sync.Mutex
	open []net.Conn
}

func newProxy(t *testing.T, s *kubetest.Server) *proxy {
	t.Helper()
	p := &proxy{t: t, to: strings.TrimPrefix(s.URL(), "https://")}
	t.Cleanup(func() {
		p.mu.Lock()
		for _, c := range p.open {
			c.Close()
		}
		p.mu.Unlock()
		p.conns.Wait()
	})
	return p
}

// ServeHTTP is that of an HTTP proxy.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect || r.Header.Get("Authorization") != "" {
		p.t.Errorf("the proxy gets %s %v", r.Method, r.Header)
	}
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		p.t.Error(err)
		return
	}
	p.join(conn, "HTTP/1.1 200 OK\r\n\r\n")
}

// socks serves SOCKS5 to one client.
func (p *proxy) socks(conn net.Conn) {
	head := make([]byte, 3) // one method: none
	if _, err := io.ReadFull(conn, head); err != nil {
		conn.Close()
		return
	}
	conn.Write([]byte{5, 0})
	request := make([]byte, 5)
	io.ReadFull(conn, request)
	rest := 3 + 2 // of an IPv4 address, whose first byte was read
	if request[3] == 3 {
		rest = int(request[4]) + 2 // a name
	}
	io.CopyN(io.Discard, conn, int64(rest))
	p.join(conn, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
}

// forget makes all connections dead that there are, as a router does that has lost its
// table: nothing arrives any more, and nobody is told.
func (p *proxy) forget() { p.kills.Store(p.used.Load()) }

// mortal is a connection's way out, until it is forgotten.
type mortal struct {
	net.Conn
	dead func() bool
}

func (m mortal) Write(b []byte) (int, error) {
	if m.dead() {
		return len(b), nil
	}
	return m.Conn.Write(b)
}

// join answers that all is well, and copies until both sides have ended.
func (p *proxy) join(conn net.Conn, answer string) {
	number := p.used.Add(1)
	dead := func() bool { return number <= p.kills.Load() }
	to, err := net.Dial("tcp", p.to)
	if err != nil {
		p.t.Error(err)
		conn.Close()
		return
	}
	p.mu.Lock()
	p.open = append(p.open, conn, to)
	p.mu.Unlock()
	io.WriteString(conn, answer)
	for _, way := range [][2]net.Conn{{conn, to}, {to, conn}} {
		p.conns.Go(func() {
			io.Copy(mortal{way[0], dead}, way[1])
			way[0].Close()
			way[1].Close()
		})
	}
}

// serve starts the proxy and returns its URL, and what vouches for it.
func (p *proxy) serve(scheme string) (url string, ca []byte) {
	p.t.Helper()
	if scheme == "socks5" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			p.t.Fatal(err)
		}
		p.conns.Go(func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				p.conns.Go(func() { p.socks(conn) })
			}
		})
		p.t.Cleanup(func() { l.Close() })
		return "socks5://" + l.Addr().String(), nil
	}
	s := httptest.NewUnstartedServer(p)
	p.t.Cleanup(s.Close)
	if scheme == "http" {
		s.Start()
		return s.URL, nil
	}
	s.StartTLS()
	return s.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

// somewhere is a name that only the proxy knows.
const somewhere = "api.culvert.invalid"

// elsewhere returns a kubeconfig for s under that name.
func elsewhere(t *testing.T, s *kubetest.Server, proxyURL string, ca []byte) []byte {
	t.Helper()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL(), "https://"))
	if err != nil {
		t.Fatal(err)
	}
	return kubeconfig(t, "https://"+net.JoinHostPort(somewhere, port), func(cl *api.Cluster, u *api.AuthInfo) {
		cl.CertificateAuthorityData = append(s.CA(), ca...)
		cl.TLSServerName, cl.ProxyURL, u.Token = "127.0.0.1", proxyURL, s.Token("admin")
	})
}

// TestFault59AllGoThroughTheProxy: requests and sessions, whoever names it.
func TestFault59AllGoThroughTheProxy(t *testing.T) {
	for _, scheme := range []string{"http", "https", "socks5"} {
		for _, where := range []string{"kubeconfig", "login shell"} {
			t.Run(scheme+" of the "+where, func(t *testing.T) {
				s := serve(t, kubetest.Options{PassFIN: true, Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
				p := newProxy(t, s)
				url, ca := p.serve(scheme)
				o := kube.Options{Data: elsewhere(t, s, url, ca)}
				if where == "login shell" {
					newDesk(t, "export HTTPS_PROXY="+url+" no_proxy=other.test")
					o = kube.Options{Data: elsewhere(t, s, "", ca), Program: program(t), Shell: kube.ShellAtOnce}
				}
				c := open(t, o)
				watching(t, pods(c, "c", "team"))("the pod", func(l []kube.Pod, err error) bool { return err == nil && len(l) == 1 })
				for n, via := range tunnels.Vias {
					before := p.used.Load()
					session, err := c.Dial(t.Context(), web1, via)
					if err != nil {
						t.Fatalf("%d %s: %v", n, via, err)
					}
					echo(t, session)
					session.Close(nil)
					if p.used.Load() == before {
						t.Errorf("%s went around the proxy", via)
					}
				}
			})
		}
	}
}

// TestSignInGoesThroughTheProxy of the login shell, which is known only later:
// what was connected without it connects anew.
func TestSignInGoesThroughTheProxy(t *testing.T) {
	s := serve(t, openShift(kubetest.OAuth{}))
	p := newProxy(t, s)
	url, _ := p.serve("http")
	d := newDesktop(t)
	server := "https://" + net.JoinHostPort(somewhere, strings.TrimPrefix(s.URL(), "https://127.0.0.1:"))
	newDesk(t, "export HTTPS_PROXY="+url)
	c := open(t, kube.Options{Folder: d.folder, Keyring: keyring.New(d, nil), Program: program(t), Shell: kube.ShellAtOnce})
	r := kube.LoginRequest{Name: "dev", Server: server, CA: s.CA(), ServerName: "127.0.0.1", User: "kim", Password: "pässword"}
	signIn(t, c, r)
	later := open(t, kube.Options{Folder: d.folder, Keyring: keyring.New(d, nil), Program: program(t), Shell: kube.ShellAtOnce})
	watching(t, pods(later, "dev", ""))("the pod", func(l []kube.Pod, err error) bool { return err == nil && len(l) == 1 })
	before := p.used.Load()
	if left, err := later.Logout(t.Context(), "dev"); len(left) > 0 || err != nil {
		t.Errorf("signing out leaves %v, %v", left, err)
	}
	if p.used.Load() == before || before < 2 {
		t.Errorf("the proxy was used %d times, and %d before", p.used.Load(), before)
	}
}
