package kubetest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	apiproxy "k8s.io/apimachinery/pkg/util/proxy"
	"k8s.io/client-go/rest"

	"culvert/kube/kubetest"
	"culvert/kube/kubetest/demopod"
	"culvert/kube/portforward"
	"culvert/tunnels"
)

// passing is a real API server that passes WebSocket requests on to the node, as
// those since Kubernetes 1.36 do.
func passing(t *testing.T, s *kubetest.Server) *rest.Config {
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
		apiproxy.NewUpgradeAwareHandler(location, rt, false, true, responder{}).ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return &rest.Config{Host: server.URL}
}

// TestCulvertsTransports: Culvert's own client over every transport, straight and
// behind a real API server's handlers, which translate WebSocket or pass it on.
func TestCulvertsTransports(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]func(*testing.T, *kubetest.Server) *rest.Config{
		"straight":   func(t *testing.T, s *kubetest.Server) *rest.Config { return config(t, s, "demo") },
		"translated": front,
		"passed on":  passing,
	} {
		for _, via := range tunnels.Vias {
			t.Run(name+"/"+string(via), func(t *testing.T) {
				t.Parallel()
				o := shop()
				o.PassFIN = true // so that no stream ends before it is read
				s := cluster(t, o)
				d, err := portforward.NewDialer(server(t, s))
				if err != nil {
					t.Fatal(err)
				}
				session, err := d.Dial(t.Context(), portforward.PodRef{Namespace: "shop", Name: "web", Node: "node-1"}, via)
				if err != nil {
					t.Fatal(err)
				}
				defer session.Close(nil)
				bothWays(t, session)
			})
		}
	}
}

// bothWays sends small and large messages through a session and back.
func bothWays(t *testing.T, session tunnels.Session) {
	t.Helper()
	for _, size := range []int{1, 125, 126, 4096, 65535, 65536, 300_000, 3 << 20} {
		st, err := session.Open(t.Context(), demopod.PortEcho)
		if err != nil {
			t.Fatal(err)
		}
		sent := make([]byte, size)
		for i := range sent {
			sent[i] = byte(i * 7)
		}
		wrote := make(chan error, 1)
		go func() {
			_, err := st.Write(sent)
			wrote <- err
		}()
		got := make([]byte, size)
		if _, err := io.ReadFull(st, got); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if err := <-wrote; err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		if !bytes.Equal(got, sent) {
			t.Errorf("%d bytes come back as others", size)
		}
		if err := st.CloseWrite(); err != nil {
			t.Error(err)
		}
		if n, err := st.Read(got[:1]); !errors.Is(err, io.EOF) {
			t.Errorf("the stream ends with %d bytes, %v", n, err)
		}
		_ = st.Close() // it has ended
	}
	if err := within(t, "a ping", func() error { return session.Ping(t.Context()) }); err != nil {
		t.Error(err)
	}
}
