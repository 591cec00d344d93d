package kubetest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/httpstream"
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
	data, errs := stream(t, conn, "9005", "2")
	if text := readAll(t, data); text != "hello from web\n" {
		t.Errorf("the banner reads %q", text)
	}
	if text := readAll(t, errs); text != "" {
		t.Errorf("the banner's error is %q", text)
	}
	for i, tt := range []struct{ port, want string }{{"9008", "connection refused"}, {"9101", "connection reset by peer"}} {
		_, errs := stream(t, conn, tt.port, string(rune('a'+i)))
		if text := readAll(t, errs); !strings.Contains(text, tt.want) {
			t.Errorf("port %s: the error is %q", tt.port, text)
		}
	}
	data, _ = stream(t, conn, "9004", "3")
	if _, err := io.WriteString(data, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := data.Close(); err != nil {
		t.Fatal(err)
	}
	if text := readAll(t, data); text != "" {
		t.Errorf("after the client's end the pod answers %q", text)
	}
}
