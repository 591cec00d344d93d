package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"culvert/tunnels"
)

// hostile returns clusters whose server is h, with bounds of a small size.
func hostile(t *testing.T, h http.HandlerFunc) *Clusters {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	trip := &http.Transport{}
	t.Cleanup(trip.CloseIdleConnections)
	c := scripted(trip.RoundTrip)
	t.Cleanup(c.Close)
	cl := c.clusters["c"]
	cl.base = u
	cl.bounds = defaultBounds()
	cl.bounds.objectBytes, cl.bounds.pageBytes, cl.bounds.listBytes = 1<<20, 8<<20, 16<<20
	cl.bounds.pages, cl.bounds.objects, cl.bounds.tokenBytes = 100, 1000, 1<<10
	return c
}

// endless writes start and then more until the reader has gone.
func endless(w http.ResponseWriter, start string, more func(i int) string) {
	_, err := io.WriteString(w, start)
	for i := 0; err == nil; i++ {
		_, err = io.WriteString(w, more(i))
	}
}

func always(s string) func(int) string { return func(int) string { return s } }

func TestHostileServersAreBounded(t *testing.T) {
	kib := strings.Repeat("x", 1024)
	quiet := `{"metadata":{"resourceVersion":"1"},"items":[]}`
	pod := func(i int) string { return fmt.Sprintf(`{"metadata":{"name":"p-%d"}},`, i) }
	same := fmt.Sprintf(`{"metadata":{"name":"p","x":"%s"}},`, kib)
	var asked atomic.Int64
	tests := []struct {
		name  string
		list  func(w http.ResponseWriter, r *http.Request)
		watch func(w http.ResponseWriter)
		want  string
	}{
		{
			"endless watch event", nil,
			func(w http.ResponseWriter) { endless(w, `{"type":"ADDED","object":{"x":"`, always(kib)) },
			"an object of more than 1 MiB",
		},
		{
			"endless error event", nil,
			func(w http.ResponseWriter) {
				endless(w, `{"type":"ERROR","object":{"kind":"Status","message":"`, always(kib))
			},
			"an object of more than 1 MiB",
		},
		{
			"endless white space in a watch", nil,
			func(w http.ResponseWriter) { endless(w, "", always(strings.Repeat("\n", 1024))) },
			"an object of more than 1 MiB",
		},
		{
			"ever more objects in a watch", nil,
			func(w http.ResponseWriter) {
				endless(w, "", func(i int) string {
					return fmt.Sprintf(`{"type":"ADDED","object":{"metadata":{"name":"p-%d","resourceVersion":"%[1]d"}}}`+"\n", i)
				})
			},
			"more than 1000 pods",
		},
		{
			"endless object",
			func(w http.ResponseWriter, _ *http.Request) { endless(w, `{"items":[{"x":"`, always(kib)) },
			nil, "an object of more than 1 MiB",
		},
		{
			"endless key",
			func(w http.ResponseWriter, _ *http.Request) { endless(w, `{"`, always(kib)) },
			nil, "an object of more than 1 MiB",
		},
		{
			"endless white space",
			func(w http.ResponseWriter, _ *http.Request) {
				endless(w, `{"items":[`, always(strings.Repeat(" ", 1024)))
			},
			nil, "an object of more than 1 MiB",
		},
		{
			"endless page",
			func(w http.ResponseWriter, _ *http.Request) { endless(w, `{"items":[`, always(same)) },
			nil, "a list page of more than 8 MiB",
		},
		{
			"endless page of others",
			func(w http.ResponseWriter, _ *http.Request) { endless(w, `{"items":[`, pod) },
			nil, "more than 1000 pods",
		},
		{
			"repeated token",
			func(w http.ResponseWriter, r *http.Request) {
				next := "a"
				if r.URL.Query().Get("continue") == "a" {
					next = "b"
				}
				_, _ = fmt.Fprintf(w, `{"metadata":{"continue":%q},"items":[]}`, next)
			},
			nil, "the same page of a list again and again",
		},
		{
			"ever new tokens",
			func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{"metadata":{"continue":"%d"},"items":[]}`, asked.Add(1))
			},
			nil, "a list of more than 100 pages",
		},
		{
			"ever more large pages",
			func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{"metadata":{"continue":"%d"},"items":[`, asked.Add(1))
				for range 7 << 10 {
					_, _ = io.WriteString(w, same)
				}
				_, _ = io.WriteString(w, `{}]}`)
			},
			nil, "a list of more than 16 MiB",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case isWatch(r):
					tt.watch(w)
				case tt.list != nil:
					tt.list(w, r)
				default:
					_, _ = io.WriteString(w, quiet)
				}
			})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			var got *tunnels.Error
			c.WatchPods(ctx, "c", "team", func(l Listing[Pod]) {
				if l.Err != nil && got == nil {
					got = tunnels.AsError(l.Err)
					cancel()
				}
			})
			runtime.ReadMemStats(&after)
			if got == nil || !strings.HasSuffix(got.Error(), tt.want) || got.Hint == "" || !got.Permanent || got.Cause != tunnels.CauseProtocol {
				t.Errorf("the error is %+v, not %q", got, tt.want)
			}
			if used := int64(after.HeapSys) - int64(before.HeapSys); used > 96<<20 {
				t.Errorf("the heap has grown by %d MiB", used>>20)
			}
		})
	}
}

func TestPagesThatExpireForEver(t *testing.T) {
	asked, err := times(t, time.Second/10, func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Has("continue") {
			return answer(410, `{"kind":"Status","code":410,"reason":"Expired"}`), nil
		}
		return answer(200, `{"metadata":{"continue":"x"},"items":[]}`), nil
	})
	if err == nil || len(asked) != 4 {
		t.Errorf("the server was asked %d times, %v", len(asked), err)
	}
}

func TestObjectsUpToTheBound(t *testing.T) {
	b := bounds{objectBytes: 64 << 10, pageBytes: 4 << 20, listBytes: 4 << 20}
	item := []byte(`{"metadata":{"name":"p"},"x":""}`)
	item = bytes.Replace(item, []byte(`""`), []byte(`"`+strings.Repeat("x", int(b.objectBytes)-len(item))+`"`), 1)
	list := `{"items":[` + string(bytes.Repeat(append(item, ','), 31)) + string(item) + `],"metadata":{"resourceVersion":"7"}}`
	n := 0
	meta, err := decodeList(b.page(strings.NewReader(list), b.listBytes), func(*podObject) error { n++; return nil })
	if err != nil || n != 32 || meta.ResourceVersion != "7" {
		t.Errorf("%d objects were read, %+v, %v", n, meta, err)
	}
	_, err = decodeList(b.page(strings.NewReader(list), 1<<20), func(*podObject) error { return nil })
	if _, ok := errors.AsType[*excessError](err); !ok {
		t.Errorf("the error is %v", err)
	}
}
