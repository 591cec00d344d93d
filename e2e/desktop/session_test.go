package desktop

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/e2e/desk"
	"culvert/e2e/tray"
	"culvert/kube/kubetest"
)

// atOnce is what the program has to end in: two seconds by its own watch, and what a
// machine that is busy with other things adds to that.
const atOnce = 3 * time.Second

// session is a desktop session with a bus, a keyring and a cluster, and no tray at
// first.
type session struct {
	*desk.Desktop
	t          *testing.T
	cluster    *kubetest.Server
	kubeconfig string
}

// newSession starts a session that ends with the test. Tests run beside each other:
// most of their time they wait.
func newSession(t *testing.T) *session {
	t.Helper()
	t.Parallel()
	h := desk.NewHome(t)
	h.StartBus(t)
	h.StartKeyring(t)
	s := &session{Desktop: desk.NewDesktop(t, h, image.Pt(1280, 800)), t: t, kubeconfig: filepath.Join(h.Path, "kubeconfig")}
	var err error
	if s.cluster, err = kubetest.New(kubetest.Demo()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.cluster.Close)
	if err := os.WriteFile(s.kubeconfig, s.cluster.Kubeconfig(), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// startTray starts a tray, which ends with the test if not before.
func (s *session) startTray() *tray.Host {
	s.t.Helper()
	h, err := tray.Start(s.t.Context(), s.BusAddress())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(h.Stop)
	return h
}

// command is a start of the program on the session's cluster.
func (s *session) command(args ...string) *exec.Cmd {
	return exec.Command(program, append([]string{"--kubeconfig", s.kubeconfig}, args...)...)
}

// open starts the program and waits for its window.
func (s *session) open(args ...string) *desk.Window {
	s.t.Helper()
	return s.Open(s.t, s.command(args...))
}

// config returns a path in the program's config folder.
func (s *session) config(path ...string) string {
	return filepath.Join(append([]string{s.Path, ".config", "culvert"}, path...)...)
}

// keep writes a profile as an editor does: the file is there with all that is in it.
func (s *session) keep(name, text string) {
	s.t.Helper()
	path := s.config("profiles", name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path+"~", []byte(text), 0o600)
	}
	if err == nil {
		err = os.Rename(path+"~", path)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// shop is a profile with tunnels of the demo cluster: web and api, which start with
// the program, redis, and one whose pod cannot start.
const shop = `version: 1
name: Shop
context: demo
namespace: shop
tunnels:
  - name: web
    target: svc/web
    ports: ["%s:http"]
    autostart: true
  - name: api
    target: svc/api
    ports: [":http", ":metrics"]
    autostart: true
  - name: redis_cart
    target: svc/cart-redis
    ports: [":redis"]
  - name: recommender
    target: pod/recommender-84c5d9f7b9-p9jkl
    ports: [":8080"]
`

// keepShop writes that profile and returns the port of web.
func (s *session) keepShop() (port string) {
	s.t.Helper()
	port = freePort(s.t)
	s.keep("shop.yaml", fmt.Sprintf(shop, port))
	return port
}

// freePort returns a port on which nobody listens, in no family. It is none of those
// that the system gives to whoever asks for any.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(10000))
		if release, err := take(port); err == nil {
			release()
			return port
		}
	}
	t.Fatal("there is no free port")
	return ""
}

// take listens on a port of both families until release is called.
func take(port string) (release func(), err error) {
	four, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, err
	}
	six, err := net.Listen("tcp", net.JoinHostPort("::1", port))
	switch {
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT): // there is no such family
		return func() { four.Close() }, nil
	case err != nil:
		four.Close()
		return nil, err
	}
	return func() { four.Close(); six.Close() }, nil
}

// visible says whether the window is on the screen.
func (s *session) visible(w *desk.Window) bool {
	s.t.Helper()
	list, err := s.Tool(s.t.Context(), "wmctrl", "-l", "-p")
	if err != nil {
		s.t.Fatal(err)
	}
	for line := range strings.Lines(list) {
		if f := strings.Fields(line); len(f) > 2 && f[2] == strconv.Itoa(w.Cmd.Process.Pid) {
			return true
		}
	}
	return false
}

// wantHidden waits until the window has gone though the program has not.
func (s *session) wantHidden(w *desk.Window) {
	s.t.Helper()
	desk.Eventually(s.t, "the window is hidden", func() error {
		if err := w.Alive(); err != nil {
			s.t.Fatalf("%v\n%s", err, w.Printed())
		}
		if s.visible(w) {
			return errors.New("it is on the screen")
		}
		return nil
	})
}

// wantFront waits until the window is there and has the keyboard.
func (s *session) wantFront(w *desk.Window) {
	s.t.Helper()
	w.Appear()
	want, err := strconv.ParseInt(w.ID, 0, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	desk.Eventually(s.t, "the window is in front", func() error {
		got, err := s.Tool(s.t.Context(), "xdotool", "getactivewindow")
		if err == nil && got != strconv.FormatInt(want, 10) {
			err = fmt.Errorf("in front is %s, want %d", got, want)
		}
		return err
	})
}

// wantEnd wants that the program ends in order, and at once, after what was just
// done.
func (s *session) wantEnd(w *desk.Window) {
	s.t.Helper()
	began := time.Now()
	if code := w.Status(s.t); code != 0 {
		s.t.Errorf("the exit status is %d, want 0\n%s", code, w.Printed())
	}
	if took := time.Since(began); took > atOnce {
		s.t.Errorf("it has ended after %v, want at most %v", took, atOnce)
	}
}

// address returns what a tunnel listens on.
func address(w *desk.Window, name string) string { return w.See("row:" + name + "/address:0").Text }

// demo is a start of the demo.
func (s *session) demo() *exec.Cmd { return exec.Command(program, "demo") }
