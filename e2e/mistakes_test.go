package e2e

import (
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"culvert/e2e/real"
)

// mistake is an invocation that cannot work, and how culvert says so.
type mistake struct {
	name   string
	args   []string
	status int
	want   []string // all of them are on standard error, whatever the case
}

func (m mistake) test(t *testing.T) {
	p := command(t, append([]string{"forward"}, m.args...)...)
	if got := p.status(t, patience); got != m.status {
		t.Errorf("the exit status is %d, want %d", got, m.status)
	}
	out, errs := p.lines()
	if len(out) > 0 {
		t.Errorf("standard output has %q, want nothing", out)
	}
	said := strings.ToLower(strings.Join(errs, "\n"))
	for _, want := range m.want {
		if !strings.Contains(said, strings.ToLower(want)) {
			t.Errorf("standard error does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "panic") || strings.Contains(said, "goroutine ") {
		t.Errorf("it crashed:\n%s", said)
	}
}

func TestWrongCommandLines(t *testing.T) {
	for _, m := range []mistake{
		{"no target", nil, 2, []string{"target is missing"}},
		{"no port", []string{"podsrv"}, 2, []string{"no port", "LOCAL:]REMOTE"}},
		{"port 0", []string{"podsrv", "0"}, 2, []string{"0", "1 to 65535"}},
		{"remote port 0", []string{"podsrv", "80:0"}, 2, []string{"1 to 65535"}},
		{"port 65536", []string{"podsrv", "65536"}, 2, []string{"65536", "1 to 65535"}},
		{"not a port", []string{"podsrv", "Abc"}, 2, []string{"Abc", "neither a number nor"}},
		{"no remote port", []string{"podsrv", "80:"}, 2, []string{"80:", "no remote port"}},
		{"twice the same local port", []string{"podsrv", "80:9006", "80:9001"}, 2, []string{"80", "wanted by both"}},
		{"a negative port", []string{"podsrv", "--", "-1"}, 2, []string{"-1"}},
		{"not a target", []string{"node/podsrv", "80"}, 2, []string{"node", "svc"}},
		{"not a selector", []string{"selector/app in", "80"}, 2, []string{"label selector"}},
		{"not a policy", []string{"--policy", "best", "podsrv", "80"}, 2, []string{"best", "round-robin"}},
		{"not an address", []string{"--address", "here", "podsrv", "80"}, 2, []string{"here", "IP address"}},
		{"unknown flag", []string{"--fast", "podsrv", "80"}, 2, []string{"fast"}},
		{"unknown output", []string{"-o", "xml", "podsrv", "80"}, 2, []string{"xml", "json"}},
	} {
		t.Run(m.name, m.test)
	}
}

func TestWrongKubeconfigs(t *testing.T) {
	dir := t.TempDir()
	broken, empty := filepath.Join(dir, "broken"), filepath.Join(dir, "empty")
	for path, text := range map[string]string{broken: "clusters: [{", empty: ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range []mistake{
		{"no file", []string{"--kubeconfig", filepath.Join(dir, "none"), "podsrv", "80"}, 1, []string{filepath.Join(dir, "none")}},
		{"broken", []string{"--kubeconfig", broken, "podsrv", "80"}, 1, []string{broken}},
		{"empty", []string{"--kubeconfig", empty, "podsrv", "80"}, 1, []string{"context"}},
		{"unknown context", []string{"--context", "mars", "podsrv", "80"}, 1, []string{"mars", real.AdminContext}},
	} {
		t.Run(m.name, m.test)
	}
}

func TestClusterSaysNo(t *testing.T) {
	contexts := kubeconfigOf(t)
	as := func(context string, args ...string) []string {
		return append([]string{"--kubeconfig", contexts, "--context", context, "--pod-running-timeout", "3s"}, args...)
	}
	namespace := newNamespace(t)
	createPod(t, unscheduledPod(namespace, "unscheduled"))
	createPod(t, imagelessPod(namespace, "imageless"))
	awaitPod(t, namespace, "imageless", stuck)
	mistakes := []mistake{
		{"missing pod", as("admin", "absent", ":80"), 1, []string{"absent", "no pod"}},
		{"missing namespace", as("admin", "-n", "absent", "podsrv", ":80"), 1, []string{"namespace absent"}},
		{"unscheduled pod", as("admin", "-n", namespace, "unscheduled", ":80"), 1, []string{"unscheduled", "Pending"}},
		{"pod without an image", as("admin", "-n", namespace, "imageless", ":80"), 1, []string{"imageless", "ErrImageNeverPull"}},
		{"no right to see pods", as("nobody", "podsrv", ":80"), 1, []string{"nobody may not get pod podsrv", "default"}},
		{"no right to forward", as(real.Bob, "podsrv", ":80"), 1, []string{"portforward"}},
		{"server that refuses", as("refusing", "podsrv", ":80"), 1, []string{"refused", "127.0.0.1:9"}},
		{"expired client certificate", as("expired", "podsrv", ":80"), 1, []string{"expired"}},
		{"expired server certificate", as("stale", "podsrv", ":80"), 1, []string{"expired"}},
		{"server of another authority", as("stranger", "podsrv", ":80"), 1, []string{"certificate", "authority"}},
	}
	if shared.Real() { // the host may well have a route
		mistakes = append(mistakes, mistake{"unreachable server", as("unreachable", "podsrv", ":80"), 1, []string{"192.0.2.1", "unreachable"}})
	}
	for _, m := range mistakes {
		t.Run(m.name, m.test)
	}
}

// kubeconfigOf writes a kubeconfig with the contexts admin, alice, bob, nobody,
// expired, refusing, unreachable, stale and stranger.
func kubeconfigOf(t *testing.T) string {
	t.Helper()
	access := func(name string, id real.Identity) real.Access {
		a, err := shared.Access(name, id)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	admin := real.Identity{Name: "admin", Groups: []string{"system:masters"}}
	expired := admin
	expired.Until = time.Now().Add(-time.Hour)
	config := real.Kubeconfig{
		access("admin", admin),
		access(real.Alice, real.Identity{Name: real.Alice}),
		access(real.Bob, real.Identity{Name: real.Bob}),
		access("nobody", real.Identity{Name: "nobody"}),
		access("expired", expired),
	}
	for name, server := range map[string]string{
		"refusing":    "https://127.0.0.1:9",
		"unreachable": "https://192.0.2.1:6443",
		"stale":       "https://" + staleServer(t),
	} {
		a := access(name, admin)
		a.Server = server
		config = append(config, a)
	}
	config = append(config, access("stranger", admin).Distrustful())
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := config.Write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// staleServer listens in the cluster's network with a certificate that has
// expired.
func staleServer(t *testing.T) string {
	t.Helper()
	cert, err := shared.Certificate(real.Identity{Name: "stale", Hosts: []string{"127.0.0.1"}, Until: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t, "127.0.0.1:0")
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		for {
			conn, err := l.Accept()
			if err != nil {
				return // the test has ended
			}
			tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}}).HandshakeContext(t.Context())
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-stop })
	return l.Addr().String()
}

// listen takes an address in the cluster's network until the test ends.
func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	l, err := shared.Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// Alice may neither list nor watch: one pod, by name, is enough.
func TestFewestRights(t *testing.T) {
	f := forward(t, 2, "--kubeconfig", kubeconfigOf(t), "--context", real.Alice, "podsrv", ":9006")
	for _, addr := range f.to(remoteHTTP) {
		wantPage(t, addr, "podsrv")
	}
}

func TestBusyPorts(t *testing.T) {
	t.Run("both families", func(t *testing.T) {
		listen(t, "127.0.0.1:19400")
		listen(t, "[::1]:19400")
		mistake{args: []string{"podsrv", ":9001", "19400:9006"}, status: 1, want: []string{"19400"}}.test(t)
	})
	t.Run("one family, for a while", func(t *testing.T) {
		taken := listen(t, "127.0.0.1:19401")
		f := forward(t, 1, "podsrv", "19401:9006")
		wantPage(t, f.to(remoteHTTP)[0], "podsrv")
		taken.Close()
		f.await(t, "the other address", func(out, _ []string) bool { return len(addresses(out)) == 2 })
		out, _ := f.lines()
		for _, b := range addresses(out) {
			wantPage(t, b.addr, "podsrv")
		}
	})
}
