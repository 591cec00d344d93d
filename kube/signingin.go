package kube

import (
	"bytes"
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"culvert/kube/login"
	"culvert/tunnels"

	"k8s.io/client-go/rest"
)

// signingIn checks a request and completes it by what is known of its cluster.
func (c *Clusters) signingIn(r LoginRequest) (*signingIn, error) {
	known, err := c.readSignIns()
	if err != nil {
		return nil, err
	}
	if !c.folder.Exists() {
		return nil, invalidLogin("signing in is not possible here", "Set HOME: Culvert keeps what it knows of clusters in a folder there. The demo keeps nothing on purpose.")
	}
	s, err := known.signingIn(r)
	if err != nil {
		return nil, err
	}
	if err := c.free(s.Name); err != nil {
		return nil, err
	}
	if r.Namespace != "" {
		if err := tunnels.ValidateNamespace(r.Namespace); err != nil {
			return nil, err
		}
		s.Namespace = r.Namespace
	}
	switch {
	case r.Token != "" && (r.User != "" || r.Password != ""):
		return nil, invalidLogin("there are a token and a user", "Give one of them.")
	case r.Token == "" && (r.User == "" || r.Password == ""):
		return nil, invalidLogin("there is neither a token nor a user with a password", "Give one of them.")
	case r.Token != "":
		if r.Token, err = login.ParseToken(r.Token); err != nil {
			return nil, err
		}
	}
	if r.CA != nil {
		s.CA = onlyCertificates(r.CA)
		if s.CA == "" {
			return nil, invalidLogin("the certificate authority holds no certificate", "Give a file in PEM, which begins with -----BEGIN CERTIFICATE-----.")
		}
	}
	s.ServerName = cmp.Or(r.ServerName, s.ServerName)
	return &signingIn{request: r, sign: s, api: login.Endpoint{
		URL: s.Server, CA: []byte(s.CA), ServerName: s.ServerName, Transport: c.around().loginTransport(),
	}}, nil
}

// signingIn returns what the file has for a request, or a new sign-in.
func (f *signIns) signingIn(r LoginRequest) (signIn, error) {
	s := signIn{Name: r.Name}
	if i := f.find(r.Name); i >= 0 {
		s = f.Clusters[i]
	}
	server, err := login.ParseServer(cmp.Or(r.Server, s.Server))
	switch {
	case r.Server == "" && s.Server == "":
		return s, invalidLogin("the server is missing", "Give its URL, as https://api.example.com:6443.")
	case err != nil:
		return s, err
	case s.Server != "" && server != s.Server:
		return s, invalidLogin(fmt.Sprintf("%s is signed in to %s already", s.Name, s.Server),
			"Choose another name, or sign out of that cluster first.")
	}
	if r.Name == "" {
		s = f.ofServer(server)
	}
	s.Server = server
	if !contextName.MatchString(s.Name) {
		return s, invalidLogin(fmt.Sprintf("%q cannot be the name of a cluster", clean(s.Name, mostText)),
			"Choose one of letters, digits and .-_:/@, which begins with a letter or a digit.")
	}
	return s, nil
}

// ofServer returns the only sign-in to a server, or a new one.
func (f *signIns) ofServer(server string) signIn {
	var same []signIn
	for _, s := range f.Clusters {
		if s.Server == server {
			same = append(same, s)
		}
	}
	if len(same) == 1 {
		return same[0]
	}
	host := ""
	if u, err := url.Parse(server); err == nil {
		host = u.Host
		if p := u.Port(); p == "443" || p == "6443" {
			host = u.Hostname()
		}
	}
	return signIn{Name: strings.Trim(strings.NewReplacer("[", "", "]", "").Replace(host), ":.-_")}
}

// signingIn is one call of Login.
type signingIn struct {
	request LoginRequest
	sign    signIn // as it will be stored
	api     login.Endpoint
	at      string // whom errors are about, when it is not the API server
}

// token makes sure that the server is trusted, gets the token where there is
// only a password, and asks whose it is.
func (a *signingIn) token(ctx context.Context) (string, error) {
	api, ca, err := trusted(ctx, a.api, a.request.Fingerprints)
	if err != nil {
		return "", err
	}
	if ca != nil {
		a.sign.CA = string(ca)
	}
	a.api = api
	a.sign.With, a.sign.Expires = WithToken, time.Time{}
	token := a.request.Token
	if token == "" {
		grant, err := a.challenge(ctx)
		if err != nil {
			return "", err
		}
		token = grant.Token
		a.sign.With, a.sign.Expires = WithPassword, grant.Expires.UTC()
	}
	a.at = ""
	who, err := login.WhoAmI(ctx, a.api, token)
	if err != nil {
		if a.sign.With == WithPassword {
			a.giveBack(ctx, token)
		}
		return "", err
	}
	a.sign.User = cmp.Or(who.User, a.request.User)
	return token, nil
}

// challenge signs in with user and password at the cluster's OAuth server.
func (a *signingIn) challenge(ctx context.Context) (login.Grant, error) {
	at, err := login.Authorization(ctx, a.api)
	if err != nil {
		return login.Grant{}, err
	}
	e := login.Endpoint{URL: at, CA: a.api.CA, ServerName: a.api.ServerName, Transport: a.api.Transport}
	if !sameHost(at, a.api.URL) {
		a.at, e.ServerName = at, ""
		if ca := a.sign.CA + a.sign.SignInCA; ca != "" {
			e.CA, e.System = []byte(ca), true
		}
	}
	e, ca, err := trusted(ctx, e, a.request.Fingerprints)
	if err != nil {
		return login.Grant{}, err
	}
	if ca != nil {
		a.sign.SignInCA = string(ca)
	}
	return login.Challenge(ctx, e, a.request.User, a.request.Password)
}

// giveBack deletes a token on the server that was made for nothing. It ends by
// itself, but that is no reason to leave it.
func (a *signingIn) giveBack(ctx context.Context, token string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTimeout)
	defer cancel()
	_, _ = login.Revoke(ctx, a.api, token) // the error before is told
}

func sameHost(a, b string) bool {
	x, err := url.Parse(a)
	y, err2 := url.Parse(b)
	return err == nil && err2 == nil && strings.EqualFold(x.Host, y.Host)
}

// trusted returns an endpoint that has proved to be the one that is meant, with
// the certificate that makes it so if the user had to confirm it.
func trusted(ctx context.Context, e login.Endpoint, fingerprints []string) (login.Endpoint, []byte, error) {
	err := e.Probe(ctx)
	untrusted, ok := errors.AsType[*login.UntrustedError](err)
	if !ok {
		return e, nil, err
	}
	ca := untrusted.Confirmed(fingerprints)
	if ca == nil {
		return e, nil, err
	}
	e.CA = ca
	return e, ca, e.Probe(ctx)
}

// explain judges what the network and TLS say.
func (a *signingIn) explain(err error) error {
	server := cmp.Or(a.at, a.sign.Server)
	if u, err := url.Parse(server); err == nil {
		server = (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
	}
	about := &cluster{context: Context{Name: a.sign.Name, Server: server, Origin: OriginSignedIn}, rest: &rest.Config{}}
	return about.explain(action{op: "sign in to " + a.sign.Name}, err)
}

func invalidLogin(why, hint string) *tunnels.Error {
	return &tunnels.Error{Op: "sign in", Err: errors.New(why), Hint: hint, Cause: tunnels.CauseInvalid, Permanent: true}
}

// onlyCertificates leaves everything but certificates out of a PEM file, as a
// key that somebody has put beside them.
func onlyCertificates(data []byte) string {
	var out bytes.Buffer
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			out.Write(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}))
		}
	}
	return out.String()
}

// loginTransport returns what signing in and out goes over.
func (s surroundings) loginTransport() *http.Transport {
	proxy := s.proxy()
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  answerTimeout,
		OnProxyConnectResponse: checkProxy,
	}
}
