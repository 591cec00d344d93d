package kubetest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/httpstream" //nolint:staticcheck // client-go still returns its types
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/transport/spdy"

	"culvert/kube/kubetest"
)

// cluster starts a server that ends with the test.
func cluster(t *testing.T, o kubetest.Options) *kubetest.Server {
	t.Helper()
	s, err := kubetest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func config(t *testing.T, s *kubetest.Server, contextName string) *rest.Config {
	t.Helper()
	raw, err := clientcmd.Load(s.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	c, err := clientcmd.NewNonInteractiveClientConfig(*raw, contextName, nil, nil).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// api sends requests as one user and keeps no connection.
type api struct {
	t      *testing.T
	config *rest.Config
	http   *http.Client
}

func newAPI(t *testing.T, c *rest.Config) *api {
	t.Helper()
	tlsConfig, err := rest.TLSConfigFor(c)
	if err != nil {
		t.Fatal(err)
	}
	base := &http.Transport{TLSClientConfig: tlsConfig, DisableKeepAlives: true}
	rt, err := rest.HTTPWrappersForConfig(c, base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(base.CloseIdleConnections)
	return &api{t: t, config: c, http: &http.Client{Transport: rt}}
}

type reply struct {
	Code     int
	Header   http.Header
	Kind     string
	Message  string
	Reason   string
	Metadata struct {
		Name, UID, ResourceVersion, Continue string
		DeletionTimestamp                    *time.Time
		RemainingItemCount                   *int
		Annotations                          map[string]string
	}
	Status any
	Items  []reply
	Text   string `json:"-"`
}

func (a *api) do(method, path string, header ...string) reply {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, a.config.Host+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	r := reply{Text: string(b)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.NewDecoder(bytes.NewReader(b)).Decode(&r); err != nil { // of a watch, the first event
			a.t.Fatalf("%s %s: %v\n%s", method, path, err, b)
		}
	}
	r.Code, r.Header = resp.StatusCode, resp.Header
	return r
}

func (a *api) get(path string) reply { a.t.Helper(); return a.do(http.MethodGet, path) }

// forward opens a port-forward session that ends with the test.
func forward(t *testing.T, c *rest.Config, path string) (httpstream.Connection, error) {
	t.Helper()
	rt, upgrader, err := spdy.RoundTripperFor(c)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, c.Host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, _, err := spdy.Negotiate(upgrader, &http.Client{Transport: rt}, req, "portforward.k8s.io")
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, nil
}

// stream opens a connection to a port of the pod.
func stream(t *testing.T, c httpstream.Connection, port, id string) (data, errors httpstream.Stream) {
	t.Helper()
	h := http.Header{}
	h.Set("streamType", "error")
	h.Set("port", port)
	h.Set("requestID", id)
	errors, err := c.CreateStream(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Close(); err != nil {
		t.Fatal(err)
	}
	h.Set("streamType", "data")
	data, err = c.CreateStream(h)
	if err != nil {
		t.Fatal(err)
	}
	return data, errors
}

// within runs f and fails the test if it takes too long.
func within[T any](t *testing.T, what string, f func() T) T {
	t.Helper()
	done := make(chan T, 1)
	go func() { done <- f() }()
	select {
	case v := <-done:
		return v
	case <-time.After(patience):
		t.Errorf("%s does not end", what)
		return *new(T)
	}
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	return within(t, "reading", func() string {
		b, err := io.ReadAll(r)
		if err != nil {
			return string(b) + " ERROR " + err.Error()
		}
		return string(b)
	})
}
