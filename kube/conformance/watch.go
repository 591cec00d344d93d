package conformance

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
)

// watching is a watch under way.
type watching struct {
	body io.ReadCloser
	dec  *json.Decoder
}

type watchEvent struct {
	Type   string
	Object object
}

func (c *client) watch(t *testing.T, query string) *watching {
	t.Helper()
	return c.watchOf(t, c.pods(), query)
}

func (c *client) watchOf(t *testing.T, path, query string) *watching {
	t.Helper()
	resp := c.send(t, c.admin, http.MethodGet, path+"?watch=true&"+query, nil)
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		a := read(t, resp)
		t.Fatalf("the watch is answered with %d %s", a.code, a.text)
	}
	return &watching{body: resp.Body, dec: json.NewDecoder(resp.Body)}
}

// next returns the next event; ok is false at the end of the watch.
func (w *watching) next(t *testing.T) (e watchEvent, ok bool) {
	t.Helper()
	err := within(t, "waiting for an event", func() error { return w.dec.Decode(&e) })
	if errors.Is(err, io.EOF) {
		return e, false
	}
	if err != nil {
		t.Fatalf("the watch breaks off: %v", err)
	}
	return e, true
}

func watchExpectations() []expectation {
	return []expectation{
		{"a watch from version 0 begins with what is there", func(t *testing.T, c *client) {
			w := c.watch(t, "resourceVersion=0&fieldSelector=metadata.name%3D"+c.Pod)
			e, ok := w.next(t)
			if !ok || e.Type != "ADDED" || e.Object.Kind != "Pod" || e.Object.APIVersion != "v1" || e.Object.Metadata.Name != c.Pod {
				t.Errorf("the first event is %+v", e)
			}
		}},
		{"a watch can begin with a list", func(t *testing.T, c *client) {
			w := c.watch(t, "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan")
			seen := false
			for {
				e, ok := w.next(t)
				if !ok {
					t.Fatal("the watch ends")
				}
				if e.Type == "BOOKMARK" {
					if e.Object.Metadata.Annotations["k8s.io/initial-events-end"] != "true" || e.Object.Metadata.ResourceVersion == "" {
						t.Errorf("the bookmark is %+v", e.Object.Metadata)
					}
					break
				}
				seen = seen || e.Type == "ADDED" && e.Object.Metadata.Name == c.Pod
			}
			if !seen {
				t.Errorf("%s is not among the first events", c.Pod)
			}
		}},
		{"a watch ends when its time is over", func(t *testing.T, c *client) {
			version := c.get(t, c.pods()).object.Metadata.ResourceVersion
			w := c.watch(t, "timeoutSeconds=1&fieldSelector=metadata.name%3Dnosuch&resourceVersion="+version)
			if e, ok := w.next(t); ok {
				t.Errorf("there is an event %+v", e)
			}
		}},
	}
}
