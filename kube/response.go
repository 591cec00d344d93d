package kube

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// responseError is an HTTP answer that is not what was asked for.
type responseError struct {
	Code       int
	Reason     string        // of the API's Status object, as "Expired"; empty without one
	Message    string        // of the Status, or the first line of what came instead
	Page       bool          // it is a web page
	Location   string        // where it redirects to
	RetryAfter time.Duration // 0 when not told
}

func (e *responseError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("status %d %s", e.Code, http.StatusText(e.Code))
	}
	return fmt.Sprintf("status %d: %s", e.Code, e.Message)
}

// status is the object that an API server answers with when it fails.
type status struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Reason  string `json:"reason"`
	Code    int    `json:"code"`
	Details *struct {
		RetryAfterSeconds int `json:"retryAfterSeconds"`
	} `json:"details"`
}

// isPage says whether an answer is a web page, as a login page of a proxy.
func isPage(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == "text/html"
}

// readResponseError reads a failed answer, at most 64 KiB, and closes its body.
func readResponseError(resp *http.Response) *responseError {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil && len(body) == 0 {
		body = []byte(err.Error())
	}
	return newResponseError(resp.StatusCode, resp.Header, body)
}

func newResponseError(code int, h http.Header, body []byte) *responseError {
	e := &responseError{Code: code, RetryAfter: retryAfter(h), Page: isPage(h)}
	if loc := h.Get("Location"); loc != "" && code >= 300 && code < 400 {
		e.Location = "another place"
		if u, err := url.Parse(loc); err == nil {
			e.Location = clean((&url.URL{Scheme: u.Scheme, Host: u.Host}).String(), mostText) // the rest may hold secrets
		}
	}
	var st status
	if json.Unmarshal(body, &st) == nil && st.Kind == "Status" {
		e.fill(st)
		return e
	}
	e.Message = firstLine(string(body), e.Page)
	return e
}

func (e *responseError) fill(st status) {
	e.Reason, e.Message = clean(st.Reason, mostText), clean(st.Message, mostMessage)
	if st.Code != 0 {
		e.Code = st.Code
	}
	if st.Details != nil && e.RetryAfter == 0 {
		e.RetryAfter = seconds(st.Details.RetryAfterSeconds)
	}
}

func statusError(st status) *responseError {
	e := new(responseError)
	e.fill(st)
	return e
}

// retryAfter reads the header of that name in both of its forms.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil && n > 0 {
		return seconds(n)
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// seconds is at least none, and at most what a server can keep us away for.
func seconds(n int) time.Duration {
	return time.Duration(min(max(n, 0), int(maxRetryAfter/time.Second))) * time.Second
}

// firstLine returns the first line of a text, or the title of a page, short
// enough to be shown.
func firstLine(text string, page bool) string {
	if page {
		lower := strings.ToLower(text)
		if i := strings.Index(lower, "<title>"); i >= 0 && len(lower) == len(text) {
			text, _, _ = strings.Cut(text[i+len("<title>"):], "<")
		} else {
			text = ""
		}
	}
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text, _, _ = strings.Cut(text, "\r")
	return clean(text, mostText)
}
