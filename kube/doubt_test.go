package kube_test

import (
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/kubetest"
)

// TestFault52WatchesAfterSleep: a watch whose connection has died unnoticed goes
// on soon after there was reason to doubt it, and one that lives is left alone.
func TestFault52WatchesAfterSleep(t *testing.T) {
	for name, http1 := range map[string]bool{"HTTP/2": false, "HTTP/1": true} {
		t.Run(name, func(t *testing.T) {
			if http1 {
				t.Setenv("DISABLE_HTTP2", "1")
			}
			s := serve(t, kubetest.Options{Namespaces: []string{"shop"}})
			p := newProxy(t, s)
			url, ca := p.serve("http")
			c := open(t, kube.Options{Data: elsewhere(t, s, url, ca)})
			wait := watching(t, pods(c, "", "shop"))
			wait("no pods", func(l []kube.Pod, err error) bool { return err == nil && len(l) == 0 })
			before := p.used.Load()
			c.Doubt()
			add := func(name string) {
				t.Helper()
				if err := s.AddPod(kubetest.Pod{Namespace: "shop", Name: name}); err != nil {
					t.Fatal(err)
				}
			}
			add("web-1")
			wait("web-1", func(l []kube.Pod, _ error) bool { return names(l) == "web-1" })
			if !http1 && p.used.Load() != before {
				t.Error("a connection that lives was replaced")
			}

			p.forget()
			add("web-2")
			began := time.Now()
			c.Doubt()
			c.Doubt() // while it is being asked
			wait("web-2", func(l []kube.Pod, _ error) bool { return names(l) == "web-1 web-2" })
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
