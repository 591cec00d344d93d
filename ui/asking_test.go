package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

func TestDangersOf(t *testing.T) {
	listens := func(name, context string, listen ...string) tunnels.Spec {
		s := spec(name, context, "shop", name+"-0", "5000")
		s.Listen = listen
		return s
	}
	names := targetNames{current: "dev"}
	contexts := []kube.Context{{Name: "dev"}, {Name: "prod", Production: true}, {Name: "dark", Unsure: true}}
	tests := []struct {
		name  string
		specs []tunnels.Spec
		title string // empty for no question
		says  []string
		ok    string
	}{
		{"harmless", []tunnels.Spec{listens("a", "dev"), listens("b", "", "localhost", "127.0.0.2", "::1", "::ffff:127.0.0.1")}, "", nil, ""},
		{"an unknown context", []tunnels.Spec{listens("a", "gone")}, "", nil, ""},
		{"production", []tunnels.Spec{listens("a", "prod")}, "Start in production?", []string{"“a” leads to a-0:5000 in prod, which is marked as production."}, "Start in production"},
		{"perhaps production", []tunnels.Spec{listens("a", "dark")}, "Start in production?", []string{"may be production"}, "Start in production"},
		{"the current context is production", []tunnels.Spec{listens("a", "")}, "", nil, ""},
		{"open", []tunnels.Spec{listens("a", "dev", "127.0.0.1", "0.0.0.0", "::")}, "Listen for other computers too?", []string{"listens on 0.0.0.0, ::: other computers", "your rights"}, "Start and listen"},
		{"both", []tunnels.Spec{listens("a", "prod", "192.0.2.1")}, "Start in production?", []string{"production.", "192.0.2.1"}, "Start in production"},
		{
			"several, the harmless unnamed",
			[]tunnels.Spec{listens("a", "prod"), listens("b", "dev"), listens("c", "prod")},
			"Start 2 tunnels that ask first?",
			[]string{"“a”", "“c”"},
			"Start in production",
		},
		{
			"many",
			[]tunnels.Spec{listens("a", "prod"), listens("b", "prod"), listens("c", "prod"), listens("d", "prod"), listens("e", "prod"), listens("f", "prod"), listens("g", "prod")},
			"Start 7 tunnels that ask first?",
			[]string{"“f”", "And so does 1 more."},
			"Start in production",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ds := dangersOf(tt.specs, names, listing[kube.Context]{items: contexts, loaded: true})
			if len(ds) == 0 {
				if tt.title != "" {
					t.Error("nothing is asked")
				}
				return
			}
			q := askingOf(ds)
			if q.title != tt.title || q.ok != tt.ok {
				t.Errorf("it asks %q with %q", q.title, q.ok)
			}
			for _, s := range tt.says {
				if !strings.Contains(q.text, s) {
					t.Errorf("it says %q, without %q", q.text, s)
				}
			}
			if strings.Contains(q.text, "“b”") && tt.name != "many" {
				t.Errorf("it names what is harmless: %q", q.text)
			}
		})
	}
}

// TestUnreadContextsMayBeProduction: who starts before the kubeconfig is read, or
// when it cannot be read, is asked.
func TestUnreadContextsMayBeProduction(t *testing.T) {
	specs := []tunnels.Spec{spec("a", "prod", "shop", "a-0", "5000")}
	for name, contexts := range map[string]listing[kube.Context]{"not read yet": {}, "unreadable": {loaded: true, err: errors.New("cut off")}} {
		if ds := dangersOf(specs, targetNames{}, contexts); len(ds) != 1 || !ds[0].unsure {
			t.Errorf("%s: %+v", name, ds)
		}
	}
}

func TestNewDangers(t *testing.T) {
	names := targetNames{}
	contexts := listing[kube.Context]{items: []kube.Context{{Name: "dev"}, {Name: "prod", Production: true}}, loaded: true}
	of := func(context string, listen ...string) []danger {
		s := spec("a", context, "shop", "a-0", "5000")
		s.Listen = listen
		return dangersOf([]tunnels.Spec{s}, names, contexts)
	}
	for _, tt := range []struct {
		name       string
		old, now   []danger
		asks       bool
		production bool
		open       string
	}{
		{"harmless", of("dev"), of("dev"), false, false, ""},
		{"opened", of("dev"), of("dev", "0.0.0.0"), true, false, "0.0.0.0"},
		{"opened wider", of("prod", "192.0.2.1"), of("prod", "192.0.2.1", "0.0.0.0"), true, false, "0.0.0.0"},
		{"into production", of("dev", "0.0.0.0"), of("prod", "0.0.0.0"), true, true, ""},
		{"in production already", of("prod"), of("prod"), false, false, ""},
		{"closed", of("dev", "0.0.0.0"), of("dev"), false, false, ""},
	} {
		ds := newDangers(tt.old, tt.now)
		if len(ds) > 0 != tt.asks || tt.asks && (ds[0].production != tt.production || strings.Join(ds[0].open, " ") != tt.open) {
			t.Errorf("%s: %+v", tt.name, ds)
		}
	}
}

// TestSavingOpensNothingUnasked: a tunnel that runs is not made to listen for others
// by a change before that is asked about.
func TestSavingOpensNothingUnasked(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageEdit)
	w.app.details.editing.listen.OnChoose("0.0.0.0")
	test.Tap(w.app.details.editing.save)
	if w.app.window.Canvas().Overlays().Top() == nil || len(w.tunnels.called()) > 0 {
		t.Fatal("it is saved unasked")
	}
	w.key(fyne.KeyEscape)
	if e := w.app.paneEdits["web"]; e == nil || e.saving || e.form.listen != "0.0.0.0" {
		t.Error("what was typed is lost by Cancel")
	}
	test.Tap(w.app.details.editing.save)
	test.Tap(w.button("ask-start/ok"))
	w.until("it is saved", func() bool { return slices.Contains(w.app.snap[0].Spec.Listen, "0.0.0.0") })
}

func TestTheSheetOpensNothingUnasked(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.edit("web")
	e := w.app.editor
	e.set(func(f *form) { f.listen = "0.0.0.0" })
	e.submit(false)
	if len(w.tunnels.called()) > 0 {
		t.Fatal("it is saved unasked")
	}
	test.Tap(w.button("ask-start/cancel"))
	if w.app.editor != e || e.saving || e.form.listen != "0.0.0.0" {
		t.Error("what was typed is lost by Cancel")
	}
	e.submit(false)
	test.Tap(w.button("ask-start/ok"))
	w.until("it is saved", func() bool { return slices.Contains(w.app.snap[0].Spec.Listen, "0.0.0.0") })
	w.until("the sheet closes", func() bool { return w.app.editor == nil })
}

// productionWorld is a window with a running and two stopped tunnels, of which one
// leads to production.
func productionWorld(t *testing.T) *world {
	c := newFakeCatalog()
	c.contexts[1].Production = true
	f := two()
	f.snap = append(f.snap, stopped(spec("cache", "dev", "data", "cache-0", "6380")))
	return newWorld(t, f, c)
}

func TestStartingInProductionAsksFirst(t *testing.T) {
	w := productionWorld(t)
	w.app.toggle("redis")
	if w.app.window.Canvas().Overlays().Top() == nil || len(w.tunnels.called()) > 0 {
		t.Fatal("redis starts unasked")
	}
	if w.app.window.Canvas().Focused() != fyne.Focusable(w.button("ask-start/cancel")) {
		t.Error("Cancel has not the focus")
	}
	w.key(fyne.KeyEscape)
	if len(w.tunnels.called()) > 0 {
		t.Fatal("Escape starts it")
	}
	w.app.startAll()
	if len(w.tunnels.called()) > 0 {
		t.Fatal("Start all starts unasked")
	}
	test.Tap(w.button("ask-start/ok"))
	w.until("both run", func() bool { return w.row("redis").on && w.row("cache").on && len(w.app.busy) == 0 })
	if w.app.window.Canvas().Overlays().Top() != nil {
		t.Error("the question stays")
	}
	w.app.toggle("cache")
	w.until("cache is stopped", func() bool { return !w.row("cache").on && w.row("cache").reason == "" && len(w.app.busy) == 0 })
	w.app.toggle("cache")
	w.until("what is harmless starts at once", func() bool { return w.row("cache").on })
}

func TestUndoDoesNotAsk(t *testing.T) {
	c := newFakeCatalog()
	c.contexts[0].Production = true
	w := newWorld(t, two(), c)
	w.app.remove("web")
	w.until("web is gone", func() bool { return !slices.Contains(w.names(), "web") && w.app.undo.Visible() })
	test.Tap(w.app.undo.undo)
	w.until("web is back and runs", func() bool { return slices.Contains(w.names(), "web") && w.row("web").on })
}

// button returns the button of that mark in the topmost overlay.
func (w *world) button(mark string) *parts.Button {
	w.Helper()
	var found *parts.Button
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch v := o.(type) {
		case *parts.Button:
			if v.Mark == mark {
				found = v
			}
		case *fyne.Container:
			for _, child := range v.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(v).Objects() {
				walk(child)
			}
		}
	}
	walk(w.app.window.Canvas().Overlays().Top())
	if found == nil {
		w.Fatalf("there is no button %q", mark)
	}
	return found
}
