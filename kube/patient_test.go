package kube

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"

	"k8s.io/client-go/rest"
)

// drops is a body of one byte in each second.
type drops struct {
	ctx  context.Context
	sent int
}

func (d *drops) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		d.sent++
		return copy(p[:1], " "), nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (*drops) Close() error { return nil }

// TestAnswersThatDrip: a byte in a second is no way to go on, but for a watch.
func TestAnswersThatDrip(t *testing.T) {
	tests := map[string]struct {
		url   string
		code  int
		after time.Duration // 0 for never
	}{
		"list":           {"https://s/pods", 200, answerTimeout},
		"error":          {"https://s/pods", 500, answerTimeout},
		"watch":          {"https://s/pods?watch=true", 200, 0},
		"watch in error": {"https://s/pods?watch=true", 500, answerTimeout},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := patient{roundTrip(func(r *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: tt.code, Body: &drops{ctx: r.Context()}}, nil
				}), time.Minute}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, tt.url, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := p.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				began := time.Now()
				_, err = io.Copy(io.Discard, resp.Body)
				took := time.Since(began)
				if tt.after == 0 && took != time.Hour {
					t.Errorf("the watch ended after %v: %v", took, err)
				}
				if tt.after > 0 && (took != tt.after || !errors.Is(err, errStopped)) {
					t.Errorf("it ended after %v: %v", took, err)
				}
			})
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSlowAnswersThatMoveGoOn: what brings a kilobyte now and then is only slow, and
// the reader's own time does not count.
func TestSlowAnswersThatMoveGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, out := net.Pipe()
		go func() { // until all is written
			for range 20 {
				time.Sleep(answerTimeout - time.Second)
				_, _ = out.Write(make([]byte, leastProgress))
			}
			out.Close()
		}()
		p := patient{roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: in}, nil
		}), time.Minute}
		resp, err := p.RoundTrip(newRequest(t))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		time.Sleep(10 * answerTimeout)
		n, err := io.Copy(io.Discard, resp.Body)
		if n != 20*leastProgress || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
	})
}

func newRequest(t *testing.T) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://s/pods", nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// TestAnswersThatDoNotBegin: whatever a transport waits for in turn, it is over in
// time, and only so many connections are tried.
func TestAnswersThatDoNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := patient{roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), 25 * time.Second}
		began := time.Now()
		_, err := p.RoundTrip(newRequest(t))
		if took := time.Since(began); took != 25*time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", took, err)
		}
	})
	var dials atomic.Int32
	dial := counted(func(context.Context, string, string) (net.Conn, error) {
		dials.Add(1)
		return nil, io.EOF
	})
	p := patient{roundTrip(func(r *http.Request) (*http.Response, error) {
		for { // as an HTTP/2 transport whose server says GOAWAY
			if _, err := dial(r.Context(), "tcp", "s:1"); !errors.Is(err, io.EOF) {
				return nil, err
			}
		}
	}), time.Minute}
	if _, err := p.RoundTrip(newRequest(t)); !errors.Is(err, errManyTries) || dials.Load() != maxTries {
		t.Errorf("%d connections, %v", dials.Load(), err)
	}
}

// TestHeadersAreBounded for the client of a real configuration.
func TestHeadersAreBounded(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 20 {
			w.Header().Add("X", strings.Repeat("x", 32<<10))
		}
	})
	cl := c.clusters["c"]
	real, err := newCluster(&entry{context: cl.context, rest: &rest.Config{Host: cl.base.String()}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer real.close()
	_, err = real.get(t.Context(), "/version", nil)
	e := real.explain(action{op: "ask"}, err)
	if e == nil || !strings.Contains(e.Error(), "headers that are too large") || e.Cause != tunnels.CauseProtocol || e.Hint == "" {
		t.Errorf("got %v", e)
	}
}

// TestRedirectsAreNotFollowed: whoever the server leads to never hears of us.
func TestRedirectsAreNotFollowed(t *testing.T) {
	var came atomic.Int32
	trap := hostile(t, func(http.ResponseWriter, *http.Request) { came.Add(1) }).clusters["c"].base.String()
	for _, code := range []int{301, 302, 303, 307, 308} {
		c := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", trap+"/api/v1/pods")
			w.WriteHeader(code)
		})
		real, err := newCluster(&entry{context: c.clusters["c"].context, rest: &rest.Config{Host: c.clusters["c"].base.String()}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = real.get(t.Context(), "/version", nil)
		if failed, ok := errors.AsType[*responseError](err); !ok || failed.Code != code || failed.Location != trap {
			t.Errorf("%d: %v", code, err)
		}
		real.close()
	}
	if n := came.Load(); n > 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

// TestLargeObjectsTakeTurns: a second one is read when the first is done.
func TestLargeObjectsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		large := make(turns, 1)
		b := defaultBounds()
		first := b.object(bytes.NewReader(make([]byte, 2<<20))).inTurn(large)
		if _, err := io.CopyN(io.Discard, first, 1<<20); err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(time.Second)
			first.done()
		}()
		began := time.Now()
		second := b.object(bytes.NewReader(make([]byte, 1<<20))).inTurn(large)
		if _, err := io.Copy(io.Discard, second); err != nil || time.Since(began) != time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		third := b.object(bytes.NewReader(make([]byte, 1<<20))).inTurn(large) // the second is not done
		if _, err := io.Copy(io.Discard, third); !errors.Is(err, errNoTurn) {
			t.Errorf("got %v", err)
		}
		second.done()
	})
}
