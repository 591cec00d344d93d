package kube_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// ways are all by which a context's server is talked to: a request, and a session on
// each transport.
func ways(c *kube.Clusters) map[string]func(t *testing.T) error {
	out := map[string]func(t *testing.T) error{
		"request": func(t *testing.T) error {
			_, err := c.Check(t.Context(), "")
			return err
		},
	}
	for _, via := range tunnels.Vias {
		out[string(via)] = func(t *testing.T) error {
			s, err := c.Dial(t.Context(), tunnels.Endpoint{Namespace: "team", Pod: "web-1", Node: "node-1"}, via)
			if err == nil {
				s.Close(nil)
			}
			return err
		}
	}
	return out
}

// TestServersAreVerified: whatever form a kubeconfig has, a server that TLS does not
// make sure of gets nothing, on no transport, unless the kubeconfig says so itself;
// then that is told.
func TestServersAreVerified(t *testing.T) {
	options := kubetest.Options{Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}, NodeRoute: kubetest.NodeRouteAPI}
	good := serve(t, options)
	options.ExpiredCert = true
	expired, other := start(t, options), start(t, kubetest.Options{})
	p := newProxy(t, good)
	throughHTTP, _ := p.serve("http")
	throughTLS, _ := p.serve("https")
	for name, tt := range map[string]struct {
		server  *kubetest.Server
		change  func(*api.Cluster)
		refused bool
		caution string
	}{
		"its own authority":         {good, func(c *api.Cluster) { c.CertificateAuthorityData = good.CA() }, false, ""},
		"no authority":              {good, func(*api.Cluster) {}, true, ""},
		"another authority":         {good, func(c *api.Cluster) { c.CertificateAuthorityData = other.CA() }, true, ""},
		"an expired certificate":    {expired, func(c *api.Cluster) { c.CertificateAuthorityData = expired.CA() }, true, ""},
		"a name of the certificate": {good, func(c *api.Cluster) { c.CertificateAuthorityData, c.TLSServerName = good.CA(), "kubernetes" }, false, ""},
		"a name that it has not":    {good, func(c *api.Cluster) { c.CertificateAuthorityData, c.TLSServerName = good.CA(), "other.test" }, true, ""},
		"an address that it has not": {good, func(c *api.Cluster) {
			c.CertificateAuthorityData = good.CA()
			c.Server = strings.Replace(c.Server, "127.0.0.1", "127.0.0.2", 1)
		}, true, ""},
		"through a proxy":                 {good, func(c *api.Cluster) { c.CertificateAuthorityData, c.ProxyURL = good.CA(), throughHTTP }, false, ""},
		"another one behind a proxy":      {good, func(c *api.Cluster) { c.CertificateAuthorityData, c.ProxyURL = other.CA(), throughHTTP }, true, ""},
		"a proxy that nobody vouches for": {good, func(c *api.Cluster) { c.CertificateAuthorityData, c.ProxyURL = good.CA(), throughTLS }, true, ""},
		"not to be verified":              {good, func(c *api.Cluster) { c.InsecureSkipTLSVerify = true }, false, "insecure-skip-tls-verify"},
		"expired, not to be verified":     {expired, func(c *api.Cluster) { c.InsecureSkipTLSVerify = true }, false, "insecure-skip-tls-verify"},
		"an authority, and not verified":  {good, func(c *api.Cluster) { c.CertificateAuthorityData, c.InsecureSkipTLSVerify = good.CA(), true }, true, "insecure-skip-tls-verify"},
	} {
		t.Run(name, func(t *testing.T) {
			config := kubeconfig(t, tt.server.URL(), func(c *api.Cluster, u *api.AuthInfo) {
				u.Token = tt.server.Token("admin")
				tt.change(c)
			})
			var told cautions
			c := open(t, kube.Options{Data: config, Warn: told.add})
			list, _ := c.Contexts()
			if got := list[0].Unverified; !strings.Contains(got, tt.caution) || (got == "") != (tt.caution == "") {
				t.Errorf("of the context it says %q", got)
			}
			for way, do := range ways(c) {
				if err := do(t); (err != nil) != tt.refused {
					t.Errorf("%s: %v", way, err)
				}
			}
			want := 0 // what is refused is not warned of
			if tt.caution != "" && !tt.refused {
				want = 1
			}
			if said := told.all(); strings.Count(said, "certificate is not checked") != want {
				t.Errorf("it warns %q", said)
			}
		})
	}
}

// TestPlainHTTPIsTold: a kubeconfig may lead to a server without TLS, as that of a
// proxy on this machine does, and that is told.
func TestPlainHTTPIsTold(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"major": "1"}`))
	}))
	t.Cleanup(s.Close)
	var told cautions
	c := open(t, kube.Options{Data: kubeconfig(t, s.URL, nil), Warn: told.add})
	for range 2 {
		if _, err := c.Check(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
	}
	if said := told.all(); strings.Count(said, "without TLS") != 1 {
		t.Errorf("it warns %q", said)
	}
}

// cautions collects warnings, and their hints.
type cautions struct {
	mu   sync.Mutex
	said []string
}

func (c *cautions) add(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, err.Error()+" "+tunnels.AsError(err).Hint)
}

func (c *cautions) all() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.said, "\n")
}

// TestRedirectsAreNotFollowed: credentials go to the server that the kubeconfig names,
// and to no other that it points to.
func TestRedirectsAreNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	for _, code := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		for _, user := range []api.AuthInfo{{Token: "hidden"}, {Username: "kim", Password: "hidden"}} {
			server, ca := trusted(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+r.URL.Path, code) })
			c := open(t, kube.Options{Data: kubeconfig(t, server, func(cl *api.Cluster, u *api.AuthInfo) {
				cl.CertificateAuthorityData = ca
				u.Token, u.Username, u.Password = user.Token, user.Username, user.Password
			})})
			for way, do := range ways(c) {
				if err := do(t); err == nil || strings.Contains(err.Error(), "hidden") {
					t.Errorf("%d, %s: %v", code, way, err)
				}
			}
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

// TestRefreshTokensNeedTLS: a kubeconfig's OIDC provider without TLS is not asked.
func TestRefreshTokensNeedTLS(t *testing.T) {
	for issuer, refused := range map[string]bool{
		"https://idp.example.com": false, "http://idp.example.com": true, "http://127.0.0.1.example.com": true,
		"HTTP://10.0.0.1/dex": true, "http://127.0.0.1:5556/dex": false, "http://localhost:5556": false, "http://[::1]:5556": false,
	} {
		c := open(t, kube.Options{Data: kubeconfig(t, "https://127.0.0.1:1", func(_ *api.Cluster, u *api.AuthInfo) {
			u.AuthProvider = &api.AuthProviderConfig{Name: "oidc", Config: map[string]string{
				"idp-issuer-url": issuer, "client-id": "c", "id-token": "hidden", "refresh-token": "hidden",
			}}
		})})
		list, _ := c.Contexts()
		if err := list[0].Err; (err != nil) != refused || refused && !strings.Contains(err.Error(), "not https") {
			t.Errorf("%s: %v", issuer, err)
		}
	}
}
