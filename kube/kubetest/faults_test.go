package kubetest_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/httpstream" //nolint:staticcheck // client-go still returns its types

	"culvert/kube/kubetest"
)

// echoing opens a session and a connection to the echo on it.
func echoing(t *testing.T, s *kubetest.Server) (httpstream.Connection, httpstream.Stream) {
	t.Helper()
	conn, err := forward(t, config(t, s, "demo"), webForward)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := stream(t, conn, "9001", "1")
	wantEcho(t, data)
	return conn, data
}

func wantEcho(t *testing.T, data io.ReadWriter) {
	t.Helper()
	if err := within(t, "the echo", func() error {
		if _, err := io.WriteString(data, "ping"); err != nil {
			return err
		}
		_, err := io.ReadFull(data, make([]byte, 4))
		return err
	}); err != nil {
		t.Fatalf("the echo: %v", err)
	}
}

func TestDropSessions(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	conn, _ := echoing(t, s)
	if n := s.DropSessions(); n != 1 {
		t.Errorf("%d sessions were dropped", n)
	}
	within(t, "the session", func() bool { return <-conn.CloseChan() })
	if r := newAPI(t, config(t, s, "demo")).get("/version"); r.Code != http.StatusOK {
		t.Errorf("the API answers %d", r.Code)
	}
}

func TestDownAndUp(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	conn, _ := echoing(t, s)
	url := s.URL()
	s.Down()
	within(t, "the session", func() bool { return <-conn.CloseChan() })
	if c, err := net.Dial("tcp", strings.TrimPrefix(url, "https://")); err == nil {
		_ = c.Close()
		t.Error("the server still listens")
	}
	if err := s.Up(); err != nil {
		t.Fatal(err)
	}
	if s.URL() != url {
		t.Errorf("the server is back at %s instead of %s", s.URL(), url)
	}
	echoing(t, s)
}

func TestFreeze(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	_, data := echoing(t, s)
	s.Freeze()
	if _, err := io.WriteString(data, "ping"); err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() { _, err := io.ReadFull(data, make([]byte, 4)); got <- err }()
	a := newAPI(t, config(t, s, "demo"))
	a.http.Timeout = 200 * time.Millisecond
	if resp, err := a.http.Get(s.URL() + "/version"); err == nil {
		_ = resp.Body.Close()
		t.Error("a frozen server answers")
	}
	select {
	case err := <-got:
		t.Errorf("a frozen session answers: %v", err)
	default:
	}
	s.Thaw()
	if err := within(t, "the thawed session", func() error { return <-got }); err != nil {
		t.Error(err)
	}
}

func TestStalledPort(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	s.SetPort("shop", "web", 9001, kubetest.PortStalls)
	conn, err := forward(t, config(t, s, "demo"), webForward)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := stream(t, conn, "9001", "1")
	if _, err := io.WriteString(data, "anybody?"); err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	go func() { b, _ := io.ReadAll(data); got <- string(b) }()
	banner, _ := stream(t, conn, "9005", "2")
	if text := readAll(t, banner); text != "hello from web\n" {
		t.Errorf("beside a stalled port the banner reads %q", text)
	}
	if err := s.DeletePod("shop", "web"); err != nil {
		t.Fatal(err)
	}
	if text := within(t, "the stalled connection", func() string { return <-got }); text != "" {
		t.Errorf("the stalled port sends %q", text)
	}
}

func TestHungUpgrades(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	s.HangUpgrades(true)
	done := make(chan error, 1)
	go func() { _, err := forward(t, config(t, s, "demo"), webForward); done <- err }()
	a := newAPI(t, config(t, s, "demo"))
	for s.Requests("create", "pods/portforward") == 0 {
		a.get("/version")
	}
	select {
	case err := <-done:
		t.Errorf("the upgrade is answered: %v", err)
	default:
	}
	s.HangUpgrades(false)
	if err := within(t, "the upgrade", func() error { return <-done }); err != nil {
		t.Error(err)
	}
}

func TestReplacedPod(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	a := newAPI(t, config(t, s, "demo"))
	before := a.get("/api/v1/namespaces/shop/pods/web").Metadata.UID
	conn, data := echoing(t, s)
	if err := s.ReplacePod("shop", "web"); err != nil {
		t.Fatal(err)
	}
	if text := readAll(t, data); text != "" {
		t.Errorf("the open connection gets %q", text)
	}
	_, errs := stream(t, conn, "9001", "2")
	if text := readAll(t, errs); !strings.Contains(text, "network namespace for sandbox") || !strings.HasSuffix(text, "is closed") {
		t.Errorf("the old session says %q", text)
	}
	if after := a.get("/api/v1/namespaces/shop/pods/web").Metadata.UID; after == before {
		t.Error("the UID is the same")
	}
	echoing(t, s)
}

func TestRestartedContainer(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	conn, data := echoing(t, s)
	if err := s.RestartContainer("shop", "web"); err != nil {
		t.Fatal(err)
	}
	if text := readAll(t, data); text != "" {
		t.Errorf("the open connection gets %q", text)
	}
	again, _ := stream(t, conn, "9005", "2")
	if text := readAll(t, again); text != "hello from web\n" {
		t.Errorf("the banner reads %q", text)
	}
}

func TestPodsThatDoNotServe(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Demo())
	c := config(t, s, "demo")
	for pod, want := range map[string]string{
		"data/backup-29384720-tq8xv": `pod not found ("backup-29384720-tq8xv_data")`,
		"shop/nosuch":                `pods "nosuch" not found`,
	} {
		ns, name, _ := strings.Cut(pod, "/")
		if _, err := forward(t, c, "/api/v1/namespaces/"+ns+"/pods/"+name+"/portforward"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", pod, err)
		}
	}
	for _, name := range []string{"checkout-6c9f4d7b8d-z5wnp", "recommender-84c5d9f7b9-p9jkl"} {
		conn, err := forward(t, c, "/api/v1/namespaces/shop/pods/"+name+"/portforward")
		if err != nil {
			t.Fatal(err)
		}
		_, errs := stream(t, conn, "8080", "1")
		if text := readAll(t, errs); !strings.Contains(text, "connection refused") {
			t.Errorf("%s: %q", name, text)
		}
	}
}
