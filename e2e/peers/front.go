package peers

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"culvert/e2e/real"
)

// front puts a proxy that ends TLS before the API server, as companies do. It
// answers 403 to upgrades to one protocol, "websocket" or "spdy/3.1", and
// carries all else as the cluster's administrator.
func (s *scene) front(ctx context.Context, refused string) error {
	l, server, err := s.listenAtServer(ctx)
	if err != nil {
		return err
	}
	target := &url.URL{Scheme: "https", Host: server}
	cert, err := s.c.Certificate(real.Identity{Name: "front", Hosts: []string{target.Hostname()}})
	if err != nil {
		return err
	}
	config := s.c.RESTConfig()
	config.NextProtos = []string{"http/1.1"} // HTTP/2 has no upgrades
	transport, err := rest.TransportFor(config)
	if err != nil {
		return err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1,
	}
	h := &http.Server{
		ReadHeaderTimeout: time.Minute,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.EqualFold(r.Header.Get("Upgrade"), refused) {
				http.Error(w, "this upgrade is not allowed here", http.StatusForbidden)
				return
			}
			proxy.ServeHTTP(w, r)
		}),
	}
	s.running.Go(func() {
		if err := h.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
			s.tellTrouble(err)
		}
	})
	context.AfterFunc(s.ctx, func() { _ = h.Close() }) // ends the goroutine above
	access, err := s.c.Access("front", real.Identity{Name: "front", Groups: []string{"system:masters"}})
	if err != nil {
		return err
	}
	access.Server = "https://" + l.Addr().String()
	s.kubeconfig = filepath.Join(s.home, s.newName()+".kubeconfig")
	return real.Kubeconfig{access}.Write(s.kubeconfig)
}
