package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels/tunneltest/leaks"
)

// command is one running command line.
type command struct {
	t      *testing.T
	cancel context.CancelFunc
	lines  chan string // of stdout
	done   chan int    // the exit status

	mu     sync.Mutex
	stderr strings.Builder
}

// run starts a command line; it ends with the test.
func run(t *testing.T, args ...string) *command {
	t.Helper()
	return beginWith(t, Deps{Version: "test"}, args...)
}

// beginWith is run with other dependencies, but for the streams.
func beginWith(t *testing.T, d Deps, args ...string) *command {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := &command{t: t, cancel: cancel, lines: make(chan string, 1000), done: make(chan int, 1)}
	out, w := io.Pipe()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(c.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			c.lines <- s.Text()
		}
	})
	wg.Go(func() {
		defer w.Close()
		d.Out, d.Err = w, c
		c.done <- execute(ctx, d, args)
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	return c
}

// Write collects stderr.
func (c *command) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stderr.Write(p)
}

func (c *command) errors() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stderr.String()
}

// line returns the next line of stdout.
func (c *command) line() string {
	c.t.Helper()
	select {
	case l, ok := <-c.lines:
		if !ok {
			c.t.Fatalf("stdout ended; stderr: %s", c.errors())
		}
		return l
	case <-time.After(20 * time.Second):
		c.t.Fatalf("no line on stdout; stderr: %s", c.errors())
	}
	return ""
}

// until waits until stderr has a text.
func (c *command) until(text string) {
	c.t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(c.errors(), text); runtime.Gosched() {
		if time.Now().After(end) {
			c.t.Fatalf("it does not say %q; stderr: %s", text, c.errors())
		}
	}
}

// exit returns the exit status.
func (c *command) exit() int {
	c.t.Helper()
	select {
	case code := <-c.done:
		return code
	case <-time.After(20 * time.Second):
		c.t.Fatalf("it does not end; stderr: %s", c.errors())
	}
	return -1
}

// cluster starts a cluster and returns it with a kubeconfig file for it.
func cluster(t *testing.T, o kubetest.Options) (*kubetest.Server, string) {
	t.Helper()
	s, err := kubetest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, s.Kubeconfig(), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, path
}

func TestMain(m *testing.M) {
	kube.LogTo(slog.New(slog.DiscardHandler))
	// Whoever runs the tests may ignore this one: from here on it does not count as
	// ignored from the start.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	os.Exit(leaks.Run(m, "github.com/moby/spdystream.", "k8s.io/cri-streaming/", "k8s.io/streaming/"))
}

func podsrv() kubetest.Options {
	return kubetest.Options{Pods: []kubetest.Pod{{Name: "podsrv"}}}
}

func get(t *testing.T, addr string) string {
	t.Helper()
	page, err := tryGet(addr)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func tryGet(addr string) (string, error) {
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	res, err := c.Get("http://" + addr + "/")
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

var forwarding = regexp.MustCompile(`^Forwarding from (127\.0\.0\.1|\[::1\]):(\d+) -> (\d+)$`)

func TestForwardPrintsTheLinesOfOc(t *testing.T) {
	_, config := cluster(t, podsrv())
	c := run(t, "forward", "--kubeconfig", config, "pod/podsrv", ":9006", "0:9001")
	var ports []string
	for _, want := range []struct{ host, remote string }{{"127.0.0.1", "9006"}, {"[::1]", "9006"}, {"127.0.0.1", "9001"}, {"[::1]", "9001"}} {
		m := forwarding.FindStringSubmatch(c.line())
		if m == nil || m[1] != want.host || m[3] != want.remote {
			t.Fatalf("got %q, want %v", m, want)
		}
		ports = append(ports, m[2])
	}
	if ports[0] != ports[1] || ports[2] != ports[3] || ports[0] == ports[2] {
		t.Errorf("the ports are %v", ports)
	}
	for _, addr := range []string{"127.0.0.1:" + ports[0], "[::1]:" + ports[1]} {
		if page := get(t, addr); !strings.Contains(page, "podsrv") {
			t.Errorf("the page at %s is %q", addr, page)
		}
		if l := c.line(); l != "Handling connection for "+ports[0] {
			t.Errorf("got %q", l)
		}
	}
	c.cancel()
	if code := c.exit(); code != ExitOK {
		t.Errorf("exit status %d: %s", code, c.errors())
	}
	if _, err := net.Dial("tcp", "127.0.0.1:"+ports[0]); err == nil {
		t.Error("the port is still bound")
	}
}

func TestForwardOutlivesItsPodAndServer(t *testing.T) {
	s, config := cluster(t, podsrv())
	c := run(t, "forward", "--kubeconfig", config, "podsrv", ":9006", "--address", "127.0.0.1")
	addr := "127.0.0.1:" + forwarding.FindStringSubmatch(c.line())[2]
	get(t, addr)
	for name, fault := range map[string]func() error{
		"pod replaced":     func() error { return s.ReplacePod("default", "podsrv") },
		"server restarted": func() error { s.Down(); return s.Up() },
		"sessions dropped": func() error { s.DropSessions(); return nil },
	} {
		if err := fault(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var page string
		var err error
		for deadline := time.Now().Add(20 * time.Second); page == "" && time.Now().Before(deadline); {
			page, err = tryGet(addr)
			if errors.Is(err, syscall.ECONNREFUSED) {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if !strings.Contains(page, "podsrv") {
			t.Errorf("%s: the page is %q, %v", name, page, err)
		}
	}
	c.cancel()
	if code := c.exit(); code != ExitOK {
		t.Errorf("exit status %d", code)
	}
}

func TestForwardJSON(t *testing.T) {
	_, config := cluster(t, podsrv())
	c := run(t, "forward", "--kubeconfig", config, "-o", "json", "podsrv", ":9001", "9006:9006", "--address", "127.0.0.1")
	var states []string
	for {
		var l line
		if err := json.Unmarshal([]byte(c.line()), &l); err != nil {
			t.Fatal(err)
		}
		if l.Target != "pod/podsrv" || l.Namespace != "default" || l.Context != "demo" {
			t.Fatalf("got %+v", l)
		}
		if l.Event == "state" {
			states = append(states, l.State)
		}
		if l.State == "ready" {
			if len(l.Bound) != 2 || !l.Bound[0].Random || l.Bound[0].Port == 0 || l.Bound[0].Remote.Number != 9001 ||
				l.Bound[1].Random || l.Bound[1].Port != 9006 || l.Bound[1].Address != "127.0.0.1" {
				t.Errorf("bound to %+v", l.Bound)
			}
			break
		}
	}
	if states[0] != "starting" || slices.Contains(states, "needs-user") {
		t.Errorf("the states were %q", states)
	}
}

func TestRefusedPortIsToldAndHarmsNobody(t *testing.T) {
	_, config := cluster(t, podsrv())
	c := run(t, "forward", "--kubeconfig", config, "-o", "json", "podsrv", ":9008", ":9006", "--address", "127.0.0.1")
	until := func(state string) line {
		for {
			var l line
			if err := json.Unmarshal([]byte(c.line()), &l); err != nil {
				t.Fatal(err)
			}
			if l.Event == "state" && l.State == state {
				return l
			}
		}
	}
	bound := until("ready").Bound
	refused, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", bound[0].Port))
	if err == nil { // the reset may come before Dial returns
		defer refused.Close()
		_, err = refused.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client of a refused port got %v", err)
	}
	if l := until("degraded"); !strings.Contains(l.Error, "9008") || l.Hint == "" || len(l.Bound) != 2 {
		t.Errorf("told %+v", l)
	}
	if page := get(t, fmt.Sprintf("127.0.0.1:%d", bound[1].Port)); !strings.Contains(page, "podsrv") {
		t.Errorf("the page is %q", page)
	}
}

func TestForwardFails(t *testing.T) {
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	busyPort := busy.Addr().(*net.TCPAddr).Port
	o := kubetest.Demo()
	o.Users = append(o.Users, kubetest.User{Name: "guest", Deny: []kubetest.Rule{{Resources: []string{"pods", "pods/portforward"}}}})
	o.Contexts = append(o.Contexts, kubetest.Context{Name: "guest", User: "guest", Namespace: "shop"})
	_, config := cluster(t, o)
	_, expired := cluster(t, kubetest.Options{ExpiredCert: true, Pods: podsrv().Pods})
	down, downConfig := cluster(t, podsrv())
	down.Down()
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("clusters: [}"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args string
		code int
		says []string
	}{
		{"no target", "forward", ExitUsage, []string{"the target is missing", "culvert forward --help"}},
		{"no port", "forward web", ExitUsage, []string{"no port is given for web", "6000:5000"}},
		{"remote port 0", "forward web 0", ExitUsage, []string{"0", "not a port of a pod", "1 to 65535"}},
		{"port too large", "forward web 65536", ExitUsage, []string{"65536 is too large"}},
		{"no port", "forward web Abc", ExitUsage, []string{`"Abc" is neither a number nor a port's name`}},
		{"bad policy", "forward svc/web 80 --policy best", ExitUsage, []string{"best", "round-robin"}},
		{"bad selector", "forward selector/app= 80 --policy ordinal=x", ExitUsage, []string{"ordinal=x"}},
		{"no selector", "forward selector/a(b 80", ExitUsage, []string{"no label selector", "app=web"}},
		{"no remote port", "forward web 80:", ExitUsage, []string{`"80:" has no remote port`}},
		{"two on one port", "forward web 80 80:81", ExitUsage, []string{"80 is wanted by both"}},
		{"bad address", "forward web 80 --address example.org", ExitUsage, []string{"example.org", "localhost"}},
		{"empty address", "forward web 80 --address=", ExitUsage, []string{"--address is empty"}},
		{"bad namespace", "forward web 80 -n a/../b", ExitUsage, []string{"namespace", "a/../b"}},
		{"bad output", "forward web 80 -o yaml", ExitUsage, []string{"yaml", "json"}},
		{"bad flag", "forward web 80 --colour", ExitUsage, []string{"--colour"}},
		{"bad timeout", "forward web 80 --pod-running-timeout 0s", ExitUsage, []string{"--pod-running-timeout"}},
		{"other kind", "forward node/n1 80", ExitUsage, []string{"node", "svc"}},
		{"unknown verb", "forwards web 80", ExitUsage, []string{"forwards"}},
		{"no kubeconfig", "forward web 80 --kubeconfig /nonexistent/config", ExitError, []string{"/nonexistent/config"}},
		{"broken kubeconfig", "forward web 80 --kubeconfig " + broken, ExitError, []string{broken}},
		{"unknown context", "forward web 80 --kubeconfig " + config + " --context nowhere", ExitError, []string{"context nowhere", "demo"}},
		{"unreachable", "forward podsrv :9006 --pod-running-timeout 2s --kubeconfig " + downConfig, ExitError, []string{"refused"}},
		{"expired certificate", "forward podsrv :9006 --kubeconfig " + expired, ExitError, []string{"certificate", "expired"}},
		{"no such pod", "forward web-7d4b9c6f5-x2x9 :8080 --pod-running-timeout 2s --kubeconfig " + config, ExitError, []string{"web-7d4b9c6f5-x2x9", "web-7d4b9c6f5-x2x9k"}},
		{"pending pod", "forward recommender-84c5d9f7b9-p9jkl :8080 --pod-running-timeout 2s --kubeconfig " + config, ExitError, []string{"ImagePullBackOff"}},
		{"no right", "forward web-7d4b9c6f5-x2x9k :8080 --pod-running-timeout 5s --context guest --kubeconfig " + config, ExitError, []string{"guest", "shop"}},
		{"busy port", fmt.Sprintf("forward web-7d4b9c6f5-x2x9k %d:8080 --address 127.0.0.1 --kubeconfig %s", busyPort, config), ExitError, []string{fmt.Sprintf("port %d", busyPort), "another"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := run(t, strings.Fields(tt.args)...)
			if code := c.exit(); code != tt.code {
				t.Errorf("exit status %d, want %d", code, tt.code)
			}
			for _, s := range tt.says {
				if !strings.Contains(c.errors(), s) {
					t.Errorf("it says %q, which lacks %q", c.errors(), s)
				}
			}
			t.Log(c.errors())
		})
	}
}

func TestDemoHeadless(t *testing.T) {
	c := run(t, "demo", "--headless", "-o", "json")
	want := map[string]bool{"web": true, "api": true, "postgres": true, "grafana": true, "logs": true}
	addrs := make(map[string]string)
	for len(want) > 0 {
		var l line
		if err := json.Unmarshal([]byte(c.line()), &l); err != nil {
			t.Fatal(err)
		}
		if l.Event != "state" || l.State != "ready" {
			continue
		}
		if len(l.Bound) < 2 || l.Bound[0].Port != l.Bound[1].Port {
			t.Errorf("%s is bound to %+v", l.Tunnel, l.Bound)
		}
		delete(want, l.Tunnel)
		addrs[l.Tunnel] = fmt.Sprintf("127.0.0.1:%d", l.Bound[0].Port)
	}
	if page := get(t, addrs["web"]); !strings.Contains(page, "web-7d4b9c6f5-x2x9k") {
		t.Errorf("the page is %q", page)
	}
	c.cancel()
	if code := c.exit(); code != ExitOK {
		t.Errorf("exit status %d", code)
	}
}

func TestWindowOptions(t *testing.T) {
	file, dir := filepath.Join(t.TempDir(), "dev.yaml"), t.TempDir()
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Mkdir(filepath.Join(dir, "shops"), 0o700)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	tests := []struct {
		name     string
		args     []string
		noWindow bool
		code     int
		files    int
		hidden   bool
		says     string
	}{
		{name: "nothing"},
		{name: "hidden", args: []string{"--hidden"}, hidden: true},
		{name: "files", args: []string{file, "./shops"}, files: 2},
		{name: "no verb and no file", args: []string{"forwrad"}, code: ExitUsage, says: `unknown command "forwrad"`},
		{name: "a path to nothing", args: []string{dir + "/none"}, code: ExitUsage, says: "there is no file"},
		{name: "a file and nothing", args: []string{file, "none"}, code: ExitUsage, says: "there is no file none"},
		{name: "a folder that looks like a verb", args: []string{"shops"}, code: ExitUsage, says: "unknown command"},
		{name: "a build without a window", args: []string{file}, noWindow: true, code: ExitUsage, says: "no window to open files in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var errs strings.Builder
			got := WindowOptions{}
			d := Deps{Out: io.Discard, Err: &errs, Version: "1.2", HasDisplay: func() bool { return true }}
			if !tt.noWindow {
				d.Window = func(_ context.Context, o WindowOptions) error { got = o; return nil }
			}
			code := execute(t.Context(), d, tt.args)
			if code != tt.code || len(got.Files) != tt.files || got.Hidden != tt.hidden || !strings.Contains(errs.String(), tt.says) {
				t.Errorf("exit status %d, %+v: %s", code, got, errs.String())
			}
			if code == ExitOK && got.Version != "1.2" {
				t.Errorf("the version is %q", got.Version)
			}
		})
	}
}

// TestSaid: what another process has said is printed as it is, with its status.
func TestSaid(t *testing.T) {
	var errs strings.Builder
	d := Deps{
		Out: io.Discard, Err: &errs, HasDisplay: func() bool { return true },
		Window: func(context.Context, WindowOptions) error { return &SaidError{Text: "no\nway", Status: 7} },
	}
	if code := execute(t.Context(), d, nil); code != 7 || errs.String() != "no\nway\n" {
		t.Errorf("exit status %d: %q", code, errs.String())
	}
}

func TestWindowNeedsADisplay(t *testing.T) {
	tests := []struct {
		name    string
		display bool
		code    int
		opened  bool
	}{
		{"with one", true, ExitOK, true},
		{"without", false, ExitError, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var errs strings.Builder
			opened := false
			d := Deps{
				Out: io.Discard, Err: &errs,
				HasDisplay: func() bool { return tt.display },
				Window: func(_ context.Context, o WindowOptions) error {
					opened = o.Kubeconfig == "x"
					return nil
				},
			}
			if code := execute(t.Context(), d, []string{"--kubeconfig", "x"}); code != tt.code || opened != tt.opened {
				t.Errorf("exit status %d, opened %v: %s", code, opened, errs.String())
			}
		})
	}
}
