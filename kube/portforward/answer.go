package portforward

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxAnswer bounds what is read of an answer's body, in bytes.
const maxAnswer = 64 << 10

// StatusError is an answer by which the API server, or something on the way to
// it, did not grant the upgrade.
type StatusError struct {
	Code       int           // the HTTP status
	Reason     string        // the Kubernetes status reason, as "Forbidden"; empty if the body is none
	Message    string        // one line for people: of the Kubernetes status, or the first of the page
	RetryAfter time.Duration // how long to stay away; 0 if not said
	Location   string        // where a redirect leads: scheme and host only
}

// Error returns the status and the message.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("the API server answered %d %s", e.Code, http.StatusText(e.Code))
	switch {
	case e.Location != "":
		text += ", a redirect to " + e.Location
	case e.Message != "":
		text += ": " + e.Message
	}
	return text
}

// ProtocolError is an upgrade to something else than was asked for.
type ProtocolError struct {
	Want     string // what was asked for
	Upgrade  string // the answer's Upgrade header
	Protocol string // what the answer names as the protocol inside
	Flaw     string // what is wrong with an upgrade to the right protocol; may be empty
}

// Error names what was granted.
func (e *ProtocolError) Error() string {
	if e.Flaw != "" {
		return fmt.Sprintf("the API server switched to %s with %s", e.Want, e.Flaw)
	}
	return fmt.Sprintf("the API server switched to %q with %q, not to %s", e.Upgrade, e.Protocol, e.Want)
}

// ProxyError is a proxy's refusal to connect to the API server.
type ProxyError struct {
	Proxy string // host and port
	Code  int    // the HTTP status
}

// Error names the proxy and its answer.
func (e *ProxyError) Error() string {
	return fmt.Sprintf("proxy %s refused to connect: %d %s", e.Proxy, e.Code, http.StatusText(e.Code))
}

// CredentialsError means that the credentials for the API server could not be
// obtained, as when a credential plugin fails; nothing was sent.
type CredentialsError struct{ Err error }

// Error returns the reason.
func (e *CredentialsError) Error() string { return fmt.Sprintf("get credentials: %v", e.Err) }

// Unwrap returns the reason.
func (e *CredentialsError) Unwrap() error { return e.Err }

// readAnswer makes an error of an answer that grants nothing.
func readAnswer(resp *http.Response) *StatusError {
	// A body that breaks off still has the status and its beginning.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	e := &StatusError{
		Code:       resp.StatusCode,
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now()),
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		if to, err := url.Parse(resp.Header.Get("Location")); err == nil && to.Host != "" {
			e.Location = to.Scheme + "://" + to.Host
		}
	}
	var status struct {
		Message string `json:"message"`
		Reason  string `json:"reason"`
		Details struct {
			RetryAfterSeconds int `json:"retryAfterSeconds"`
		} `json:"details"`
	}
	if json.Unmarshal(body, &status) == nil {
		e.Message, e.Reason = oneLine(status.Message), oneLine(status.Reason)
		if e.RetryAfter == 0 && status.Details.RetryAfterSeconds > 0 {
			e.RetryAfter = seconds(status.Details.RetryAfterSeconds)
		}
		return e
	}
	e.Message = firstLine(string(body))
	return e
}

// maxMessage bounds a remote message, in characters.
const maxMessage = 300

var (
	pageTitle   = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	pageNoise   = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<!--.*?-->`)
	pageMarkers = regexp.MustCompile(`(?s)<[^>]*>`)
)

// firstLine returns the first line with a text: of a page its title, or else
// its first visible one.
func firstLine(body string) string {
	if strings.HasPrefix(strings.TrimSpace(body), "<") {
		if title := pageTitle.FindStringSubmatch(body); title != nil && strings.TrimSpace(title[1]) != "" {
			return oneLine(title[1])
		}
		body = pageMarkers.ReplaceAllString(pageNoise.ReplaceAllString(body, "\n"), "\n")
	}
	for line := range strings.Lines(body) {
		if line = oneLine(line); line != "" {
			return line
		}
	}
	return ""
}

// retryAfter reads a Retry-After header, seconds or a date, as of now.
func retryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(header); err == nil {
		return seconds(n)
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// seconds is at least none, and at most a day.
func seconds(n int) time.Duration {
	const day = 24 * 60 * 60
	return time.Duration(min(max(n, 0), day)) * time.Second
}
