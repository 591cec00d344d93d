package kube

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"

	"k8s.io/client-go/rest"
)

// TestOddEvents: what no API server sends is told, and the list is read anew.
func TestOddEvents(t *testing.T) {
	long := strings.Repeat("7", 80<<10)
	for event, want := range map[string]string{
		`{"type":"RENAMED","object":{"metadata":{"name":"a","resourceVersion":"6"}}}`:                "an event of the unknown type",
		`{"type":"ADDED","object":{"kind":"Service","metadata":{"name":"a","resourceVersion":"6"}}}`: "an event about a Service",
		`{"type":"ADDED","object":{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"}}}`:     "an event about a Service",
		`{"type":"ADDED","object":{"metadata":{"resourceVersion":"6"}}}`:                             "without a name",
		`{"type":"ADDED","object":{"metadata":{"name":"a"}}}`:                                        "without a version",
		`{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{}}}`:                                  "without a version",
		`{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"` + long + `"}}}`:  "a resource version of more than",
		`{"type":"ADDED","object":5}`: "something else than Kubernetes objects",
		`{"type":5}`:                  "something else than Kubernetes objects",
	} {
		_, err := times(t, 5*time.Second, func(r *http.Request) (*http.Response, error) {
			if isWatch(r) {
				return answer(http.StatusOK, event), nil
			}
			return answer(http.StatusOK, onePod), nil
		})
		e := tunnels.AsError(err)
		if e == nil || !strings.Contains(e.Error(), want) || e.Hint == "" || e.Cause != tunnels.CauseProtocol {
			t.Errorf("%.80s: %v, not %q", event, err, want)
		}
	}
}

// TestTooManyEvents: a watch that never ends to change is ended.
func TestTooManyEvents(t *testing.T) {
	change := `{"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"web-1","namespace":"team","resourceVersion":"6"}}}` + "\n"
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		if isWatch(r) {
			endless(w, "", always(change))
			return
		}
		_, _ = io.WriteString(w, onePod)
	})
	c.clusters["c"].bounds.events = 500
	var told error
	c.WatchPods(t.Context(), "c", "team", func(l Listing[Pod]) {
		if l.Err != nil && told == nil {
			told = l.Err
			go c.Close()
		}
	})
	if told == nil || !strings.Contains(told.Error(), "changes") {
		t.Errorf("got %v", told)
	}
}

// TestOtherObjectsThanAsked are no part of a list of one.
func TestOtherObjectsThanAsked(t *testing.T) {
	c := scripted(func(*http.Request) (*http.Response, error) { return answer(http.StatusOK, onePod), nil })
	t.Cleanup(c.Close)
	for name, good := range map[string]bool{"web-1": true, "web-2": false} {
		r := &reflector[podObject, *podObject, Pod]{clusters: c, key: feedKey{context: "c", resource: podsResource, namespace: "team", name: name}, convert: func(k string, o *podObject) Pod { return o.pod(k) }}
		if _, err := r.list(t.Context(), c.clusters["c"]); (err == nil) != good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRetryAfterIsBounded in all its forms.
func TestRetryAfterIsBounded(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"5": 5 * time.Second, "-5": 0, "1000000000000": maxRetryAfter, "9223372036854775807": maxRetryAfter, "1e30": 0,
		strings.Repeat("9", 30): 0, "Sat, 02 Jan 9999 03:04:05 GMT": maxRetryAfter, "Sat, 02 Jan 1999 03:04:05 GMT": 0,
	} {
		h := http.Header{"Retry-After": {value}}
		e := (&cluster{rest: &rest.Config{}}).explain(action{op: "ask"}, newResponseError(http.StatusServiceUnavailable, h, nil))
		if e.RetryAfter != want {
			t.Errorf("%s: %v, want %v", value, e.RetryAfter, want)
		}
	}
	for _, n := range []string{"9223372036854775807", "-9223372036854775808", "10000000000"} {
		body := `{"kind":"Status","code":503,"details":{"retryAfterSeconds":` + n + `}}`
		e := (&cluster{rest: &rest.Config{}}).explain(action{op: "ask"}, newResponseError(http.StatusServiceUnavailable, nil, []byte(body)))
		if e.RetryAfter < 0 || e.RetryAfter > maxRetryAfter {
			t.Errorf("%s: %v", n, e.RetryAfter)
		}
	}
}
