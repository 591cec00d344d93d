package e2e

import (
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"culvert/kube/kubetest/demopod"
)

// What can be forwarded to serves, whatever it is.
func TestTargetsServe(t *testing.T) {
	t.Run("a service", func(t *testing.T) {
		f := forward(t, 4, "svc/podsrv", ":http", ":81")
		wantPage(t, f.to(remoteHTTP)[0], "podsrv")
		wantPage(t, f.to(remoteHTTP)[1], "podsrv")
		if err := echo(dial(t, f.to(remoteEcho)[0]), "hello\n"); err != nil {
			t.Error(err)
		}
		f.interrupt(t, syscall.SIGTERM)
	})
	t.Run("a service on its own port", func(t *testing.T) {
		f := forward(t, 2, "svc/podsrv", "http")
		if want := netip.MustParseAddrPort("127.0.0.1:80"); f.bound[0].addr != want {
			t.Errorf("it listens on %v, not on %v", f.bound[0].addr, want)
		}
		wantPage(t, f.bound[0].addr, "podsrv")
		f.interrupt(t, syscall.SIGTERM)
	})
	t.Run("a selector", func(t *testing.T) {
		f := forward(t, 2, "selector/app=podsrv", ":http")
		wantPage(t, f.bound[0].addr, "podsrv")
		f.interrupt(t, syscall.SIGTERM)
	})
	t.Run("one pod of a stateful set", func(t *testing.T) {
		if !shared.Real() {
			t.Fatal("the stand-in for a node runs no pods of a StatefulSet")
		}
		namespace := newNamespace(t)
		createTargets(t, namespace)
		for _, args := range []string{"db-0", "pod/db-1", "--policy ordinal=1 sts/db", "--policy ordinal sts/db", "sts/db-0", "sts/db-1"} {
			f := forward(t, 2, append(append([]string{"-n", namespace}, strings.Fields(args)...), ":9006")...)
			pod := "db-0"
			if strings.Contains(args, "1") {
				pod = "db-1"
			}
			wantPage(t, f.to(demopod.PortHTTPAlt)[0], pod)
			f.interrupt(t, syscall.SIGTERM)
		}
		f := forward(t, 2, "-n", namespace, "deploy/web", ":http")
		if body, err := page(t, f.bound[0].addr); err != nil || !strings.Contains(body, "pod web-") {
			t.Errorf("the page is %q, %v", body, err)
		}
		f.interrupt(t, syscall.SIGTERM)
	})
}
