package ui

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
	"culvert/tunnels/speaks"
	"culvert/ui/parts"
)

// browserApp remembers what was opened in the browser.
type browserApp struct {
	fyne.App
	opened []string
	err    error
}

func (b *browserApp) OpenURL(u *url.URL) error {
	b.opened = append(b.opened, u.String())
	return b.err
}

// speaking makes ports speak what is told, and counts how often they are asked.
func speaking(w *world, found map[string]speaks.Spoken) *atomic.Int32 {
	asked := new(atomic.Int32)
	w.app.prober = func(_ context.Context, addr string) (speaks.Spoken, error) {
		asked.Add(1)
		s, ok := found[addr]
		if !ok {
			return s, errors.New("refused")
		}
		return s, nil
	}
	return asked
}

func browsing(w *world) *browserApp {
	b := &browserApp{App: w.app.deps.App}
	w.app.deps.App = b
	return b
}

func told(w *world) string {
	if o := w.app.window.Canvas().Overlays().Top(); o != nil {
		return texts(o)
	}
	return ""
}

func TestOpenAsksOnceWhatThePortSpeaks(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	b := browsing(w)
	asked := speaking(w, map[string]speaks.Spoken{"127.0.0.1:6000": {Scheme: "https", TLS: true}, "127.0.0.1:42001": {Said: "+PONG"}})
	w.app.choose("web")
	w.app.openBrowser("web")
	if !w.app.details.view.asking || w.app.details.open.Label() != "Asking…" || !w.app.details.open.Disabled() {
		t.Error("nothing shows that the port is asked")
	}
	w.app.openBrowser("web") // a second click while the first is under way
	w.until("it is open", func() bool { return len(b.opened) > 0 })
	if w.app.details.view.asking {
		t.Error("it still shows that the port is asked")
	}
	w.app.copyURL("web")
	if w.app.details.url.Label() != "Copied" {
		t.Error("nothing shows that the URL was copied")
	}
	w.app.openBrowser("web")
	if got := w.app.deps.App.Clipboard().Content(); got != "https://127.0.0.1:6000/" {
		t.Errorf("Copy URL copies %q", got)
	}
	if want := []string{"https://127.0.0.1:6000/", "https://127.0.0.1:6000/"}; !slices.Equal(b.opened, want) {
		t.Errorf("opened are %v", b.opened)
	}
	if asked.Load() != 2 {
		t.Errorf("the two ports were asked %d times", asked.Load())
	}
	w.tunnels.change("", "web", func(s *tunnels.Status) { s.Spec.Name = "other" })
	w.until("the spec has changed", func() bool { return w.app.snap[0].Spec.Name == "other" })
	w.app.openBrowser("web")
	w.until("it is open again", func() bool { return len(b.opened) == 3 })
	if asked.Load() != 4 {
		t.Errorf("after a change the ports were asked %d times in all", asked.Load())
	}
}

func TestSeveralSitesAreAChoice(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	b := browsing(w)
	speaking(w, map[string]speaks.Spoken{"127.0.0.1:6000": {Scheme: "http"}, "127.0.0.1:42001": {Scheme: "https"}})
	w.app.choose("web")
	w.app.copyURL("web")
	w.until("there is a choice", func() bool { return w.app.window.Canvas().Overlays().Top() != nil })
	if len(b.opened) > 0 {
		t.Errorf("opened without a choice: %v", b.opened)
	}
	find[*parts.Options](w.app.window.Canvas().Overlays().Top()).OnChoose("https://127.0.0.1:42001/")
	if got := w.app.deps.App.Clipboard().Content(); got != "https://127.0.0.1:42001/" {
		t.Errorf("copied is %q", got)
	}
}

func TestNothingToOpenSaysWhatWasFound(t *testing.T) {
	st := readyStatus(spec("db", "", "", "db-0", "5432", "6379", "22", "443", "80"))
	doors := speaks.Doors(st)
	if len(doors) != 5 {
		t.Fatalf("there are %d doors", len(doors))
	}
	doors[1].Found = speaks.Spoken{Said: "+PONG"}
	doors[2].Err = errors.New("refused")
	doors[3].Found = speaks.Spoken{TLS: true}
	doors[4].Found = speaks.Spoken{TLS: true, Said: "EHLO"}
	if got, want := doorText(st, speaks.Door{Found: speaks.Spoken{Echo: true}, Mapping: doors[0].Mapping}), "5432 in db-0 does not speak HTTP (it sends back what it gets): nothing to open."; got != want {
		t.Errorf("of an echo it says %q", got)
	}
	want := "5432 in db-0 does not speak HTTP (it said nothing that could be read): nothing to open. " +
		"6379 in db-0 does not speak HTTP (it sent “+PONG”): nothing to open. " +
		"127.0.0.1:22 cannot be reached now: nothing to open. " +
		"443 in db-0 speaks TLS, but not HTTP: nothing to open. " +
		"80 in db-0 speaks TLS, but not HTTP (it sent “EHLO”): nothing to open."
	if got := nothingToOpen(st, doors); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestOpeningWhatCannotBeOpened(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	browsing(w)
	asked := speaking(w, map[string]speaks.Spoken{"127.0.0.1:6000": {}, "127.0.0.1:42001": {}})
	w.app.openBrowser("redis")
	if got := told(w); !strings.Contains(got, "start it first") || asked.Load() != 0 {
		t.Errorf("of a stopped tunnel it says %q and asks %d times", got, asked.Load())
	}
	w.key(fyne.KeyEscape)
	w.app.openBrowser("web")
	w.until("it says so", func() bool { return strings.Contains(told(w), "nothing to open") })
	test.Tap(button(w.app.window.Canvas().Overlays().Top(), "no-site/ok"))
	w.until("the bare address is copied", func() bool { return w.app.deps.App.Clipboard().Content() == "127.0.0.1:42001" })
	w.until("the prompt is gone", func() bool { return told(w) == "" })
	w.app.openBrowser("web")
	w.until("it asks again: nothing was found", func() bool { return asked.Load() == 4 && told(w) != "" })
	w.key(fyne.KeyEscape)
	w.tunnels.change("", "web", func(s *tunnels.Status) { s.State = tunnels.Reconnecting })
	w.until("it reconnects", func() bool { return w.app.snap[0].State == tunnels.Reconnecting })
	w.app.openBrowser("web")
	if got := told(w); !strings.Contains(got, "wait until it is ready") {
		t.Errorf("while it reconnects it says %q", got)
	}
}

func TestABrowserThatDoesNotOpenLeavesTheURL(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	b := browsing(w)
	b.err = errors.New("no browser")
	speaking(w, map[string]speaks.Spoken{"127.0.0.1:6000": {Scheme: "http"}})
	w.app.openBrowser("web")
	w.until("it is told", func() bool { return strings.Contains(told(w), "http://127.0.0.1:6000/") })
}
