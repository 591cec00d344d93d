package kubetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// OAuth is how OpenShift's OAuth server signs users in.
type OAuth struct {
	// Passwords by user. All of them are users of the cluster.
	Passwords map[string]string
	// Denied are users whose sign-in is refused though the password is right.
	Denied []string
	// Lifetime of tokens; 0 means a day.
	Lifetime time.Duration
	// Elsewhere puts the authorization endpoint on a port of its own, with a
	// certificate of another authority, as OpenShift 4 does.
	Elsewhere bool
	// Asks is the kind of challenge; empty means Basic. "Page" sends clients to
	// a page for browsers.
	Asks string
	// Redirect, when set, answers every sign-in with a redirect to there.
	Redirect string
}

const (
	discoveryPath = "/.well-known/oauth-authorization-server"
	authorizePath = "/oauth/authorize"
	hashedToken   = "sha256~"
)

// signIns are the tokens that the OAuth server has given out.
type signIns struct {
	url       string // of the authorization server
	ca        []byte // of its certificate
	elsewhere *http.Server
	tokens    map[string]signIn // by their objects' names; guarded by Server.mu
}

type signIn struct {
	user string
	ends time.Time
}

func (o *OAuth) users() []string {
	if o == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(o.Passwords))
}

// startOAuth makes the authorization server listen where it has a port of its
// own.
func (s *Server) startOAuth() error {
	s.signIns.tokens = make(map[string]signIn)
	s.signIns.url, s.signIns.ca = s.URL(), s.ca
	if s.opts.OAuth == nil || !s.opts.OAuth.Elsewhere {
		return nil
	}
	ca, cert, err := newCerts(false)
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(s.closing, "tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the OAuth server: %w", err)
	}
	s.signIns.url, s.signIns.ca = "https://"+l.Addr().String(), ca
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != authorizePath || !s.authorize(w, r) {
				http.NotFound(w, r)
			}
		}),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
		ReadHeaderTimeout: 30 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return s.closing },
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	s.signIns.elsewhere = server
	s.running.Go(func() { _ = server.ServeTLS(l, "", "") }) // until stopOAuth
	return nil
}

func (s *Server) stopOAuth() {
	if s.signIns.elsewhere != nil {
		_ = s.signIns.elsewhere.Close() // nobody is left to be told
	}
}

// OAuthCA returns the PEM of the authority of the authorization server's
// certificate.
func (s *Server) OAuthCA() []byte { return s.signIns.ca }

// SignIn gives a user a token as the web console does. It panics when there is
// no such user.
func (s *Server) SignIn(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.userLocked(user)
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // it cannot fail
	rest := base64.RawURLEncoding.EncodeToString(secret)
	life := 24 * time.Hour
	if s.opts.OAuth != nil && s.opts.OAuth.Lifetime > 0 {
		life = s.opts.OAuth.Lifetime
	}
	s.signIns.tokens[tokenObject(rest)] = signIn{user, time.Now().Add(life)}
	return hashedToken + rest
}

// SignIns returns how many tokens of [Server.SignIn] and of the challenge a user
// has that are good.
func (s *Server) SignIns(user string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, t := range s.signIns.tokens {
		if t.user == user && time.Now().Before(t.ends) {
			n++
		}
	}
	return n
}

// EndSignIns makes these tokens of a user expire.
func (s *Server) EndSignIns(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.signIns.tokens, func(_ string, t signIn) bool { return t.user == user })
}

// tokenObject returns the name of the object of a token, given without its
// prefix.
func tokenObject(rest string) string {
	sum := sha256.Sum256([]byte(rest))
	return hashedToken + base64.RawURLEncoding.EncodeToString(sum[:])
}

// signedInLocked returns whose a token of the OAuth server is, or nil.
func (s *Server) signedInLocked(token string) *account {
	if len(token) <= len(hashedToken) {
		return nil
	}
	t, ok := s.signIns.tokens[tokenObject(token[len(hashedToken):])]
	if !ok || token[:len(hashedToken)] != hashedToken || !time.Now().Before(t.ends) {
		return nil
	}
	return s.userLocked(t.user)
}

// authorize answers at the authorization endpoint as OpenShift documents it. It
// returns false where there is none.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) bool {
	o := s.opts.OAuth
	if o == nil {
		return false
	}
	user, password, signed := r.BasicAuth()
	known, ok := o.Passwords[user]
	right := ok && subtle.ConstantTimeCompare([]byte(password), []byte(known)) == 1
	switch query := r.URL.Query(); {
	case query.Get("client_id") != "openshift-challenging-client":
		http.Error(w, `{"error":"unauthorized_client"}`, http.StatusBadRequest)
	case query.Get("response_type") != "token":
		s.redirect(w, "?", url.Values{"error": {"unsupported_response_type"}, "error_description": {"The authorization server does not support obtaining a token using this method."}})
	case o.Redirect != "":
		w.Header().Set("Location", o.Redirect)
		w.WriteHeader(http.StatusFound)
	case o.Asks == "Page":
		w.Header().Set("Location", s.signIns.url+"/login?then=%2Foauth%2Fauthorize")
		w.WriteHeader(http.StatusFound)
	case r.Header.Get("X-CSRF-Token") == "":
		const why = "A non-empty X-CSRF-Token header is required to receive basic-auth challenges"
		w.Header().Set("Warning", `199 OpenShift-OAuth "`+why+`"`)
		http.Error(w, why, http.StatusUnauthorized)
	case !signed || !right || o.Asks != "":
		kind := `Basic realm="openshift"`
		if o.Asks != "" {
			kind = o.Asks
		}
		w.Header().Set("WWW-Authenticate", kind)
		w.WriteHeader(http.StatusUnauthorized)
	case slices.Contains(o.Denied, user):
		s.redirect(w, "#", url.Values{"error": {"access_denied"}, "error_description": {"The resource owner or authorization server denied the request."}})
	default:
		token := s.SignIn(user)
		life := 24 * time.Hour
		if o.Lifetime > 0 {
			life = o.Lifetime
		}
		s.redirect(w, "#", url.Values{
			"access_token": {token}, "expires_in": {strconv.Itoa(int(life.Seconds()))}, "scope": {"user:full"}, "token_type": {"Bearer"},
		})
	}
	return true
}

func (s *Server) redirect(w http.ResponseWriter, mark string, v url.Values) {
	w.Header().Set("Location", s.signIns.url+"/oauth/token/implicit"+mark+v.Encode())
	w.WriteHeader(http.StatusFound)
}
