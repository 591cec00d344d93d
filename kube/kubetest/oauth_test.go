package kubetest_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"culvert/kube/kubetest"
)

const authorizeQuery = "/oauth/authorize?response_type=token&client_id=openshift-challenging-client"

// TestChallenge holds the stand-in to what OpenShift's documentation says of its
// authorization endpoint.
func TestChallenge(t *testing.T) {
	t.Parallel()
	s, err := kubetest.New(kubetest.Options{OAuth: &kubetest.OAuth{
		Passwords: map[string]string{"kim": "x", "out": "x"}, Denied: []string{"out"}, Lifetime: time.Hour,
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.CA())
	rt := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	ask := func(t *testing.T, method, path string, header http.Header, user, password string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = header.Clone()
		if req.Header == nil {
			req.Header = make(http.Header)
		}
		if user != "" {
			req.SetBasicAuth(user, password)
		}
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	csrf := http.Header{"X-Csrf-Token": {"1"}}
	tests := []struct {
		name, path, user, password string
		header                     http.Header
		code                       int
		in, has                    string // a header, and a part of it
	}{
		{"no X-CSRF-Token", authorizeQuery, "", "", nil, http.StatusUnauthorized, "Warning", "A non-empty X-CSRF-Token header is required"},
		{"the question", authorizeQuery, "", "", csrf, http.StatusUnauthorized, "WWW-Authenticate", `Basic realm="openshift"`},
		{"a wrong password", authorizeQuery, "kim", "y", csrf, http.StatusUnauthorized, "WWW-Authenticate", "Basic"},
		{"a right one", authorizeQuery, "kim", "x", csrf, http.StatusFound, "Location", "/oauth/token/implicit#access_token=sha256~"},
		{"denied", authorizeQuery, "out", "x", csrf, http.StatusFound, "Location", "#error=access_denied&error_description="},
		{"another client", "/oauth/authorize?response_type=token&client_id=x", "kim", "x", csrf, http.StatusBadRequest, "Content-Type", ""},
		{"another grant", "/oauth/authorize?response_type=id&client_id=openshift-challenging-client", "kim", "x", csrf, http.StatusFound, "Location", "?error=unsupported_response_type"},
	}
	for _, tt := range tests {
		resp := ask(t, http.MethodGet, tt.path, tt.header, tt.user, tt.password)
		if resp.StatusCode != tt.code || !strings.Contains(resp.Header.Get(tt.in), tt.has) {
			t.Errorf("%s: status %d, %v", tt.name, resp.StatusCode, resp.Header)
		}
	}

	to, err := ask(t, http.MethodGet, authorizeQuery, csrf, "kim", "x").Location()
	if err != nil {
		t.Fatal(err)
	}
	v, err := url.ParseQuery(to.EscapedFragment())
	if err != nil || v.Get("expires_in") != "3600" || v.Get("token_type") != "Bearer" {
		t.Errorf("the token comes with %v, %v", v, err)
	}
	bearer := http.Header{"Authorization": {"Bearer " + v.Get("access_token")}}
	pods := func() int { return ask(t, http.MethodGet, "/api/v1/pods", bearer, "", "").StatusCode }
	if code := pods(); code != http.StatusOK || s.SignIns("kim") != 2 {
		t.Errorf("the token gives status %d; there are %d", code, s.SignIns("kim"))
	}
	if resp := ask(t, http.MethodDelete, "/apis/oauth.openshift.io/v1/useroauthaccesstokens/sha256~x", bearer, "", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another token is deleted with status %d", resp.StatusCode)
	}
	s.EndSignIns("kim")
	if code := pods(); code != http.StatusUnauthorized {
		t.Errorf("the ended token gives status %d", code)
	}
}
