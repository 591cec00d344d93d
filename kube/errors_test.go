package kube_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// kubeconfig returns a kubeconfig with one context c for a server.
func kubeconfig(t *testing.T, server string, change func(*api.Cluster, *api.AuthInfo)) []byte {
	t.Helper()
	raw := api.NewConfig()
	cluster, user := api.NewCluster(), api.NewAuthInfo()
	cluster.Server = server
	if change != nil {
		change(cluster, user)
	}
	raw.Clusters["cl"], raw.AuthInfos["u"] = cluster, user
	raw.Contexts["c"] = &api.Context{Cluster: "cl", AuthInfo: "u"}
	raw.CurrentContext = "c"
	data, err := clientcmd.Write(*raw)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// trusted serves TLS with a certificate that the returned PEM vouches for.
func trusted(t *testing.T, h http.HandlerFunc) (url string, ca []byte) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
}

func answering(code int, header, value, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(header, value)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func statusJSON(code int, reason, message string) http.HandlerFunc {
	return answering(code, "Content-Type", "application/json",
		`{"kind":"Status","code":`+strconv.Itoa(code)+`,"reason":"`+reason+`","message":"`+message+`"}`)
}

// outdated returns a client certificate that expired an hour ago.
func outdated(t *testing.T) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "dev"},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
}

// freeAddr returns an address on which nothing listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestErrorsOfRealServers(t *testing.T) {
	ok := answering(http.StatusOK, "Content-Type", "application/json", "{}")
	plain := httptest.NewServer(ok)
	t.Cleanup(plain.Close)
	proxy := httptest.NewServer(answering(http.StatusProxyAuthRequired, "Proxy-Authenticate", "Basic", ""))
	t.Cleanup(proxy.Close)
	cert, key := outdated(t)
	exec := func(mode api.ExecInteractiveMode, command string) func(*api.Cluster, *api.AuthInfo) {
		return func(_ *api.Cluster, u *api.AuthInfo) {
			u.Exec = &api.ExecConfig{Command: command, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: mode}
		}
	}
	tests := []struct {
		name      string
		handler   http.HandlerFunc // nil for a server of its own
		server    string
		change    func(*api.Cluster, *api.AuthInfo)
		cause     tunnels.Cause
		permanent bool
		says      string
	}{
		{
			name: "refused", server: "https://" + freeAddr(t),
			cause: tunnels.CauseUnreachable, says: "connection refused",
		},
		{
			name: "no such name", server: "https://nowhere.invalid:6443",
			cause: tunnels.CauseUnreachable, says: "nowhere.invalid",
		},
		{
			name: "unknown authority", handler: ok,
			change: func(c *api.Cluster, _ *api.AuthInfo) { c.CertificateAuthorityData = nil },
			cause:  tunnels.CauseTLS, permanent: true, says: "is self-signed and not trusted",
		},
		{
			name: "another name", handler: ok,
			change: func(c *api.Cluster, _ *api.AuthInfo) { c.TLSServerName = "other.test" },
			cause:  tunnels.CauseTLS, permanent: true, says: "is for another name",
		},
		{
			name: "no TLS", server: strings.Replace(plain.URL, "http:", "https:", 1),
			cause: tunnels.CauseTLS, permanent: true, says: "does not speak TLS",
		},
		{
			name: "client certificate expired", handler: statusJSON(401, "Unauthorized", "Unauthorized"),
			change: func(_ *api.Cluster, u *api.AuthInfo) {
				u.ClientCertificateData, u.ClientKeyData = cert, key
			},
			cause: tunnels.CauseSignIn, permanent: true, says: "the client certificate of context c expired on",
		},
		{
			name: "401", handler: statusJSON(401, "Unauthorized", "Unauthorized"),
			cause: tunnels.CauseSignIn, permanent: true, says: "the sign-in for context c has expired or was refused",
		},
		{
			name: "403", handler: statusJSON(403, "Forbidden", `forbidden: User \"dev\" cannot get path`),
			cause: tunnels.CauseForbidden, permanent: true, says: "user dev is not allowed to",
		},
		{
			name: "404", handler: answering(404, "Content-Type", "text/plain", "404 page not found"),
			cause: tunnels.CauseProtocol, permanent: true, says: "404 page not found",
		},
		{
			name: "429", handler: answering(429, "Retry-After", "7", "slow down"),
			cause: tunnels.CauseUnreachable, says: "slow down",
		},
		{
			name: "500", handler: statusJSON(500, "InternalError", "etcd is away"),
			cause: tunnels.CauseUnreachable, says: "etcd is away",
		},
		{
			name: "login page", handler: answering(200, "Content-Type", "text/html; charset=utf-8", "<html><title>Sign in</title>"),
			cause: tunnels.CauseSignIn, permanent: true, says: `answers with a web page ("Sign in")`,
		},
		{
			name: "redirect", handler: answering(302, "Location", "https://login.test/a?secret=1", ""),
			cause: tunnels.CauseSignIn, permanent: true, says: "redirects to https://login.test instead",
		},
		{
			name: "hangs up", handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			cause: tunnels.CauseUnreachable, says: "closed the connection",
		},
		{
			name: "proxy away", handler: ok,
			change: func(c *api.Cluster, _ *api.AuthInfo) { c.ProxyURL = "http://" + freeAddr(t) },
			cause:  tunnels.CauseUnreachable, says: "the proxy on the way",
		},
		{
			name: "SOCKS proxy away", handler: ok,
			change: func(c *api.Cluster, _ *api.AuthInfo) { c.ProxyURL = "socks5://" + freeAddr(t) },
			cause:  tunnels.CauseUnreachable, says: "the proxy on the way",
		},
		{
			name: "proxy wants a password", handler: ok,
			change: func(c *api.Cluster, _ *api.AuthInfo) { c.ProxyURL = proxy.URL },
			cause:  tunnels.CauseUnreachable, says: "407 Proxy Authentication Required",
		},
		{
			name: "plugin missing", handler: ok, change: exec(api.NeverExecInteractiveMode, "culvert-no-such-plugin"),
			cause: tunnels.CauseSignIn, permanent: true, says: "the credential plugin `culvert-no-such-plugin` is not on PATH",
		},
		{
			name: "plugin fails", handler: ok, change: exec(api.NeverExecInteractiveMode, "false"),
			cause: tunnels.CauseSignIn, permanent: true, says: "the credential plugin `false` failed: ",
		},
		{
			name: "plugin wants a terminal", handler: ok, change: exec(api.AlwaysExecInteractiveMode, "true"),
			cause: tunnels.CauseSignIn, permanent: true, says: "wants to ask questions in a terminal",
		},
		{
			name: "plugin says nothing", handler: ok, change: exec(api.IfAvailableExecInteractiveMode, "true"),
			cause: tunnels.CauseSignIn, permanent: true, says: "the credential plugin `true` failed: ",
		},
		{
			name: "OIDC without a refresh token", handler: ok,
			change: func(_ *api.Cluster, u *api.AuthInfo) {
				u.AuthProvider = &api.AuthProviderConfig{Name: "oidc", Config: map[string]string{
					"idp-issuer-url": "https://idp.test", "client-id": "x",
				}}
			},
			cause: tunnels.CauseSignIn, permanent: true, says: "the sign-in for context c cannot be renewed",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server, ca := tt.server, []byte(nil)
			if tt.handler != nil {
				server, ca = trusted(t, tt.handler)
			}
			c := open(t, kube.Options{Data: kubeconfig(t, server, func(cl *api.Cluster, u *api.AuthInfo) {
				cl.CertificateAuthorityData = ca
				if tt.change != nil {
					tt.change(cl, u)
				}
			})})
			_, err := c.Check(t.Context(), "c")
			judge(t, "check", err, tt.cause, tt.permanent, tt.says)

			if tt.name == "404" || tt.name == "403" || tt.name == "login page" || tt.name == "hangs up" {
				return // dialling a pod words these in its own way
			}
			_, err = c.Dial(t.Context(), tunnels.Endpoint{Context: "c", Namespace: "ns", Pod: "web-1"}, tunnels.ViaAuto)
			judge(t, "dial", err, tt.cause, tt.permanent, tt.says)
		})
	}
}

func judge(t *testing.T, what string, err error, cause tunnels.Cause, permanent bool, says string) {
	t.Helper()
	e := tunnels.AsError(err)
	if e == nil {
		t.Fatalf("%s: no error", what)
	}
	if e.Cause != cause || e.Permanent != permanent || e.Hint == "" || !strings.Contains(e.Error(), says) {
		t.Errorf("%s: cause %v, permanent %v, %q, hint %q", what, e.Cause, e.Permanent, e, e.Hint)
	}
	if strings.ContainsAny(e.Error(), "\r\n") {
		t.Errorf("%s: %q has several lines", what, e)
	}
}

func TestExpiredServerCertificate(t *testing.T) {
	s := serve(t, kubetest.Options{ExpiredCert: true})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	_, err := c.Check(t.Context(), "")
	judge(t, "check", err, tunnels.CauseTLS, true, "expired on")
}

func TestNoAnswer(t *testing.T) {
	server, ca := trusted(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // an answer may reach a client that says goodbye before it hangs up
	})
	c := open(t, kube.Options{Data: kubeconfig(t, server, func(cl *api.Cluster, _ *api.AuthInfo) { cl.CertificateAuthorityData = ca })})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := c.Check(ctx, "c")
	judge(t, "check", err, tunnels.CauseUnreachable, false, "does not answer in time")
}

func TestFault26RetryAfterIsKept(t *testing.T) {
	server, ca := trusted(t, answering(503, "Retry-After", "7000", ""))
	c := open(t, kube.Options{Data: kubeconfig(t, server, func(cl *api.Cluster, _ *api.AuthInfo) { cl.CertificateAuthorityData = ca })})
	_, err := c.Check(t.Context(), "c")
	if e := tunnels.AsError(err); e == nil || e.RetryAfter != time.Minute {
		t.Errorf("the error is %+v, not one for a minute", e)
	}
}

func TestCheck(t *testing.T) {
	c := open(t, kube.Options{Data: serve(t, kubetest.Options{}).Kubeconfig()})
	if took, err := c.Check(t.Context(), ""); err != nil || took <= 0 {
		t.Errorf("the check gives %v, %v", took, err)
	}
}
