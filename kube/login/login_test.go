package login

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"culvert/kube/kubetest"
	"culvert/tunnels"
)

func serve(t *testing.T, o kubetest.Options) *kubetest.Server {
	t.Helper()
	s, err := kubetest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func openShift(o kubetest.OAuth) kubetest.Options {
	if o.Passwords == nil {
		o.Passwords = map[string]string{"kim": "pa ss:wörd", "out": "x"}
	}
	return kubetest.Options{OAuth: &o}
}

func api(s *kubetest.Server) Endpoint { return Endpoint{URL: s.URL(), CA: s.CA()} }

// page serves one answer over TLS and returns its endpoint.
func page(t *testing.T, h http.HandlerFunc) Endpoint {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	return Endpoint{URL: s.URL, CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})}
}

// judge checks an error that a user gets to see.
func judge(t *testing.T, err error, cause tunnels.Cause, says ...string) {
	t.Helper()
	var e *tunnels.Error
	if !errors.As(err, &e) || e.Hint == "" || e.Cause != cause {
		t.Fatalf("the error is %#v", err)
	}
	said := e.Error() + " " + e.Hint
	for _, s := range says {
		if !strings.Contains(said, s) {
			t.Errorf("it says %q, which lacks %q", said, s)
		}
	}
	for _, bad := range []string{"wörd", "sha256~", "\x1b"} {
		if strings.Contains(said, bad) {
			t.Errorf("it says %q", said)
		}
	}
}

func TestChallenge(t *testing.T) {
	for name, elsewhere := range map[string]bool{"on the API server": false, "on a server of its own": true} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, openShift(kubetest.OAuth{Elsewhere: elsewhere, Lifetime: time.Hour}))
			at, err := Authorization(t.Context(), api(s))
			if err != nil || strings.HasPrefix(at, s.URL()) == elsewhere {
				t.Fatalf("the endpoint is %q, %v", at, err)
			}
			g, err := Challenge(t.Context(), Endpoint{URL: at, CA: s.OAuthCA(), System: true}, "kim", "pa ss:wörd")
			if err != nil || !whole(g.Token) {
				t.Fatalf("got %+v, %v", g, err)
			}
			if left := time.Until(g.Expires); left < 59*time.Minute || left > time.Hour {
				t.Errorf("it expires in %v", left)
			}
			who, err := WhoAmI(t.Context(), api(s), g.Token)
			if err != nil || who != (Who{"kim", true}) {
				t.Errorf("it is the token of %+v, %v", who, err)
			}
			if ok, err := Revoke(t.Context(), api(s), g.Token); !ok || err != nil || s.SignIns("kim") != 0 {
				t.Errorf("revoking gives %v, %v", ok, err)
			}
			_, err = WhoAmI(t.Context(), api(s), g.Token)
			judge(t, err, tunnels.CauseSignIn, "refuses the token")
		})
	}
}

func TestChallengeRefused(t *testing.T) {
	tests := []struct {
		name           string
		oauth          kubetest.OAuth
		user, password string
		says           string
	}{
		{"wrong password", kubetest.OAuth{}, "kim", "wörd", "does not accept this user"},
		{"unknown user", kubetest.OAuth{}, "lee", "x", "does not accept this user"},
		{"a user that cannot be sent", kubetest.OAuth{}, "ki:m", "x", "no user name"},
		{"denied", kubetest.OAuth{Denied: []string{"out"}}, "out", "x", "denied the request"},
		{"Kerberos", kubetest.OAuth{Asks: "Negotiate"}, "kim", "pa ss:wörd", "Kerberos"},
		{"another challenge", kubetest.OAuth{Asks: `Bearer realm="x"`}, "kim", "pa ss:wörd", "/oauth/token/request"},
		{"a login page", kubetest.OAuth{Asks: "Page"}, "kim", "pa ss:wörd", "/oauth/token/request"},
		{"an identity provider elsewhere", kubetest.OAuth{Redirect: "https://idp.example.com/login"}, "kim", "pa ss:wörd", "in the browser"},
		{"an identity provider without TLS", kubetest.OAuth{Redirect: "http://idp.example.com/login"}, "kim", "pa ss:wörd", "in the browser"},
		{"in circles", kubetest.OAuth{Redirect: authorize + "?client_id=openshift-challenging-client&response_type=token"}, "kim", "pa ss:wörd", "without end"},
		{"a token without a question", kubetest.OAuth{Redirect: "/x#access_token=y"}, "kim", "pa ss:wörd", "in the browser"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, openShift(tt.oauth))
			_, err := Challenge(t.Context(), Endpoint{URL: s.URL() + authorize, CA: s.CA()}, tt.user, tt.password)
			var e *tunnels.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			judge(t, err, e.Cause, tt.says)
			if s.SignIns(tt.user) != 0 {
				t.Error("a token was made")
			}
		})
	}
}

const authorize = "/oauth/authorize"

// TestPasswordStays: the password goes nowhere before it was asked for, and
// nowhere else.
func TestPasswordStays(t *testing.T) {
	tests := []struct {
		name   string
		answer func(w http.ResponseWriter, signed bool)
		says   string
		sent   int // how often the password may come to the first server
	}{
		{"no challenge", func(w http.ResponseWriter, _ bool) { w.WriteHeader(http.StatusUnauthorized) }, "in the browser", 0},
		{"a page", func(w http.ResponseWriter, _ bool) {
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<html>"))
		}, "in the browser", 0},
		{"out of order", func(w http.ResponseWriter, _ bool) { w.WriteHeader(http.StatusBadGateway) }, "out of order", 0},
		{"redirect after the challenge", func(w http.ResponseWriter, signed bool) {
			if !signed {
				w.Header().Set("WWW-Authenticate", "Negotiate, Basic realm=\"x\"")
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.Header().Set("Location", "https://127.0.0.2:1/oauth/authorize")
			w.WriteHeader(http.StatusFound)
		}, "in the browser", 1},
		{"no token", after(http.StatusFound, "/x#access_token="), "no token", 1},
		{"a token with blanks", after(http.StatusFound, "/x#access_token=a+b"), "no token", 1},
		{"a token of another kind", after(http.StatusFound, "/x#access_token=ab&token_type=mac"), "another kind", 1},
		{"an error in the query", after(http.StatusFound, "/x?error=access_denied&error_description=no%1b[31m+way"), "no[31m way", 1},
		{"a token in the query", after(http.StatusFound, "/x?access_token=ab"), "without end", 5},
		{"nowhere", after(http.StatusFound, ""), "without a token", 1},
		{"no redirect", after(http.StatusOK, ""), "status 200", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sent := 0
			e := page(t, func(w http.ResponseWriter, r *http.Request) {
				_, _, signed := r.BasicAuth()
				if signed {
					sent++
				}
				if r.Header.Get("X-CSRF-Token") == "" {
					t.Error("there is no X-CSRF-Token")
				}
				tt.answer(w, signed)
			})
			_, err := Challenge(t.Context(), e, "kim", "wörd")
			var known *tunnels.Error
			if !errors.As(err, &known) {
				t.Fatal(err)
			}
			judge(t, err, known.Cause, tt.says)
			if sent != tt.sent {
				t.Errorf("the password was sent %d times", sent)
			}
		})
	}
}

// after answers a signed request.
func after(code int, to string) func(http.ResponseWriter, bool) {
	return func(w http.ResponseWriter, signed bool) {
		if !signed {
			w.Header().Set("WWW-Authenticate", `basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if to != "" {
			w.Header().Set("Location", to)
		}
		w.WriteHeader(code)
	}
}

func TestPlainHTTPGetsNothing(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something was sent") }))
	defer s.Close()
	_, err := WhoAmI(t.Context(), Endpoint{URL: s.URL}, secret)
	judge(t, err, tunnels.CauseInvalid, "not https")
}

func TestAuthorization(t *testing.T) {
	tests := []struct {
		name, kind, body string
		code             int
		says             string
	}{
		{"no OpenShift", "text/plain", "404 page not found", http.StatusNotFound, "no OpenShift"},
		{"a web page", "text/html", "<html>", http.StatusOK, "page for browsers"},
		{"no JSON", "application/json", "{", http.StatusOK, "does not tell"},
		{"without TLS", "application/json", `{"authorization_endpoint":"http://x/oauth/authorize"}`, http.StatusOK, "no https"},
		{"no host", "application/json", `{"authorization_endpoint":"https:///oauth/authorize"}`, http.StatusOK, "no https"},
		{"nothing", "application/json", `{}`, http.StatusOK, "no https"},
		{"endless", "application/json", strings.Repeat(" ", maxBody+1), http.StatusOK, "megabyte"},
		{"out of order", "application/json", "{}", http.StatusServiceUnavailable, "out of order"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := page(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.kind)
				w.WriteHeader(tt.code)
				w.Write([]byte(tt.body))
			})
			_, err := Authorization(t.Context(), e)
			var known *tunnels.Error
			if !errors.As(err, &known) {
				t.Fatal(err)
			}
			judge(t, err, known.Cause, tt.says)
		})
	}
}

func TestWhoAmI(t *testing.T) {
	plain := serve(t, kubetest.Options{})
	if who, err := WhoAmI(t.Context(), api(plain), plain.Token("admin")); err != nil || who != (Who{User: "admin"}) {
		t.Errorf("on Kubernetes: %+v, %v", who, err)
	}
	old := func(version int) Endpoint {
		return page(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Path != "/version" {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.WriteHeader(version)
		})
	}
	if who, err := WhoAmI(t.Context(), old(http.StatusOK), "x"); err != nil || who != (Who{}) {
		t.Errorf("on an old one: %+v, %v", who, err)
	}
	_, err := WhoAmI(t.Context(), old(http.StatusUnauthorized), "x")
	judge(t, err, tunnels.CauseSignIn, "refuses the token")
	login := page(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	})
	_, err = WhoAmI(t.Context(), login, secret)
	judge(t, err, tunnels.CauseSignIn, "page for browsers")
	if ok, err := Revoke(t.Context(), api(plain), plain.Token("admin")); ok || err != nil {
		t.Errorf("a token of Kubernetes was revoked: %v, %v", ok, err)
	}
}

func TestProbe(t *testing.T) {
	s := serve(t, kubetest.Options{})
	if err := api(s).Probe(t.Context()); err != nil {
		t.Errorf("a known authority: %v", err)
	}
	err := Endpoint{URL: s.URL()}.Probe(t.Context())
	var u *UntrustedError
	if !errors.As(err, &u) || u.IsAuthority() {
		t.Fatalf("the error is %v", err)
	}
	judge(t, err, tunnels.CauseTLS, u.Fingerprint(), "kube-apiserver", "Compare")
	// It sends only its own certificate, which then is all that is trusted.
	if got := u.Confirmed([]string{"00:11", strings.Repeat("00", 32)}); got != nil {
		t.Errorf("another fingerprint gives %s", got)
	}
	pinned := Endpoint{URL: s.URL(), CA: u.Confirmed([]string{"sha256:" + strings.ToLower(u.Fingerprint())})}
	if err := pinned.Probe(t.Context()); err != nil {
		t.Errorf("once confirmed: %v", err)
	}
	other := serve(t, kubetest.Options{})
	pinned.URL = other.URL()
	if err := pinned.Probe(t.Context()); !errors.As(err, &u) {
		t.Errorf("another server with the same name gives %v", err)
	}
	expired := serve(t, kubetest.Options{ExpiredCert: true})
	var invalid x509.CertificateInvalidError
	if err := (Endpoint{URL: expired.URL()}).Probe(t.Context()); !errors.As(err, &invalid) || errors.As(err, &u) && u.Host == expired.URL() {
		t.Errorf("an expired certificate gives %v", err)
	}
	var name x509.HostnameError
	if err := (Endpoint{URL: s.URL(), ServerName: "other.example.com"}).Probe(t.Context()); !errors.As(err, &name) {
		t.Errorf("another name gives %v", err)
	}
	if err := (Endpoint{URL: s.URL(), CA: []byte("x")}).Probe(t.Context()); err == nil {
		t.Error("no certificate is taken for one")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := api(s).Probe(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestAnchors: the authority is preferred where the server sends it and it has
// really signed; others in the chain count for nothing.
func TestAnchors(t *testing.T) {
	ca, other := newAuthority(t, "one"), newAuthority(t, "two")
	leaf := ca.issue(t, "api.example.com", time.Hour)
	old := ca.issue(t, "api.example.com", -time.Hour)
	tests := []struct {
		name   string
		chain  []*x509.Certificate
		host   string
		usable []*x509.Certificate
	}{
		{"leaf and authority", []*x509.Certificate{leaf, ca.cert}, "api.example.com", []*x509.Certificate{leaf, ca.cert}},
		{"leaf alone", []*x509.Certificate{leaf}, "api.example.com", []*x509.Certificate{leaf}},
		{"an authority that has not signed it", []*x509.Certificate{leaf, other.cert}, "api.example.com", []*x509.Certificate{leaf}},
		{"self-signed authority as the server", []*x509.Certificate{ca.cert}, "one", []*x509.Certificate{ca.cert}},
		{"another name", []*x509.Certificate{leaf, ca.cert}, "example.com", nil},
		{"expired", []*x509.Certificate{old, ca.cert}, "api.example.com", nil},
		{"another leaf in it", []*x509.Certificate{leaf, old, ca.cert}, "api.example.com", []*x509.Certificate{leaf, ca.cert}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			usable, why := anchors(tt.chain, tt.host)
			if len(usable) != len(tt.usable) || (why != nil) != (len(usable) == 0) {
				t.Fatalf("got %d, %v", len(usable), why)
			}
			for i := range usable {
				if usable[i] != tt.usable[i] {
					t.Errorf("the one at %d is %s", i, usable[i].Subject)
				}
			}
		})
	}
}

// TestPinnedLeafVouchesForNobody: what is trusted as a server's own certificate
// cannot sign another.
func TestPinnedLeafVouchesForNobody(t *testing.T) {
	ca := newAuthority(t, "one")
	leaf := ca.issue(t, "api.example.com", time.Hour)
	forged := (&authorityKey{leaf, ca.leafKey}).issue(t, "api.example.com", time.Hour)
	opts := x509.VerifyOptions{DNSName: "api.example.com", Roots: x509.NewCertPool()}
	opts.Roots.AddCert(leaf)
	if _, err := leaf.Verify(opts); err != nil {
		t.Error(err)
	}
	if _, err := forged.Verify(opts); err == nil {
		t.Error("it vouches for another")
	}
}

func TestServerSendsItsAuthority(t *testing.T) {
	ca := newAuthority(t, "one")
	leaf := ca.issue(t, "127.0.0.1", time.Hour)
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw, ca.cert.Raw}, PrivateKey: ca.leafKey}}}
	s.StartTLS()
	defer s.Close()
	var u *UntrustedError
	if err := (Endpoint{URL: s.URL}).Probe(t.Context()); !errors.As(err, &u) || !u.IsAuthority() || u.Fingerprint() != Fingerprint(ca.cert) {
		t.Fatalf("the error is %v", err)
	}
	for name, cert := range map[string]*x509.Certificate{"authority": ca.cert, "leaf": leaf} {
		got := Endpoint{URL: s.URL, CA: u.Confirmed([]string{Fingerprint(cert)})}
		if err := got.Probe(t.Context()); err != nil || len(got.CA) == 0 {
			t.Errorf("confirmed by its %s: %v", name, err)
		}
	}
}

func TestFingerprint(t *testing.T) {
	want := strings.TrimSuffix(strings.Repeat("0A:", 32), ":")
	for _, s := range []string{want, strings.ToLower(want), strings.Repeat("0a", 32), "SHA256:" + strings.Repeat("0A", 32), "sha256 Fingerprint=" + want + "\n"} {
		if got, err := ParseFingerprint(s); got != want || err != nil {
			t.Errorf("%q gives %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "0A", want + ":0A", strings.Replace(want, "0", "G", 1)} {
		_, err := ParseFingerprint(s)
		judge(t, err, tunnels.CauseInvalid, "SHA-256")
	}
}

func TestNamesInCertificatesAreShownSafely(t *testing.T) {
	cert := &x509.Certificate{
		Subject: pkix.Name{CommonName: "api\x1b[2J\u202e"},
		Issuer:  pkix.Name{CommonName: "ca\x1b[2J" + strings.Repeat("x", 10_000)},
	}
	u := &UntrustedError{Host: "api.example.com", Cert: cert}
	for _, got := range []string{u.Subject(), u.Issuer()} {
		if shown(got) != got && !strings.HasSuffix(got, "…") || strings.ContainsAny(got, "\x1b\u202e") || len(got) > 4*mostText {
			t.Errorf("a name is shown as %.100q", got)
		}
	}
}

func FuzzParseServer(f *testing.F) {
	f.Add("API.example.com:6443/")
	f.Add("https://[fe80::1]:443/k8s/%41")
	f.Fuzz(func(t *testing.T, s string) {
		server, err := ParseServer(s)
		if err != nil {
			return
		}
		if again, err := ParseServer(server); err != nil || again != server || !strings.HasPrefix(server, "https://") || shown(server) != server {
			t.Errorf("%q gives %q, and that %q, %v", s, server, again, err)
		}
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add(secret)
	f.Add("'" + jwt + "'\n")
	f.Fuzz(func(t *testing.T, s string) {
		token, err := ParseToken(s)
		if err != nil {
			return
		}
		if again, err := ParseToken(token); err != nil || again != token && !strings.HasPrefix(token, "--token=") {
			t.Errorf("%q gives %q, and that %q, %v", s, token, again, err)
		}
	})
}
