package desktop

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/e2e/desk"
)

// soon is how long the window may take to show what was written to a profile; it is
// to be a second on a machine that has nothing else to do.
const soon = 2 * time.Second

// shows waits until the window shows what was just done.
func (s *session) shows(w *desk.Window, what string, wanted func(desk.Boxes) error) {
	s.t.Helper()
	began := time.Now()
	w.Await(what, wanted)
	took := time.Since(began)
	s.t.Logf("%-40s %4d ms", what, took.Milliseconds())
	if took > soon {
		s.t.Errorf("%s: after %v, want at most %v", what, took, soon)
	}
}

// What one writes to a profile in an editor is in the window at once. A mistake is
// told with its line, and changes nothing.
func TestProfileFiles(t *testing.T) {
	s := newSession(t)
	w := s.open()
	w.See("welcome/title")
	port := s.keepShop()
	s.shows(w, "a new file", desk.Has("row:web", ""))
	w.Want("row:web", "Stopped") // a file that comes starts nothing
	w.Click("row:web/toggle")
	w.Want("row:web", "Ready")
	web := "127.0.0.1:" + port
	desk.Host().WantPage(t, web, "web-")

	text := fmt.Sprintf(shop, port)
	s.keep("shop.yaml", strings.Replace(text, "name: redis_cart", "name: cache", 1))
	s.shows(w, "another name", desk.Has("row:cache", ""))
	s.shows(w, "not the one of before", desk.Lacks("row:redis_cart"))
	desk.Host().WantPage(t, web, "web-")

	other := freePort(t)
	s.keep("shop.yaml", strings.Replace(text, port, other, 1))
	s.shows(w, "another port", desk.Has("row:web/address:0", "127.0.0.1:"+other))
	w.Want("row:web", "Ready")
	desk.Host().WantPage(t, "127.0.0.1:"+other, "web-")
	desk.Host().WantRefusal(t, web)

	broken := strings.Replace(text, "    target: svc/api", "    target: [svc/api", 1)
	s.keep("shop.yaml", broken)
	line := 0
	for n, l := range strings.Split(broken, "\n") {
		if strings.Contains(l, "[svc/api") {
			line = n + 1
		}
	}
	s.shows(w, "a mistake", func(b desk.Boxes) error {
		x, ok := b.Find("banner")
		// The parser may find it a line later: where the next thing makes no sense.
		if !ok || !strings.Contains(x.Text, "shop.yaml") ||
			!strings.Contains(x.Text, fmt.Sprintf("line %d", line)) && !strings.Contains(x.Text, fmt.Sprintf("line %d", line+1)) {
			return fmt.Errorf("the banner says %q", x.Text)
		}
		return nil
	})
	w.Want("row:web", "Ready")
	w.See("row:redis_cart")
	desk.Host().WantPage(t, "127.0.0.1:"+other, "web-")
	if now, err := os.ReadFile(s.config("profiles", "shop.yaml")); err != nil || string(now) != broken {
		t.Errorf("the file with the mistake has changed: %v\n%s", err, now)
	}

	s.keep("shop.yaml", text)
	s.shows(w, "the mistake mended", desk.Lacks("banner"))
	s.shows(w, "the port of before", desk.Has("row:web/address:0", web))
	w.Want("row:web", "Ready")
	desk.Host().WantPage(t, web, "web-")
}

// A random port is the same over ten starts, and another one when something has
// taken it, which is told.
func TestSamePort(t *testing.T) {
	s := newSession(t)
	s.keep("data.yaml", `version: 1
context: demo
namespace: data
tunnels:
  - name: postgres
    target: svc/postgres
    ports: [":5432"]
    autostart: true
`)
	start := func() (w *desk.Window, port string) {
		t.Helper()
		w = s.open()
		w.Want("row:postgres", "Ready")
		addr := address(w, "postgres")
		desk.Host().WantEcho(t, addr)
		return w, strings.TrimPrefix(addr, "127.0.0.1:")
	}
	end := func(w *desk.Window) {
		t.Helper()
		if err := w.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		s.wantEnd(w)
	}
	w, port := start()
	for range 10 {
		end(w)
		var now string
		if w, now = start(); now != port {
			t.Fatalf("it listens on %s, and did on %s", now, port)
		}
	}
	end(w)

	release, err := take(port)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	w, other := start()
	if other == port {
		t.Fatalf("it listens on %s, which something else has", other)
	}
	w.Click("row:postgres")
	w.Await("a note about the port", func(b desk.Boxes) error {
		for _, x := range b.Boxes {
			if strings.Contains(x.Text, "Port "+port+", which it had before, is in use: it listens on "+other+" instead.") {
				return nil
			}
		}
		return fmt.Errorf("nothing says so")
	})
	end(w)
}

// What ran starts again where the user has chosen so, and else what is to start by
// itself alone.
func TestRestored(t *testing.T) {
	s := newSession(t)
	s.keepShop()
	again := func(w *desk.Window) *desk.Window {
		t.Helper()
		if err := w.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		s.wantEnd(w)
		w = s.open()
		w.Want("row:web", "Ready")
		return w
	}
	w := s.open()
	w.Want("row:redis_cart", "Stopped")
	w.Click("row:redis_cart/toggle")
	w.Want("row:redis_cart", "Ready")
	w = again(w)
	w.Want("row:redis_cart", "Stopped")

	w.Press("ctrl+comma")
	w.Want("prefs/restore", "off")
	w.Click("prefs/restore")
	w.Want("prefs/restore", "on")
	w.Click("prefs/done")
	w.Gone("prefs/done")
	w.Click("row:redis_cart/toggle")
	w.Want("row:redis_cart", "Ready")
	w = again(w)
	w.Want("row:redis_cart", "Ready")
	desk.Host().WantEcho(t, address(w, "redis_cart"))
}
