package window

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"culvert/e2e/desk"
	"culvert/kube/kubetest"
)

// TestPictures takes the pictures of the documentation, of the real program on
// the demo cluster.
func TestPictures(t *testing.T) {
	dir := *picturesDir
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			take := func(w *window, name string, size image.Point) {
				picture(w, filepath.Join(dir, "window-"+name+"-"+theme+".png"), size)
			}
			d := newDesktop(t)
			w := d.open(t, exec.Command(shared.culvert, "--kubeconfig", demoKubeconfig(t, d)), "FYNE_THEME="+theme)
			w.Want("ask:"+kubetest.DemoContext, "Check again")
			w.Want("ask:"+kubetest.DemoLimitedContext, "Check again")
			take(w, "first-run", pictureSize)
			w.Close()
			takeProfiles(t, d, theme, take)

			w = d.open(t, exec.Command(shared.culvert, "demo"), "FYNE_THEME="+theme)
			awaitDemo(w)
			w.Click("tree:demo")
			w.Click("tree:demo/shop")
			w.See("tree:demo/shop/svc/cart-redis")
			makeTraffic(w)
			take(w, "overview", pictureSize)
			w.resize(narrowSize)
			take(w, "narrow", narrowSize)
			w.resize(pictureSize)
			takeDetails(w, take)
			takeTroubles(w, take)
			w.Close()
		})
	}
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			takeLanguage(t, l, filepath.Join(dir, "window-language-"+l.name+".png"))
		})
	}
}

// inLanguage is a language of the window, with the state that tells it.
type inLanguage struct{ name, locale, ready string }

// languages are those of the catalogues; all other pictures are in English.
var languages = []inLanguage{
	{"german", "de_DE.UTF-8", "Bereit"},
	{"french", "fr_FR.UTF-8", "Prêt"},
	{"chinese", "zh_CN.UTF-8", "就绪"},
}

// takeLanguage takes a picture of the demo's tunnels in the language of the desktop.
func takeLanguage(t *testing.T, l inLanguage, path string) {
	w := newDesktop(t).open(t, exec.Command(shared.culvert, "demo"), "FYNE_THEME=light", "LANG="+l.locale)
	for _, name := range []string{"web", "api", "postgres", "grafana", "logs"} {
		w.Want("row:"+name, l.ready)
	}
	w.Click("row:postgres")
	w.See("details/toggle")
	picture(w, path, pictureSize)
	w.Close()
}

// narrowSize is the smallest size of the window.
var narrowSize = image.Pt(720, 480)

// takeDetails takes the pictures of a tunnel's details.
func takeDetails(w *window, take func(*window, string, image.Point)) {
	w.t.Helper()
	w.Click("row:postgres")
	w.See("details/toggle")
	take(w, "details", pictureSize)
	w.Click("details/tab:connections")
	w.SeeThat("details/tab:connections", "is shown", func(string) bool { return true })
	take(w, "connections", pictureSize)
	w.Click("details/reconnect")
	w.Want("row:postgres", "Ready")
	w.Click("details/tab:timeline")
	take(w, "timeline", pictureSize)
	w.Click("details/tab:overview")
	w.Click("details/close")
	w.Gone("details/toggle")
}

// takeTroubles takes the pictures of the sheet and of what goes wrong.
func takeTroubles(w *window, take func(*window, string, image.Point)) {
	w.t.Helper()
	port := busyPort(w)
	w.Click("tree:demo/shop/svc/cart-redis")
	w.Fill("form/line", "svc/cart-redis "+port+":6379 6380x:9121 -n shop")
	w.SeeThat("form/line-verdict", "says something", func(s string) bool { return s != "" })
	take(w, "mistake", pictureSize)
	w.Fill("form/line", "svc/cart-redis "+port+":6379 -n shop")
	w.SeeThat("form/verdict:0", "says something", func(s string) bool { return s != "" })
	take(w, "new-tunnel", pictureSize)
	w.Click("form/create-start")
	w.Want("row:cart-redis", "Needs you: port busy")
	w.See("conflict:use-port")
	take(w, "conflict", pictureSize)
	w.Press("Delete")
	w.Gone("row:cart-redis")

	w.Click("new-tunnel") // to a port that the pod refuses
	w.Fill("form/line", apiPod+" :6060 -n shop")
	w.Click("form/create-start")
	w.Want("row:"+apiPod, "Ready")
	_, _ = desk.Host().Page(w.t.Context(), w.Texts("details/address:", 2)[0]) // this is what makes it known
	w.Want("row:"+apiPod, "Degraded")
	w.See("details/error")
	take(w, "error", pictureSize)
}

// demoKubeconfig starts a demo cluster without tunnels and returns the path of
// its kubeconfig, which only the test's user can read and which goes with the
// desktop.
func demoKubeconfig(t *testing.T, d *desktop) string {
	t.Helper()
	cluster, err := kubetest.New(kubetest.Demo())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	path := filepath.Join(d.Path, "demo.kubeconfig")
	if err := os.WriteFile(path, cluster.Kubeconfig(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// makeTraffic keeps the tunnels of the demo busy until the test's end, and
// returns when the window shows it.
func makeTraffic(w *window) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	var clients sync.WaitGroup
	w.t.Cleanup(func() { cancel(); clients.Wait() })
	addr := func(name string) string { return w.See("row:" + name + "/address:0").Text }
	for name, n := range map[string]int{"web": 5, "api": 2, "grafana": 1} {
		for range n {
			browse(ctx, &clients, addr(name))
		}
	}
	for name, n := range map[string]int{"postgres": 3, "logs": 1} {
		for range n {
			hold(ctx, w.t, &clients, addr(name), name == "postgres")
		}
	}
	w.Click("row:logs")
	w.SeeThat("details/fact:Received", "has a rate", func(s string) bool { return !strings.HasSuffix(s, " 0 B/s") })
	w.Click("row:postgres")
	w.SeeThat("details/fact:Connections", "counts three", func(s string) bool { return strings.HasPrefix(s, "3 open") })
	w.SeeThat("details/fact:Received", "has a rate", func(s string) bool { return !strings.HasSuffix(s, " 0 B/s") })
	w.Click("details/close")
}

// browse asks for the page again and again, as a browser does: on a connection
// that it keeps.
func browse(ctx context.Context, clients *sync.WaitGroup, addr string) {
	transport := &http.Transport{}
	client := http.Client{Transport: transport}
	clients.Go(func() {
		defer transport.CloseIdleConnections()
		for tick := time.Tick(40 * time.Millisecond); ; {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/", nil)
			if err != nil {
				return
			}
			if resp, err := client.Do(req); err == nil { // the last one is cut short
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			select {
			case <-tick:
			case <-ctx.Done():
				return
			}
		}
	})
}

// hold keeps a connection, on which it speaks now and then if it is an echo.
func hold(ctx context.Context, t *testing.T, clients *sync.WaitGroup, addr string, talks bool) {
	t.Helper()
	conn, err := desk.Host()(ctx, "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	clients.Go(func() { _, _ = io.Copy(io.Discard, conn) }) // until it is closed
	if !talks {
		return
	}
	clients.Go(func() {
		for tick := time.Tick(50 * time.Millisecond); ; {
			if _, err := io.WriteString(conn, strings.Repeat("select 1;\n", 40)); err != nil {
				return
			}
			select {
			case <-tick:
			case <-ctx.Done():
				return
			}
		}
	})
}

// busyPort has another program listen on a port of both families until the
// test's end.
func busyPort(w *window) string {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	program := filepath.Join(w.desktop.Dir, "redis-server") // what the window names
	binary, err := os.ReadFile(self)
	if err == nil {
		err = os.WriteFile(program, binary, 0o700)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(program, "-hold-port", "6379")
	holder := w.desktop.Start(w.t, "holder", cmd, false)
	port := ""
	desk.Eventually(w.t, "another program has the port", func() error {
		if err := holder.Alive(); err != nil {
			w.t.Fatalf("%v\n%s", err, holder.Printed())
		}
		if port = strings.TrimSpace(holder.Printed()); port == "" {
			return errors.New("it does not say so")
		}
		return nil
	})
	return port
}

// holdPort listens on a port of both families, or on any where that is not free, says
// which, and stays; it returns the exit status.
func holdPort(wanted string) int {
	four, err := net.Listen("tcp", "127.0.0.1:"+wanted)
	if err != nil {
		four, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	port := strconv.Itoa(four.Addr().(*net.TCPAddr).Port)
	_, _ = net.Listen("tcp", net.JoinHostPort("::1", port)) // where there is that family
	fmt.Println(port)
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	<-ended
	return 0
}

// picture writes a picture of the window in its size, the mouse being elsewhere.
func picture(w *window, path string, size image.Point) {
	w.t.Helper()
	w.Activate()
	w.Aside()
	w.Await("the window has its size", func(b desk.Boxes) error {
		if got, want := image.Pt(int(b.Width), int(b.Height)), size; got != want {
			return fmt.Errorf("it is %v, want %v", got, want)
		}
		return nil
	})
	atRest(w, path)
}

// atRest writes a picture of the window when nothing in it moves any more.
func atRest(w *window, path string) {
	w.t.Helper()
	// What the boxes tell is painted a little later, and numbers keep changing.
	const atRest = 3
	var last image.Image
	alike := 0
	desk.Eventually(w.t, "a picture at rest", func() error {
		if err := w.Shoot(path); err != nil {
			return err
		}
		img, err := readPicture(path)
		if err != nil {
			return err
		}
		changed := 1.0
		if last != nil {
			changed = difference(last, img)
		}
		last = img
		if alike++; changed > 0.01 {
			alike = 0
		}
		if alike < atRest {
			return fmt.Errorf("%.1f %% of the picture have changed", 100*changed)
		}
		return nil
	})
}

// pictureSize is the size of the window as it opens.
var pictureSize = image.Pt(1080, 680)

func readPicture(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

// difference returns the part of the pixels that differ; pictures of two sizes
// differ altogether.
func difference(a, b image.Image) float64 {
	size := a.Bounds().Size()
	if size != b.Bounds().Size() {
		return 1
	}
	n := 0
	for y := range size.Y {
		for x := range size.X {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(size.X*size.Y)
}
