package login

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"culvert/tunnels"
)

// hashed begins the tokens of OpenShift 4.6 and later; 43 characters follow.
const (
	hashed      = "sha256~"
	hashedChars = 43
)

// ParseToken returns a bearer token without the blanks, line breaks and quotes
// that copying adds around and within it. Its error is an *tunnels.Error that
// does not hold the token.
func ParseToken(s string) (string, error) {
	if len(s) > maxLine {
		return "", badToken("it is far too long")
	}
	token := strings.Join(strings.Fields(s), "")
	token = strings.TrimPrefix(token, "--token=")
	if n := len(token); n >= 2 && token[0] == token[n-1] && (token[0] == '"' || token[0] == '\'') {
		token = token[1 : n-1]
	}
	switch {
	case token == "":
		return "", badToken("it is empty")
	case !isToken(token):
		return "", badToken("it has characters that no token has")
	case strings.HasPrefix(token, hashed) && len(token) > len(hashed)+hashedChars:
		return "", badToken("it is longer than a token of OpenShift")
	}
	return token, nil
}

func badToken(why string) *tunnels.Error {
	return &tunnels.Error{
		Op: "read the token", Err: errors.New(why),
		Hint:  "Copy it again, from its first to its last character and nothing else.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// isToken tells whether s has only characters of bearer tokens (RFC 6750).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~+/=", c) >= 0 {
			continue
		}
		return false
	}
	return s != ""
}

// whole tells whether a token is certainly not broken off: OpenShift's have a
// known length.
func whole(token string) bool {
	rest, isHashed := strings.CutPrefix(token, hashed)
	return len(rest) == hashedChars && (isHashed || !strings.Contains(rest, "."))
}

const hostChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]"

// ParseServer returns the URL of an API server as it is used: with https, a host
// in lower case, and without a slash at the end. A host alone is completed. Its
// error is an *tunnels.Error.
func ParseServer(s string) (string, error) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return "", badServer("it is no URL")
	case u.Scheme == "http":
		return "", badServer("it is without TLS, where everybody on the way could read the token")
	case u.Scheme != "https":
		return "", badServer(fmt.Sprintf("%q is not https", shown(u.Scheme)))
	case u.User != nil:
		return "", badServer("it has a user or a password in it")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return "", badServer("it is the address of a page")
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", badServer("its port is no number from 1 to 65535")
		}
	}
	if strings.Trim(u.Host, hostChars) != "" {
		return "", badServer("its host has characters that no name has")
	}
	u.Host = strings.ToLower(u.Host)
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	if out := u.String(); shown(out) == out {
		return out, nil
	}
	return "", badServer("it is no URL")
}

func badServer(why string) *tunnels.Error {
	return &tunnels.Error{
		Op: "read the server's URL", Err: errors.New(why),
		Hint:  "Write it as https://api.example.com:6443.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// continuesToken tells whether a word after a token can only be the rest of it.
func continuesToken(p piece) bool {
	if !p.newLine && (strings.HasPrefix(p.text, "-") || strings.Contains(p.text, ".")) {
		return false // a flag, or the server's name
	}
	return isToken(p.text)
}

// continuesServer tells whether rest can only be the rest of a server's URL: it
// brings the port, or the end of it.
func continuesServer(server, rest string) bool {
	joined, err := ParseServer(server + rest)
	if err != nil || strings.Contains(rest, "://") {
		return false
	}
	after, err := url.Parse(joined)
	if err != nil || after.Port() == "" {
		return false
	}
	before, err := url.Parse(server)
	return err != nil || before.Port() == "" || strings.TrimLeft(rest, "0123456789") == ""
}
