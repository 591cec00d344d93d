package desktop

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"

	"culvert/e2e/desk"
	"culvert/e2e/tray"
)

// The tray lists tunnels with their ports, and a click on one stops and starts it;
// its icon and its words are those of the worst state.
func TestTray(t *testing.T) {
	s := newSession(t)
	h, port := s.startTray(), s.keepShop()
	w := s.open()
	w.Want("row:web", "Ready")
	w.Want("row:api", "Ready")
	web := "127.0.0.1:" + port
	desk.Host().WantPage(t, web, "web-")

	i := iconOf(t, h)
	if p, err := i.Properties(t.Context()); err != nil || p.ID != "Culvert" || p.Title != "Culvert" || p.Status != "Active" || p.IsMenu {
		t.Errorf("the icon is %+v, %v", p, err)
	}
	api := address(w, "api")
	_, apiPort, _ := strings.Cut(api, ":")
	i.wantEntries(
		entry{"2 running", false},
		entry{"web  " + port + " → ", true},
		entry{"api  " + apiPort + " → ", true},
		entry{"redis_cart  ", false},
		entry{"recommender  ", false},
	)
	i.wantTip("Culvert: 2 running")
	pictures := map[string]*image.NRGBA{"running": i.picture()}

	i.choose("web  ")
	w.Want("row:web", "Stopped")
	desk.Host().WantRefusal(t, web)
	i.wantEntries(entry{"1 running", false}, entry{"web  " + port, false}, entry{"api  ", true})
	i.choose("web  ")
	w.Want("row:web", "Ready")
	desk.Host().WantPage(t, web, "web-")

	i.choose("Stop all")
	w.Want("row:api", "Stopped")
	w.Want("row:web", "Stopped")
	desk.Host().WantRefusal(t, web)
	desk.Host().WantRefusal(t, api)
	i.wantEntries(entry{"web  ", false}, entry{"api  ", false})
	i.wantTip("Culvert: No tunnel runs")
	pictures["stopped"] = i.picture()

	i.choose("recommender  ")
	i.wantTip("Culvert: 1 waits for a pod")
	pictures["working"] = i.picture()
	i.choose("recommender  ")
	w.Want("row:recommender", "Stopped")

	release, err := take(port)
	if err != nil {
		t.Fatal(err)
	}
	i.choose("web  ")
	w.SeeThat("row:web", "needs the user", func(s string) bool { return strings.HasPrefix(s, "Needs you") })
	i.wantTip("Culvert: 1 needs you")
	i.wantEntries(entry{"1 needs you", false}, entry{"web  " + port, true})
	pictures["needs you"] = i.picture()
	release()
	wantDistinct(t, pictures)

	i.choose("Stop all")
	i.wantTip("Culvert: No tunnel runs")
	i.choose("Start all")
	w.Want("row:web", "Ready")
	w.Want("row:api", "Ready")
	w.Want("row:redis_cart", "Ready")
	desk.Host().WantPage(t, web, "web-")

	i.choose("web  127.0.0.1:" + port) // below Copy address
	s.wantClipboard(web)
}

// wantDistinct wants that no two icons look alike, not even without colours.
func wantDistinct(t *testing.T, pictures map[string]*image.NRGBA) {
	t.Helper()
	for a, x := range pictures {
		for b, y := range pictures {
			if a < b && bytes.Equal(shape(x), shape(y)) {
				t.Errorf("the icons of %s and %s have the same shape", a, b)
			}
		}
	}
}

// shape is what is left of a picture without its colours: how light it is where it
// is to be seen.
func shape(img *image.NRGBA) []byte {
	var light []byte
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			light = append(light, byte(255*lightness(img.NRGBAAt(x, y))))
		}
	}
	return light
}

// wantClipboard waits until a text can be pasted elsewhere.
func (s *session) wantClipboard(text string) {
	s.t.Helper()
	desk.Eventually(s.t, "the clipboard", func() error {
		got, err := s.Clipboard(s.t.Context())
		if err == nil && got != text {
			err = fmt.Errorf("it has %q, want %q", got, text)
		}
		return err
	})
}

// Closing the window hides it where there is a tray: tunnels go on, and the window
// comes back by the menu and by a click on the icon. Quit ends the program.
func TestClosingHides(t *testing.T) {
	s := newSession(t)
	h, port := s.startTray(), s.keepShop()
	w := s.open()
	w.Want("row:web", "Ready")
	i, web := iconOf(t, h), "127.0.0.1:"+port

	w.AskToClose()
	s.wantHidden(w)
	desk.Host().WantPage(t, web, "web-")
	i.wantEntries(entry{"web  ", true})
	i.choose("web  ") // nothing is drawn, and yet it is done
	i.wantEntries(entry{"web  ", false})
	desk.Host().WantRefusal(t, web)

	i.choose("Open Culvert")
	s.wantFront(w)
	w.Want("row:web", "Stopped")
	w.Click("row:web/toggle")
	w.Want("row:web", "Ready")

	w.AskToClose()
	s.wantHidden(w)
	if err := i.Activate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wantFront(w)
	desk.Host().WantPage(t, web, "web-")

	w.AskToClose()
	s.wantHidden(w)
	i.choose("Quit (stops 2 tunnels)")
	s.wantEnd(w)
	desk.Host().WantRefusal(t, web)
	desk.Eventually(t, "the icon has gone", func() error {
		if n := len(h.Items()); n != 0 {
			return fmt.Errorf("there are %d", n)
		}
		return nil
	})
}

// A tray that goes while the window is hidden brings the window back, and one that
// comes has the icon again.
func TestTrayGoes(t *testing.T) {
	s := newSession(t)
	h, port := s.startTray(), s.keepShop()
	w := s.open()
	w.Want("row:web", "Ready")
	iconOf(t, h)
	w.AskToClose()
	s.wantHidden(w)

	h.Stop()
	w.Appear()
	w.Want("row:web", "Ready")
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")

	w.AskToClose() // no tray: it asks
	w.SeeThat("quit/title", "asks", func(s string) bool { return strings.Contains(s, "2 tunnels") })
	w.Click("quit/cancel")
	w.Gone("quit/title")

	h = s.startTray()
	i := iconOf(t, h)
	i.wantEntries(entry{"web  " + port, true})
	w.AskToClose()
	s.wantHidden(w)
	i.choose("Open Culvert")
	s.wantFront(w)
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
}

// Where no tray is shown, closing the window asks while tunnels run, and ends the
// program when none does.
func TestClosingAsks(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*session){
		"no tray": func(*session) {},
		"a watcher without a tray": func(s *session) {
			h, err := tray.StartWatcher(s.t.Context(), s.BusAddress())
			if err != nil {
				s.t.Fatal(err)
			}
			s.t.Cleanup(h.Stop)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			start(s)
			port := s.keepShop()
			w := s.open()
			w.Want("row:web", "Ready")
			w.Want("row:api", "Ready")
			web := "127.0.0.1:" + port
			w.AskToClose()
			w.Want("quit/title", "Quit and stop 2 tunnels?")
			w.Click("quit/cancel")
			w.Gone("quit/title")
			desk.Host().WantPage(t, web, "web-")
			w.AskToClose()
			w.Click("quit/ok")
			s.wantEnd(w)
			desk.Host().WantRefusal(t, web)

			w = s.open()
			w.Want("row:web", "Ready")
			for _, name := range []string{"web", "api"} {
				w.Want("row:"+name, "Ready")
				w.Click("row:" + name + "/toggle")
				w.Want("row:"+name, "Stopped")
			}
			w.AskToClose()
			s.wantEnd(w)
		})
	}
}

// The demo has a tray too.
func TestDemoInTray(t *testing.T) {
	s := newSession(t)
	h := s.startTray()
	w := s.open("demo")
	w.Want("row:web", "Ready")
	addr := address(w, "web")
	i := iconOf(t, h)
	_, port, _ := strings.Cut(addr, ":")
	i.wantEntries(entry{"web  " + port + " → ", true}, entry{"recommender  ", true})
	w.AskToClose()
	s.wantHidden(w)
	desk.Host().WantPage(t, addr, "web-")
	i.choose("Quit (stops ")
	s.wantEnd(w)
	if _, err := desk.Host().Page(t.Context(), addr); err == nil {
		t.Error("it serves still")
	}
	if s.visible(w) {
		t.Error(errors.New("its window is there still"))
	}
}
