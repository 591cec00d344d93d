package desktop

import (
	"testing"

	"culvert/e2e/desk"
)

// Started at login, the program stays hidden where there is a tray, and its tunnels
// run.
func TestHidden(t *testing.T) {
	s := newSession(t)
	h, port := s.startTray(), s.keepShop()
	w := s.Launch(t, s.command("--hidden"))
	i := iconOf(t, h)
	i.wantTip("Culvert: 2 running")
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
	if s.visible(w) {
		t.Error("its window is on the screen")
	}
	if err := i.Activate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wantFront(w)
	w.Want("row:web", "Ready")
	w.AskToClose()
	s.wantHidden(w)
	i.choose("Quit (stops 2 tunnels)")
	s.wantEnd(w)
}

// Where there is no tray, it shows itself.
func TestHiddenNowhere(t *testing.T) {
	s := newSession(t)
	port := s.keepShop()
	w := s.Launch(t, s.command("--hidden"))
	w.Appear()
	w.Want("row:web", "Ready")
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
}
