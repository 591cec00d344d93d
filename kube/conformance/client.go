package conformance

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// client sends requests for one subtest.
type client struct {
	Cluster
	ctx   context.Context
	admin *http.Client
	over  transport // of port-forwards
}

func newClient(t *testing.T, cluster Cluster) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return &client{Cluster: cluster, ctx: ctx, admin: httpClient(t, cluster.Config)}
}

// httpClient speaks HTTP/1.1, one connection per request.
func httpClient(t *testing.T, config *rest.Config) *http.Client {
	t.Helper()
	tlsConfig, err := rest.TLSConfigFor(config)
	if err != nil {
		t.Fatal(err)
	}
	if tlsConfig != nil {
		tlsConfig.NextProtos = []string{"http/1.1"}
	}
	base := &http.Transport{TLSClientConfig: tlsConfig, DisableKeepAlives: true}
	rt, err := rest.HTTPWrappersForConfig(config, base)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: rt}
}

// object is any answer of the API, as far as the table looks at it.
type object struct {
	Kind       string
	APIVersion string
	Metadata   struct {
		Name, Namespace, UID string
		ResourceVersion      string
		Continue             string
		RemainingItemCount   *int
		CreationTimestamp    *time.Time
		DeletionTimestamp    *time.Time
		Annotations          map[string]string
	}
	Spec struct {
		NodeName   string
		Containers []struct {
			Name  string
			Ports []struct {
				Name, Protocol string
				ContainerPort  int
			}
		}
	}
	// Status is a pod's object or a Status' word.
	Status json.RawMessage
	Items  []object

	// Of a Status.
	Message, Reason string
	Code            int
	Details         struct{ Name, Group, Kind string }

	// Of /version.
	Major, Minor, GitVersion string
}

type podStatus struct {
	Phase      string
	PodIP      string
	Conditions []struct{ Type, Status string }
	Statuses   []struct {
		Name         string
		Ready        bool
		RestartCount int
		State        struct {
			Running *struct{ StartedAt time.Time }
			Waiting *struct{ Reason string }
		}
	} `json:"containerStatuses"`
}

func (o object) pod(t *testing.T) podStatus {
	t.Helper()
	var st podStatus
	if err := json.Unmarshal(o.Status, &st); err != nil {
		t.Fatalf("status of %s: %v", o.Metadata.Name, err)
	}
	return st
}

func (st podStatus) condition(kind string) string {
	for _, c := range st.Conditions {
		if c.Type == kind {
			return c.Status
		}
	}
	return ""
}

// answer is an HTTP answer that has been read.
type answer struct {
	code   int
	header http.Header
	text   string
	object object // zero when the text is not JSON
}

func (c *client) send(t *testing.T, hc *http.Client, method, path string, header http.Header) *http.Response {
	t.Helper()
	return c.sendBody(t, hc, method, path, header, nil)
}

func (c *client) sendBody(t *testing.T, hc *http.Client, method, path string, header http.Header, body io.Reader) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(c.ctx, method, strings.TrimSuffix(c.Config.Host, "/")+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	resp, err := hc.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp
}

func (c *client) do(t *testing.T, hc *http.Client, method, path string, header http.Header) answer {
	t.Helper()
	resp := c.send(t, hc, method, path, header)
	defer func() { _ = resp.Body.Close() }() // it has been read
	return read(t, resp)
}

// post sends an object as JSON.
func (c *client) post(t *testing.T, hc *http.Client, path, body string) answer {
	t.Helper()
	resp := c.sendBody(t, hc, http.MethodPost, path, http.Header{"Content-Type": {"application/json"}}, strings.NewReader(body))
	defer func() { _ = resp.Body.Close() }() // it has been read
	return read(t, resp)
}

// read takes an answer's whole body, and leaves the closing to its caller.
func read(t *testing.T, resp *http.Response) answer {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read the answer: %v", err)
	}
	a := answer{code: resp.StatusCode, header: resp.Header, text: string(b)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(b, &a.object); err != nil {
			t.Fatalf("decode %q: %v", a.text, err)
		}
	}
	return a
}

func (c *client) get(t *testing.T, path string) answer {
	t.Helper()
	return c.do(t, c.admin, http.MethodGet, path, nil)
}

// pods returns the path of the namespace's pods, or of something in it.
func (c *client) pods(rest ...string) string {
	return "/api/v1/namespaces/" + c.Namespace + "/pods" + strings.Join(append([]string{""}, rest...), "/")
}

// wantStatus checks that an answer is a Status of the given kind.
func (a answer) wantStatus(t *testing.T, code int, reason, message string) {
	t.Helper()
	o := a.object
	if a.code != code || o.Kind != "Status" || o.APIVersion != "v1" || string(o.Status) != `"Failure"` || o.Code != code {
		t.Errorf("want a Status with %d, got %d %s", code, a.code, a.text)
	}
	if o.Reason != reason {
		t.Errorf("the reason is %q instead of %q", o.Reason, reason)
	}
	if o.Message != message {
		t.Errorf("the message is\n%q instead of\n%q", o.Message, message)
	}
}
