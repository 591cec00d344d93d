package kube

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestFault60OldVersion: a server that has forgotten the version of a watch says so
// in one of two ways; either means to list anew.
func TestFault60OldVersion(t *testing.T) {
	for name, gone := range map[string]*http.Response{
		"as an answer": answer(410, `{"kind":"Status","code":410,"reason":"Expired"}`),
		"as an event":  answer(200, `{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lists, watches := 0, 0
				c := scripted(func(r *http.Request) (*http.Response, error) {
					if !isWatch(r) {
						lists++
						return answer(200, fmt.Sprintf(`{"metadata":{"resourceVersion":"%d"},"items":[{"metadata":{"name":"web-%[1]d"}}]}`, lists)), nil
					}
					watches++
					if watches == 1 {
						return gone, nil
					}
					if got := r.URL.Query().Get("resourceVersion"); got != "2" {
						t.Errorf("the second watch is from version %s on", got)
					}
					return silent(r), nil
				})
				defer c.Close()
				until(t, time.Second, c, func(p []Pod) bool { return len(p) == 1 && p[0].Name == "web-2" })
			})
		})
	}
}

// TestFault60ClosedWatch: a watch that the server ends goes on from where it was,
// without a listing.
func TestFault60ClosedWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lists, watches := 0, 0
		c := scripted(func(r *http.Request) (*http.Response, error) {
			if !isWatch(r) {
				lists++
				return answer(200, onePod), nil
			}
			watches++
			a := silent(r)
			if watches == 1 { // it ends after an event
				a.Body = io.NopCloser(strings.NewReader(`{"type":"ADDED","object":{"metadata":{"name":"web-2","resourceVersion":"7"}}}`))
			} else if got := r.URL.Query().Get("resourceVersion"); got != "7" {
				t.Errorf("the next watch is from version %s on", got)
			}
			return a, nil
		})
		defer c.Close()
		until(t, 5*time.Second, c, func(p []Pod) bool { return len(p) == 2 })
		if lists != 1 || watches < 2 {
			t.Errorf("%d listings and %d watches", lists, watches)
		}
	})
}

// until watches pods for so long; no trouble may be told, and the last that is has
// to be as the test wants it.
func until(t *testing.T, d time.Duration, c *Clusters, ok func([]Pod) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var last []Pod
	c.WatchPods(ctx, "c", "team", func(l Listing[Pod]) {
		last = l.Items
		if l.Err != nil {
			t.Errorf("told %v", l.Err)
		}
	})
	if !ok(last) {
		t.Errorf("the last that was told is %+v", last)
	}
}
