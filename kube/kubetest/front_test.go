package kubetest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/httpstream" //nolint:staticcheck // client-go still returns its types
	apiproxy "k8s.io/apimachinery/pkg/util/proxy"
	"k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/streaming/pkg/httpstream/wsstream"

	"culvert/kube/kubetest"
)

// front is a real API server's port-forward handlers before the cluster, which
// is their kubelet then.
func front(t *testing.T, s *kubetest.Server) *rest.Config {
	t.Helper()
	behind := config(t, s, "demo")
	rt, err := rest.TransportFor(behind)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		location, err := url.Parse(s.URL() + r.URL.Path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		r.Header.Set("Authorization", "Bearer "+behind.BearerToken)
		upgrade := apiproxy.NewUpgradeAwareHandler(location, rt, false, true, responder{})
		proxy.NewTranslatingHandler(upgrade, proxy.NewTunnelingHandler(upgrade), wsstream.IsWebSocketRequestWithTunnelingProtocol).ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return &rest.Config{Host: server.URL}
}

type responder struct{}

func (responder) Error(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusBadGateway)
}

func TestBehindRealHandlers(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	s.SetPort("shop", "web", 9101, kubetest.PortResets)
	c := front(t, s)
	u, err := url.Parse(c.Host + webForward)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("SPDY", func(t *testing.T) {
		conn, err := forward(t, c, webForward)
		if err != nil {
			t.Fatal(err)
		}
		checkConnections(t, conn)
	})
	t.Run("WebSocket", func(t *testing.T) {
		d, err := portforward.NewSPDYOverWebsocketDialer(u, c)
		if err != nil {
			t.Fatal(err)
		}
		conn, _, err := d.Dial("portforward.k8s.io")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		checkConnections(t, conn)
	})
	t.Run("unknown pod", func(t *testing.T) {
		if _, err := forward(t, c, strings.Replace(webForward, "web", "nosuch", 1)); err == nil || !strings.Contains(err.Error(), `pods "nosuch" not found`) {
			t.Errorf("the error is %v", err)
		}
	})
}

func checkConnections(t *testing.T, conn httpstream.Connection) {
	t.Helper()
	data, _ := stream(t, conn, "9001", "1")
	wantEcho(t, data)
	// Containerd takes a second to end each of these, so all are open at once, and
	// read, since spdystream stops at the first stream that nobody reads.
	reading := func(r io.Reader) func() string {
		text := make(chan string, 1)
		go func() { text <- readAll(t, r) }()
		return func() string { return <-text }
	}
	open := func(port, id string) (data io.WriteCloser, got, errs func() string) {
		d, e := stream(t, conn, port, id)
		return d, reading(d), reading(e)
	}
	_, banner, bannerErr := open("9005", "2")
	_, _, refused := open("9008", "3")
	_, _, reset := open("9101", "4")
	half, answer, answerErr := open("9004", "5")
	if _, err := io.WriteString(half, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := half.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what string
		got  func() string
		want string
	}{
		{"the banner", banner, "hello from web\n"},
		{"the banner's error", bannerErr, ""},
		{"a refused port's error", refused, "connection refused"},
		{"a reset port's error", reset, "connection reset by peer"},
		{"the answer after the client's end", answer, ""},
		{"its error", answerErr, ""},
	} {
		if text := tt.got(); !strings.Contains(text, tt.want) || tt.want == "" && text != "" {
			t.Errorf("%s is %q", tt.what, text)
		}
	}
}
