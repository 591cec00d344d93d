package ui

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

func TestExport(t *testing.T) {
	f, list := threeProfiles()
	w, _ := newWorldWithProfiles(t, f, list)
	path := filepath.Join(t.TempDir(), "out")
	var offered string
	w.app.access.save = func(_, name string, got func(string)) { offered = name; got(path) }
	w.app.exportProfile("dev")
	g := w.app.giving
	wait := func(part string) {
		t.Helper()
		w.until("it says "+part, func() bool { return strings.Contains(g.sheet.view.text, part) })
	}
	wait("version: 1")
	if p, err := profiles.Parse("dev", []byte(g.text)); err != nil || len(p.Tunnels) != 2 || p.Name != "Shop, dev" {
		t.Errorf("%+v, %v\n%s", p, err, g.text)
	}
	for form, want := range map[string]string{giveKubectl: "kubectl port-forward --context", giveOC: "oc port-forward", giveCulvert: "culvert forward"} {
		g.choose(form)
		wait(want)
	}
	g.choose(giveReport)
	wait("Tunnel 2")
	if !strings.Contains(g.text, " in context-") || strings.Contains(g.text, "dev / ") {
		t.Errorf("the report says\n%s", g.text)
	}
	w.tapTop("give/copy")
	if got := w.app.deps.App.Clipboard().Content(); got != g.text || g.sheet.view.told != "Copied" {
		t.Errorf("the clipboard has %q, the sheet says %q", got, g.sheet.view.told)
	}
	w.tapTop("give/save")
	w.until("it is saved", func() bool { return g.saved != "" })
	if data, err := os.ReadFile(path); err != nil || string(data) != g.text || offered != "shop-dev-report.txt" {
		t.Errorf("%q has %q, %v", offered, data, err)
	}
	path = filepath.Join(path, "below")
	w.tapTop("give/save")
	w.until("it is told", func() bool { return g.sheet.view.failed != "" })
	w.tapTop("give/close")
	if w.app.giving != nil {
		t.Error("it is still open")
	}
}

func TestWhatIsExported(t *testing.T) {
	f, list := threeProfiles()
	w, _ := newWorldWithProfiles(t, f, list)
	w.app.giveShown()
	if p := w.app.giving.what; len(p.Tunnels) != len(f.all()) || p.Name != "All tunnels" {
		t.Errorf("all: %+v", p)
	}
	w.app.giving.close()
	w.app.showProfile("dev")
	w.app.giveShown()
	if p := w.app.giving.what; p.ID != "dev" || len(p.Tunnels) != 2 {
		t.Errorf("the profile: %+v", p)
	}
	w.app.giving.close()
	id := w.app.table.state.rows[1].id
	w.app.pick(w.app.picked.toggle(id, ""), id)
	w.app.giveShown()
	if p := w.app.giving.what; len(p.Tunnels) != 1 || p.Tunnels[0].ID != id {
		t.Errorf("what is picked: %+v", p)
	}
	w.app.giving.close()
	w.app.exportProfile("on-call")
	if w.app.giving != nil {
		t.Error("an empty profile is exported")
	}
}

// A form that is not written yet cannot be copied or saved: what is there is of
// another one.
func TestAnExportIsOfItsForm(t *testing.T) {
	f, list := threeProfiles()
	w, _ := newWorldWithProfiles(t, f, list)
	w.app.exportProfile("dev")
	g := w.app.giving
	w.until("it is written", func() bool { return g.sheet.view.can })
	g.choose(giveKubectl)
	if v := g.sheet.view; v.can {
		t.Errorf("as %s one can copy\n%s", v.form, g.text)
	}
	w.until("it is written", func() bool { return g.sheet.view.can })
	if !strings.Contains(g.text, "kubectl port-forward") {
		t.Errorf("there is\n%s", g.text)
	}
}

func TestGiveView(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	long := strings.Repeat("x\n", 300)
	g := &giving{app: w.app, what: profiles.Profile{Name: "a/b: c"}, form: giveKubectl, text: long, lost: []string{"A.", "B."}}
	v := g.view()
	if !strings.HasSuffix(v.text, "x\n… and 101 more lines") || v.lost != "A. B." || !v.can {
		t.Errorf("%+v", v)
	}
	g.failed = &tunnels.Error{Op: "save", Err: errors.New("no room"), Hint: "Choose another place."}
	if v := g.view(); v.failed != "No room. Choose another place." || !v.can { // another place can be chosen
		t.Errorf("%+v", v)
	}
	for form, want := range map[string]string{giveProfile: "a-b-c.yaml", giveKubectl: "a-b-c.sh", giveReport: "a-b-c-report.txt"} {
		if got := giveFile(g.what.Name, form); got != want {
			t.Errorf("the file is %q, want %q", got, want)
		}
	}
	if got := giveFile("///", giveProfile); got != "tunnels.yaml" {
		t.Errorf("the file is %q", got)
	}
}

// TestExportReplaces: an export takes the place of a file as a whole and keeps its
// mode, so that who reads the old one meanwhile reads all of it.
func TestExportReplaces(t *testing.T) {
	dir := t.TempDir()
	path, before := filepath.Join(dir, "dev.sh"), filepath.Join(dir, "before")
	if err := errors.Join(os.WriteFile(path, []byte("old"), 0o600), os.Link(path, before), writeExport(path, "new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("it has the mode %v, %v", info, err)
	}
	for name, want := range map[string]string{path: "new", before: "old"} {
		if data, err := os.ReadFile(name); err != nil || string(data) != want {
			t.Errorf("%s holds %q, %v", name, data, err)
		}
	}
	var e *tunnels.Error
	if err := writeExport(dir, "new"); !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("of a folder it says %v", err)
	}
}
