package login

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"culvert/tunnels"
)

const (
	// requestTimeout bounds one request with its answer.
	requestTimeout = 30 * time.Second
	// maxBody bounds an answer, in bytes.
	maxBody = 1 << 20
)

// Endpoint is a server to talk to, and what is trusted to vouch for it. It is a
// value; nothing is kept open between two calls.
type Endpoint struct {
	URL string // https, as [ParseServer] returns it
	// CA are the authorities, in PEM. Without them the system's are trusted.
	CA []byte
	// System trusts the system's authorities beside those of CA.
	System bool
	// ServerName is the name that the certificate has to be for; empty means
	// the host in URL.
	ServerName string
	// Transport is how to connect; its TLS settings are replaced. Nil means as
	// the environment says. It is copied.
	Transport *http.Transport
}

// answer is what a server has said.
type answer struct {
	code   int
	header http.Header
	body   []byte
}

// page tells whether the answer is for a browser.
func (a *answer) page() bool {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	return err == nil && kind == "text/html"
}

// tls returns the settings that verify the server.
func (e Endpoint) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: e.ServerName}
	if len(e.CA) == 0 {
		return c, nil
	}
	c.RootCAs = x509.NewCertPool()
	if e.System {
		if pool, err := x509.SystemCertPool(); err == nil {
			c.RootCAs = pool
		}
	}
	if !c.RootCAs.AppendCertsFromPEM(e.CA) {
		return nil, &tunnels.Error{
			Op: "read the certificate authority", Err: errors.New("it holds no certificate"),
			Hint:  "Give a file in PEM, which begins with -----BEGIN CERTIFICATE-----.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	return c, nil
}

// send does one request and follows no redirect. An error of the network or of
// TLS is returned as it is, without the request in it, but for that of an
// authority that is not known: that is an *tunnels.Error around an
// [UntrustedError].
func (e Endpoint) send(ctx context.Context, req *http.Request) (*answer, error) {
	config, err := e.tls()
	if err != nil {
		return nil, err
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if e.Transport != nil {
		t = e.Transport.Clone()
	}
	t.TLSClientConfig, t.DisableKeepAlives, t.MaxResponseHeaderBytes = config, true, 256<<10
	defer t.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req.Header.Set("User-Agent", "culvert")
	resp, err := t.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, e.distrust(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, e.strange("answers with more than a megabyte")
	}
	return &answer{resp.StatusCode, resp.Header, body}, nil
}

// get is send for a path below the endpoint's URL.
func (e Endpoint) get(ctx context.Context, path string, header http.Header) (*answer, error) {
	return e.request(ctx, http.MethodGet, path, nil, header)
}

func (e Endpoint) request(ctx context.Context, method, path string, body io.Reader, header http.Header) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.URL+path, body)
	if err != nil {
		return nil, badServer("it is no URL")
	}
	if req.URL.Scheme != "https" {
		return nil, badServer("it is not https")
	}
	for name, values := range header {
		req.Header[name] = values
	}
	return e.send(ctx, req)
}

// host is how errors name the server.
func (e Endpoint) host() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return "the server"
	}
	return shown(u.Host)
}

// strange is an answer that no server of the kind gives.
func (e Endpoint) strange(what string) *tunnels.Error {
	return &tunnels.Error{
		Op: "sign in", Err: fmt.Errorf("%s %s", e.host(), what),
		Hint:  "Check that the server's URL is that of the cluster's API, as https://api.example.com:6443.",
		Cause: tunnels.CauseProtocol, Permanent: true,
	}
}

// unexpected judges an answer with a status that was not asked for.
func (e Endpoint) unexpected(a *answer) *tunnels.Error {
	switch {
	case a.page() && a.code < 500, a.code >= 300 && a.code < 400:
		return &tunnels.Error{
			Op: "sign in", Err: fmt.Errorf("%s shows a page for browsers instead of the cluster's API", e.host()),
			Hint:  "Check that the server's URL is that of the API and not that of the console; a network or proxy that wants a sign-in of its own shows this too.",
			Cause: tunnels.CauseSignIn, Permanent: true,
		}
	case a.code >= 500 || a.code == http.StatusTooManyRequests:
		return &tunnels.Error{
			Op: "sign in", Err: fmt.Errorf("%s is busy or out of order: status %d %s", e.host(), a.code, http.StatusText(a.code)),
			Hint:  "Try again in a while.",
			Cause: tunnels.CauseUnreachable,
		}
	}
	return e.strange(fmt.Sprintf("answers with status %d %s", a.code, http.StatusText(a.code)))
}
