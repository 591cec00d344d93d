package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
)

func TestSavingNote(t *testing.T) {
	st := readyStatus(spec("web", "dev", "shop", "web-1", "6000:5000", ":9090"))
	change := func(f func(*tunnels.Spec)) tunnels.Spec {
		s := st.Spec
		s.Mappings = slices.Clone(s.Mappings)
		f(&s)
		return s
	}
	one := st
	one.Conns = 1
	idle := st
	idle.Conns = 0
	tests := []struct {
		name string
		st   tunnels.Status
		spec tunnels.Spec
		want string
	}{
		{"a name", st, change(func(s *tunnels.Spec) { s.Name, s.Tags, s.StopAfter = "x", []string{"db"}, time.Hour }), "The tunnel goes on while this is saved: nothing is cut."},
		{"a local port", st, change(func(s *tunnels.Spec) { s.Mappings[0].Local = 6001 }), "The tunnel goes on while this is saved: nothing is cut."},
		{"a remote port", st, change(func(s *tunnels.Spec) { s.Mappings[0].Remote.Number = 6001 }), "Saving restarts the tunnel: 2 connections will be cut. Random ports are kept."},
		{"the random port goes", one, change(func(s *tunnels.Spec) { s.Mappings = s.Mappings[:1] }), "Saving restarts the tunnel: 1 connection will be cut."},
		{"nobody is connected", idle, change(func(s *tunnels.Spec) { s.Via = tunnels.ViaSPDY }), "Saving restarts the tunnel. Random ports are kept."},
		{"it is stopped", stopped(st.Spec), change(func(s *tunnels.Spec) { s.Via = tunnels.ViaSPDY }), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := savingNote(tt.st, tt.spec); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestPaneFormGivesBackWhatItWasMadeFrom(t *testing.T) {
	old := spec("web", "", "", "web-1", "6000:5000", ":9090")
	old.Tags, old.StopAfter, old.Hold, old.Policy = []string{"db", "http"}, 90*time.Minute, time.Second, tunnels.PolicyNewest
	f := formOf(old, targetNames{current: "dev"})
	got, bad := paneSpec(f, old)
	if bad.any() || tunnels.Restarts(old, got) || got.Target != old.Target || !slices.Equal(got.Tags, old.Tags) || got.StopAfter != old.StopAfter {
		t.Errorf("got %+v, %+v, want %+v", got, bad, old)
	}
	f.ports, f.listen, f.tags, f.stopAfter = "Abc", "nowhere", "a a", "soon"
	live := paneComplaints(f)
	if live.ports == "" || live.listen == "" || live.tags != "“a” is there twice." || !strings.HasPrefix(live.stop, "“soon” is not a time") {
		t.Errorf("while one types it says %+v", live)
	}
	f = formOf(old, targetNames{})
	f.stopAfter = "30 d"
	if _, bad := paneSpec(f, old); bad.stop != "That is too long: give at most 7 d." {
		t.Errorf("of a long time it says %q", bad.stop)
	}
	f.tags = strings.Repeat("x ", 17)
	if got := f.liveTags(); !strings.Contains(got, "17 tags are too many") {
		t.Errorf("of many tags it says %q", got)
	}
}

func TestEditingInThePane(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageEdit)
	page := w.app.details.editing
	if page.name.Text() != "web" || page.ports.Text() != "6000:5000 :9090" || !page.save.Disabled() {
		t.Fatalf("the fields have %q and %q", page.name.Text(), page.ports.Text())
	}
	page.ports.SetText("6000:5000 :9090 7000")
	page.tags.SetText("db")
	page.stop.OnChoose("2 h")
	if page.view.note != "Saving restarts the tunnel: 2 connections will be cut. Random ports are kept." || page.save.Disabled() {
		t.Errorf("the note is %q", page.view.note)
	}
	w.app.choose("redis")
	if page.name.Text() != "redis" || page.tags.Text() != "" || !page.save.Disabled() {
		t.Error("what is typed for web is shown for redis")
	}
	w.app.choose("web")
	if page.ports.Text() != "6000:5000 :9090 7000" || page.tags.Text() != "db" || page.stop.Value() != "2 h" {
		t.Error("what was typed is lost")
	}
	test.Tap(page.save)
	if page.save.Label() != "Saving…" {
		t.Error("nothing shows that it is being saved")
	}
	w.until("it is saved", func() bool { return len(w.app.snap[0].Spec.Mappings) == 3 && len(w.app.paneEdits) == 0 })
	if s := w.app.snap[0].Spec; !slices.Equal(s.Tags, []string{"db"}) || s.StopAfter != 2*time.Hour || s.Name != "web" {
		t.Errorf("saved is %+v", s)
	}
	if !page.save.Disabled() || page.save.Label() != "Save" {
		t.Error("there is still something to save")
	}
}

func TestDiscardingAndRefusals(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageEdit)
	page := w.app.details.editing
	page.ports.SetText("6000:5000 6000:1")
	test.Tap(page.save)
	if page.view.bad.ports == "" || len(w.tunnels.called()) > 0 {
		t.Errorf("two mappings of one port give %+v, %v", page.view.bad, w.tunnels.called())
	}
	test.Tap(page.discard)
	if page.ports.Text() != "6000:5000 :9090" || page.view.bad.any() {
		t.Errorf("discarded, the ports are %q", page.ports.Text())
	}
	w.tunnels.putErr = &tunnels.Error{Op: "address", Err: errors.New("that address is not here"), Cause: tunnels.CauseInvalid}
	page.listen.OnChoose("192.0.2.7")
	test.Tap(page.save)
	test.Tap(w.button("ask-start/ok"))
	w.until("it is refused", func() bool { return page.view.bad.listen == "That address is not here." })
	if page.view.form.listen != "192.0.2.7" || page.view.saving {
		t.Error("what was typed is lost")
	}
	page.name.SetText("shop") // typing goes on
	if page.view.bad.listen != "" {
		t.Error("the refusal stays while one types")
	}
}

func TestEditingGoesOnInTheLargeSheet(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageEdit)
	page := w.app.details.editing
	page.ports.SetText("6001:5000")
	page.tags.SetText("db")
	test.Tap(page.more)
	if e := w.app.editor; e == nil || e.form.ports != "6001:5000" {
		t.Fatal("the sheet does not have what was typed")
	}
	if e := w.app.editor; e.form.tags != "db" || e.sheet.tags.Text() != "db" {
		t.Error("the sheet does not have the tags")
	}
}
