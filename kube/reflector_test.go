package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/connrotation"
)

// tripper answers requests without a network.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(code int, body string) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// silent is a watch in which nothing happens until the request is over.
func silent(r *http.Request) *http.Response {
	pr, pw := io.Pipe()
	context.AfterFunc(r.Context(), func() { pw.CloseWithError(r.Context().Err()) })
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: pr}
}

func isWatch(r *http.Request) bool { return r.URL.Query().Get("watch") != "" }

// scripted returns clusters with one context c whose server is trip.
func scripted(trip tripper) *Clusters {
	e := &entry{context: Context{Name: "c", Server: "https://api.test", Namespace: "team"}, rest: &rest.Config{}}
	cl := &cluster{
		context: e.context, rest: e.rest, base: &url.URL{Scheme: "https", Host: "api.test"},
		trip: trip, bare: new(http.Transport), conns: connrotation.NewConnectionTracker(), gone: make(chan struct{}), bounds: defaultBounds(),
	}
	c := &Clusters{
		loaded:   &config{entries: map[string]*entry{"c": e}, contexts: []Context{e.context}, current: "c"},
		changed:  make(chan struct{}),
		clusters: map[string]*cluster{"c": cl},
		feeds:    map[feedKey]any{},
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

const onePod = `{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"web-1","namespace":"team","uid":"u"}}]}`

// times runs a watch of pods for a while and returns when the server was asked,
// in seconds.
func times(t *testing.T, run time.Duration, trip tripper) (asked []float64, last error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		c := scripted(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			asked = append(asked, time.Since(start).Seconds())
			mu.Unlock()
			return trip(r)
		})
		ctx, cancel := context.WithTimeout(t.Context(), run)
		defer cancel()
		c.WatchPods(ctx, "c", "team", func(l Listing[Pod]) { last = l.Err })
		c.Close()
	})
	return asked, last
}

func TestUnreachableServerIsTriedEverMoreSlowly(t *testing.T) {
	asked, err := times(t, 2*time.Minute, func(*http.Request) (*http.Response, error) {
		return nil, errors.New("away")
	})
	if err == nil {
		t.Error("no error was told")
	}
	if n := len(asked); n < 13 || n > 30 {
		t.Errorf("in two minutes the server was asked %d times: %v", n, asked)
	}
	for i := 1; i < len(asked); i++ {
		if gap := asked[i] - asked[i-1]; gap < 0.125 || gap > 10 {
			t.Errorf("the gap before request %d is %v s", i, gap)
		}
	}
}

func TestRefusedSignInIsTriedRarely(t *testing.T) {
	asked, err := times(t, 2*time.Minute, func(*http.Request) (*http.Response, error) { return answer(401, ""), nil })
	if e := tunnels.AsError(err); e == nil || e.Cause != tunnels.CauseSignIn {
		t.Errorf("the error is %v", err)
	}
	if n := len(asked); n < 4 || n > 9 {
		t.Errorf("in two minutes the server was asked %d times: %v", n, asked)
	}
}

func TestFault60WithoutWatchingIsPolled(t *testing.T) {
	lists := 0
	_, err := times(t, time.Minute+time.Second, func(r *http.Request) (*http.Response, error) {
		if isWatch(r) {
			return answer(403, ""), nil
		}
		lists++
		return answer(200, onePod), nil
	})
	if err != nil || lists != 5 {
		t.Errorf("in a minute there were %d listings instead of 5, %v", lists, err)
	}
}

// What a poll finds again is no news: a tunnel would try what only the user can
// mend.
func TestPollsTellOnlyWhatIsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := scripted(func(r *http.Request) (*http.Response, error) {
			switch {
			case isWatch(r):
				return answer(403, ""), nil
			case time.Since(start) > time.Minute:
				return answer(200, strings.Replace(onePod, `"u"`, `"another"`, 1)), nil
			}
			return answer(200, onePod), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		var told []string
		c.WatchPods(ctx, "c", "team", func(l Listing[Pod]) { told = append(told, l.Items[0].UID) })
		c.Close()
		if !slices.Equal(told, []string{"u", "another"}) {
			t.Errorf("told are %v", told)
		}
	})
}

func TestFault26RetryAfterIsObeyed(t *testing.T) {
	asked, _ := times(t, 45*time.Second, func(*http.Request) (*http.Response, error) {
		a := answer(429, "")
		a.Header.Set("Retry-After", "20")
		return a, nil
	})
	if fmt.Sprint(asked) != "[0 20 40]" {
		t.Errorf("the server was asked at %v", asked)
	}
}

func TestQuietWatchIsLeftAlone(t *testing.T) {
	asked, err := times(t, 4*time.Minute, func(r *http.Request) (*http.Response, error) {
		if isWatch(r) {
			return silent(r), nil
		}
		return answer(200, onePod), nil
	})
	if err != nil || len(asked) != 2 {
		t.Errorf("in four minutes the server was asked at %v, %v", asked, err)
	}
}

func TestFault60WatchesThatEndAtOnce(t *testing.T) {
	asked, err := times(t, time.Minute, func(r *http.Request) (*http.Response, error) {
		if isWatch(r) {
			return answer(200, ""), nil
		}
		return answer(200, onePod), nil
	})
	if err != nil || len(asked) > 30 {
		t.Errorf("in a minute the server was asked %d times, %v", len(asked), err)
	}
}

func TestFault60ExpiredPagesAreReadInOne(t *testing.T) {
	var lists []string
	_, err := times(t, time.Second, func(r *http.Request) (*http.Response, error) {
		q := r.URL.Query()
		switch {
		case isWatch(r):
			return silent(r), nil
		case q.Get("continue") != "":
			lists = append(lists, "more")
			return answer(410, `{"kind":"Status","code":410,"reason":"Expired"}`), nil
		case q.Get("limit") != "":
			lists = append(lists, "page")
			return answer(200, `{"metadata":{"continue":"x"},"items":[{"metadata":{"name":"gone"}}]}`), nil
		}
		lists = append(lists, "all")
		return answer(200, onePod), nil
	})
	if err != nil || fmt.Sprint(lists) != "[page more all]" {
		t.Errorf("the server was asked for %v, %v", lists, err)
	}
}

func TestBurstsAreToldTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := scripted(func(r *http.Request) (*http.Response, error) {
			if !isWatch(r) {
				return answer(200, onePod), nil
			}
			var b strings.Builder
			for i := range 1000 {
				fmt.Fprintf(&b, `{"type":"ADDED","object":{"metadata":{"name":"p-%d","resourceVersion":"%d"}}}`+"\n", i, i+6)
			}
			a := silent(r)
			a.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(strings.NewReader(b.String()), a.Body), a.Body}
			return a, nil
		})
		defer c.Close()
		calls, last := 0, 0
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		c.WatchPods(ctx, "c", "team", func(l Listing[Pod]) { calls++; last = len(l.Items) })
		if last != 1001 || calls > 5 {
			t.Errorf("%d pods were told in %d calls", last, calls)
		}
	})
}

func TestFault57HangingPlugin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c := scripted(func(*http.Request) (*http.Response, error) {
			<-release
			return nil, errors.New("getting credentials: too late")
		})
		defer c.Close()
		cl, err := c.cluster("c")
		if err != nil {
			t.Fatal(err)
		}
		cl.context.ExecPlugin, cl.rest.ExecProvider = "aws", &api.ExecConfig{Command: "aws"}
		for _, after := range []time.Duration{time.Minute, 0} {
			start := time.Now()
			_, err := c.Check(t.Context(), "c")
			if e := tunnels.AsError(err); e == nil || e.Cause != tunnels.CauseSignIn || !strings.Contains(e.Error(), "`aws` does not answer") {
				t.Errorf("the error is %v", err)
			}
			if took := time.Since(start); took != after {
				t.Errorf("it took %v, not %v", took, after)
			}
		}
		close(release)
		synctest.Wait()
		_, err = c.Check(t.Context(), "c")
		if e := tunnels.AsError(err); e == nil || !strings.Contains(e.Error(), "too late") {
			t.Errorf("after the plugin has ended the error is %v", err)
		}
	})
}
