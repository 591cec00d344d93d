package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"culvert/tunnels"
)

// challengeQuery asks for a token by the implicit grant (RFC 6749, section 4.2)
// for the client that OpenShift has for programs that answer challenges.
const challengeQuery = "client_id=openshift-challenging-client&response_type=token"

// maxHops bounds the redirects within the authorization server.
const maxHops = 5

// Grant is a token that was got.
type Grant struct {
	Token   string
	Expires time.Time // zero when it was not told
}

// Authorization asks an API server where its authorization endpoint is (RFC
// 8414, as OpenShift publishes it). It returns an https URL, or an
// *tunnels.Error for a server that has none, besides what [Endpoint.Probe]
// returns.
func Authorization(ctx context.Context, api Endpoint) (string, error) {
	a, err := api.get(ctx, "/.well-known/oauth-authorization-server", http.Header{"Accept": {"application/json"}})
	switch {
	case err != nil:
		return "", err
	case a.code == http.StatusNotFound, a.code == http.StatusUnauthorized, a.code == http.StatusForbidden:
		return "", &tunnels.Error{
			Op: "sign in", Err: fmt.Errorf("%s has no sign-in with user and password: it is no OpenShift", api.host()),
			Hint:  "Sign in with a token, or use a kubeconfig from whoever runs the cluster.",
			Cause: tunnels.CauseProtocol, Permanent: true,
		}
	case a.code != http.StatusOK || a.page():
		return "", api.unexpected(a)
	}
	var doc struct {
		Endpoint string `json:"authorization_endpoint"`
	}
	if err := json.Unmarshal(a.body, &doc); err != nil {
		return "", api.strange("does not tell where to sign in")
	}
	u, err := url.Parse(doc.Endpoint)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Host, hostChars) != "" {
		return "", api.strange("names no https address to sign in at")
	}
	u.Fragment = ""
	return u.String(), nil
}

// Challenge gets a token for a user and a password from an authorization
// endpoint, whose URL is [Authorization]'s. The password is sent only once the
// endpoint has asked for it. Errors are *tunnels.Errors, besides what
// [Endpoint.Probe] returns.
func Challenge(ctx context.Context, at Endpoint, user, password string) (Grant, error) {
	if user == "" || strings.ContainsAny(user, ":\r\n\x00") {
		return Grant{}, &tunnels.Error{
			Op: "sign in", Err: errors.New("that is no user name"),
			Hint:  "Type the user's name, without a colon.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	u, err := url.Parse(at.URL)
	if err != nil {
		return Grant{}, badServer("it is no URL")
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += challengeQuery
	c := &challenge{at: at, next: u}
	a, err := c.ask(ctx, nil)
	switch {
	case err != nil:
		return Grant{}, err
	case a.code != http.StatusUnauthorized || !offers(a.header, "Basic"):
		return Grant{}, c.noPassword(a)
	}
	a, err = c.ask(ctx, func(r *http.Request) { r.SetBasicAuth(user, password) })
	switch {
	case err != nil:
		return Grant{}, err
	case a.code == http.StatusUnauthorized:
		return Grant{}, refused(fmt.Errorf("%s does not accept this user and password", at.host()), "Type them again; too many attempts may lock the account.")
	case a.code != http.StatusFound && a.code != http.StatusSeeOther:
		if a.page() && a.code < 500 {
			return Grant{}, c.noPassword(a)
		}
		return Grant{}, at.unexpected(a)
	}
	return c.granted(a)
}

// challenge is one sign-in.
type challenge struct {
	at   Endpoint
	next *url.URL // where to ask
}

// ask asks for the token and follows redirects within the same server, until
// there is an answer or a redirect that ends the sign-in.
func (c *challenge) ask(ctx context.Context, sign func(*http.Request)) (*answer, error) {
	for range maxHops {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.next.String(), nil)
		if err != nil {
			return nil, badServer("it is no URL")
		}
		// OpenShift challenges only who sends this, because browsers cannot.
		req.Header.Set("X-CSRF-Token", "1")
		req.Header.Set("Accept", "application/json")
		if sign != nil {
			sign(req)
		}
		a, err := c.at.send(ctx, req)
		if err != nil {
			return nil, err
		}
		to := location(c.next, a)
		if to == nil || len(outcome(to)) > 0 {
			return a, nil
		}
		if to.Scheme != c.next.Scheme || to.Host != c.next.Host {
			return nil, c.noPassword(a)
		}
		c.next = to
	}
	return nil, c.at.strange("redirects without end")
}

// location returns where an answer redirects to; nil for nowhere.
func location(from *url.URL, a *answer) *url.URL {
	if a.code < 300 || a.code >= 400 {
		return nil
	}
	to, err := from.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		return nil
	}
	return to
}

// outcome returns what a redirect says of the sign-in. OpenShift's documents
// have tokens in the fragment, and errors there or in the query.
func outcome(to *url.URL) url.Values {
	for _, part := range []string{to.EscapedFragment(), to.RawQuery} {
		v, err := url.ParseQuery(part)
		if err == nil && (v.Has("access_token") && part != to.RawQuery || v.Has("error")) {
			return v
		}
	}
	return nil
}

// granted reads the token out of a redirect.
func (c *challenge) granted(a *answer) (Grant, error) {
	to := location(c.next, a)
	if to == nil {
		return Grant{}, c.at.strange("answers the sign-in without a token")
	}
	v := outcome(to)
	if code := v.Get("error"); code != "" {
		why := shown(v.Get("error_description"))
		if why == "" {
			why = shown(code)
		}
		return Grant{}, refused(fmt.Errorf("%s refuses the sign-in: %s", c.at.host(), why), "Ask whoever runs the cluster, or sign in with a token.")
	}
	token, err := ParseToken(v.Get("access_token"))
	if err != nil || token != v.Get("access_token") {
		return Grant{}, c.at.strange("answers the sign-in with something that is no token")
	}
	if kind := v.Get("token_type"); kind != "" && !strings.EqualFold(kind, "bearer") {
		return Grant{}, c.at.strange("answers the sign-in with a token of another kind")
	}
	g := Grant{Token: token}
	const tenYears = 10 * 365 * 24 * 60 * 60
	if n, err := strconv.Atoi(v.Get("expires_in")); err == nil && n > 0 && n < tenYears {
		g.Expires = time.Now().Add(time.Duration(n) * time.Second).Truncate(time.Second)
	}
	return g, nil
}

// noPassword says that a password is of no use here, and what is.
func (c *challenge) noPassword(a *answer) *tunnels.Error {
	browser := url.URL{Scheme: "https", Host: c.next.Host}
	if u, err := url.Parse(c.at.URL); err == nil {
		browser.Path = strings.TrimSuffix(u.Path, "/authorize") + "/token/request"
	}
	why := fmt.Errorf("%s signs in with a page in the browser, not with user and password", c.at.host())
	switch {
	case a.code >= 500:
		return c.at.unexpected(a)
	case a.code == http.StatusUnauthorized && (offers(a.header, "Negotiate") || offers(a.header, "Kerberos")):
		why = fmt.Errorf("%s signs in with Kerberos, not with user and password", c.at.host())
	}
	return refused(why, fmt.Sprintf("Sign in in the browser at %s and paste the `oc login` line that it shows.", shown(browser.String())))
}

func refused(why error, hint string) *tunnels.Error {
	return &tunnels.Error{Op: "sign in", Err: why, Hint: hint, Cause: tunnels.CauseSignIn, Permanent: true}
}

// offers tells whether an answer has a challenge of a kind.
func offers(h http.Header, kind string) bool {
	for _, line := range h.Values("WWW-Authenticate") {
		for part := range strings.SplitSeq(line, ",") {
			scheme, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			if strings.EqualFold(scheme, kind) {
				return true
			}
		}
	}
	return false
}
