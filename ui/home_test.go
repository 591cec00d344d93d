package ui

import (
	"context"
	"slices"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/attach"
)

// fakeHome tells where the tunnels run.
type fakeHome struct{ places chan attach.Place }

func (h fakeHome) WatchPlace(ctx context.Context, fn func(attach.Place)) {
	for {
		select {
		case p := <-h.places:
			fn(p)
		case <-ctx.Done():
			return
		}
	}
}

// newAttachedWorld is a window whose tunnels run in another process.
func newAttachedWorld(t *testing.T, p attach.Place) (*world, fakeHome) {
	t.Helper()
	h := fakeHome{make(chan attach.Place)}
	w := newWorldOf(t, two(), newFakeCatalog(), func(d *Deps) { d.Home = h })
	p.Elsewhere = true
	h.places <- p
	w.until("it is known where the tunnels run", func() bool { return w.app.strip.where != "" })
	return w, h
}

func TestAnAttachedWindowStopsNothing(t *testing.T) {
	w, h := newAttachedWorld(t, attach.Place{PID: 7})
	if got := w.app.strip.where; got != "Tunnels run in the background" {
		t.Errorf("the strip says %q", got)
	}
	if n := w.app.stopsWith(); n != 0 {
		t.Errorf("%d tunnels would stop", n)
	}
	items := w.app.trayView().items
	if text := items[len(items)-1].text; text != "Quit (1 tunnel keeps running in the background)" {
		t.Errorf("the tray says %q", text)
	}
	w.app.quitAsked()
	if w.questioned() != nil || !w.app.ending.Load() {
		t.Error("quitting asks")
	}
	h.places <- attach.Place{}
	w.until("they run here", func() bool { return w.app.strip.where == "" })
	items = w.app.trayView().items
	if text := items[len(items)-1].text; text != "Quit (stops 1 tunnel)" || w.app.stopsWith() != 1 {
		t.Errorf("here, the tray says %q", text)
	}
}

func TestWhatIsLostCanBeStartedAgain(t *testing.T) {
	w, h := newAttachedWorld(t, attach.Place{})
	told := make(chan string, 1)
	w.app.deps.Notify = func(_ context.Context, _, text string) { told <- text }
	w.tunnels.change("", "web", func(s *tunnels.Status) { *s = tunnels.Status{Spec: s.Spec, Reason: "background ended"} })
	h.places <- attach.Place{Lost: []tunnels.ID{"web", "gone"}}
	w.until("the banner offers it", func() bool { return w.app.banner.view.verb == verbStartLost })
	if v := w.app.banner.view; v.text != "1 tunnel has stopped with it." || v.button != "Start again" {
		t.Errorf("the banner says %+v", v)
	}
	if row := w.row("web"); row.word != "Stopped" || row.reason != "Background ended" {
		t.Errorf("the row says %q, %q", row.word, row.reason)
	}
	if text := <-told; text != "2 tunnels have stopped with it." {
		t.Errorf("the notice says %q", text)
	}
	w.app.bannerAct(w.app.banner.view)
	w.until("it runs", func() bool { st, _ := w.app.snap.Find("web"); return st.State == tunnels.Ready })
	w.app.stop1("web")
	w.until("it is stopped by the user", func() bool { st, _ := w.app.snap.Find("web"); return st.State == tunnels.Stopped })
	if w.app.banner.view.verb == verbStartLost || !slices.Contains(w.tunnels.called(), "start web") {
		t.Errorf("the banner says %+v after %q", w.app.banner.view, w.tunnels.called())
	}
}

// TestLostBeforeStopped: that the process has ended may be heard of before the tunnels are
// seen to have stopped.
func TestLostBeforeStopped(t *testing.T) {
	w, h := newAttachedWorld(t, attach.Place{})
	h.places <- attach.Place{Lost: []tunnels.ID{"web"}}
	w.until("it is known that they run here", func() bool { return w.app.strip.where == "" })
	w.tunnels.change("", "web", func(s *tunnels.Status) { *s = tunnels.Status{Spec: s.Spec, Reason: "background ended"} })
	w.until("the banner offers it", func() bool { return w.app.banner.view.verb == verbStartLost })
}

func TestOtherKubeconfigsAreTold(t *testing.T) {
	w, _ := newAttachedWorld(t, attach.Place{Kubeconfigs: []string{"/home/kim/dev.yaml", "/b"}})
	v := w.app.banner.view
	if v.title != "The background Culvert uses other kubeconfigs than this window." || v.copies != "/home/kim/dev.yaml, /b" || !v.advice {
		t.Errorf("the banner says %+v", v)
	}
	w.app.dismissBanner(v)
	if w.app.banner.Visible() && w.app.banner.view.key == v.key {
		t.Error("it cannot be hidden")
	}
}
