package window

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

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
			take := func(w *window, name string) { picture(w, filepath.Join(dir, name)) }
			d := newDesktop(t)
			w := d.open(t, exec.Command(shared.culvert, "--kubeconfig", demoKubeconfig(t, d)), "FYNE_THEME="+theme)
			w.want("ask:"+kubetest.DemoContext, "Check again")
			w.want("ask:"+kubetest.DemoLimitedContext, "Check again")
			take(w, "window-empty-"+theme+".png")
			w.close()

			w = d.open(t, exec.Command(shared.culvert, "demo"), "FYNE_THEME="+theme)
			awaitDemo(w)
			w.click("tree:demo")
			w.click("tree:demo/shop")
			w.see("tree:demo/shop/svc/cart-redis")
			makeTraffic(w)
			take(w, "window-"+theme+".png")

			port := busyPort(t)
			w.click("tree:demo/shop/svc/cart-redis")
			w.fill("form/ports", port+":6379 6380:")
			w.seeThat("form/ports-error", "says something", func(s string) bool { return s != "" })
			if theme == "light" {
				take(w, "window-form.png")
			}
			w.fill("form/ports", port+":6379")
			w.silent("form/ports-error")
			w.click("form/create-start")
			w.want("row:cart-redis", "Needs you: port busy")
			w.see("details/error")
			take(w, "window-error-"+theme+".png")
			w.close()
		})
	}
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
	path := filepath.Join(d.home, "demo.kubeconfig")
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
	addr := func(name string) string { return w.see("row:" + name + "/address:0").Text }
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
	w.click("row:logs")
	w.seeThat("details/fact:Received", "has a rate", func(s string) bool { return !strings.HasSuffix(s, " 0 B/s") })
	w.click("row:postgres")
	w.seeThat("details/fact:Connections", "counts three", func(s string) bool { return strings.HasPrefix(s, "3 open") })
	w.seeThat("details/fact:Received", "has a rate", func(s string) bool { return !strings.HasSuffix(s, " 0 B/s") })
	w.click("details/close")
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
	conn, err := host()(ctx, "tcp", addr)
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

// busyPort listens on a port of both families until the test's end.
func busyPort(t *testing.T) string {
	t.Helper()
	four, err := net.Listen("tcp", "127.0.0.1:6379")
	if err != nil {
		four, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { four.Close() })
	port := strconv.Itoa(four.Addr().(*net.TCPAddr).Port)
	if six, err := net.Listen("tcp", net.JoinHostPort("::1", port)); err == nil {
		t.Cleanup(func() { six.Close() })
	}
	return port
}

// picture writes a picture of the window, the mouse being elsewhere.
func picture(w *window, path string) {
	w.t.Helper()
	w.activate()
	w.aside()
	w.await("the window has its size", func(b boxes) error {
		if got, want := image.Pt(int(b.Width), int(b.Height)), pictureSize; got != want {
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
	eventually(w.t, "a picture at rest", func() error {
		if err := w.shoot(path); err != nil {
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
