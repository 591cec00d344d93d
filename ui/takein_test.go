package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
	"culvert/tunnels/exchange"
	"culvert/tunnels/profiles"
)

// foundFile is what an export in the testdata of package exchange has.
func foundFile(t *testing.T, name string) exchange.Found {
	t.Helper()
	f, err := exchange.ReadFile(filepath.Join("..", "tunnels", "exchange", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// takeLines are the rows of a view, one in a line.
func takeLines(v takeView) []string {
	var out []string
	for _, r := range v.rows {
		s := map[ticked]string{tickOff: "[ ] ", tickOn: "[x] ", tickSome: "[-] "}[r.tick]
		if !r.can {
			s = "    "
		}
		s += r.name
		switch r.kind {
		case takeHead:
			s = "# " + s + " " + r.note
		case takeContext:
			s += " " + r.below + " " + r.target
		case takeTunnel:
			s += " | " + r.below + " | " + r.target + " | " + r.ports
		}
		for _, extra := range []string{r.problem, r.warning, r.loss, r.action} {
			if extra != "" {
				s += " | " + extra
			}
		}
		out = append(out, s)
	}
	return out
}

func TestTakeView(t *testing.T) {
	kftray, forwarder := foundFile(t, "kftray.json"), foundFile(t, "kube-forwarder.json")
	there := kftray.Proposals[2].Spec
	there.ID, there.Name = "there", "db"
	other := spec("taken", "demo", "shop", "x", "18081:1")
	tests := []struct {
		name   string
		in     takeInput
		submit string
		want   []string
	}{
		{
			"all kinds",
			takeInput{found: []exchange.Found{kftray}, existing: []tunnels.Spec{there, other}, contexts: []string{"demo"}},
			"Add 2 tunnels",
			[]string{
				"# [x] Can be added 2",
				"[x] shop-web | demo / shop · entry 1 | svc/web | 18081 → 80 | “taken” wants port 18081 too: only one of them can run. | Its name is not written into this computer's hosts file: use localhost.",
				"[x] grafana | demo / observability · entry 2 | selector/app=grafana | random → 3000 | Its HTTP requests are not logged.",
				"# [ ] Already there 1",
				"[ ] postgres | demo / data · entry 3 | svc/postgres | 15432 → 5432 | “db” is there already and does the same.",
				"#     Cannot be added 2",
				"    dns | demo / kube-system · entry 4 | svc/kube-dns | 5353 → 53 | It carries UDP, which the port-forward of Kubernetes does not.",
				"    outside | demo / shop · entry 5 |  | 6000 → 443 | It goes through a relay in the cluster to an address outside of it, which is not done here: make a tunnel to a pod or service that reaches it.",
			},
		},
		{
			"an unknown context",
			takeInput{found: []exchange.Found{forwarder}, contexts: []string{"dev"}},
			"Add 0 tunnels",
			[]string{
				"#     Contexts that are not known here 1",
				"    demo 3 tunnels want it  | Choose a context…",
				"# [ ] Need a look 3",
				"[ ] Web | demo (not known here) / shop · Shop, resource 1 | svc/web | 18082 → 80",
				"[ ] api | demo (not known here) / shop · Shop, resource 2 | deploy/api | 18083 → 8080, random → 9090 | It listens on 0.0.0.0: other computers in your network will be able to connect. | On this computer only",
				"[ ] postgres-0 | demo (not known here) / data · Shop, resource 3 | pod/postgres-0 | 15433 → 5432",
			},
		},
		{
			"another one in its place",
			takeInput{
				found: []exchange.Found{forwarder}, contexts: []string{"dev"}, here: "dev",
				plan: takePlan{contexts: map[string]string{"demo": "dev"}, local: map[int]bool{1: true}, ticks: map[int]bool{2: false}},
			},
			"Add 2 tunnels",
			[]string{
				"#     Contexts that are not known here 1",
				"    demo 3 tunnels want it dev | Choose another…",
				"# [-] Can be added 3",
				"[x] Web | dev / shop · Shop, resource 1 | svc/web | 18082 → 80",
				"[x] api | dev / shop · Shop, resource 2 | deploy/api | 18083 → 8080, random → 9090 | Let others connect",
				"[ ] postgres-0 | dev / data · Shop, resource 3 | pod/postgres-0 | 15433 → 5432",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.items = foundTunnels(tt.in.found)
			v := takeViewOf(tt.in)
			if got := takeLines(v); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if v.submit != tt.submit || v.can == strings.Contains(tt.submit, " 0 ") {
				t.Errorf("the button says %q, %v", v.submit, v.can)
			}
		})
	}
}

func TestTakePlanNames(t *testing.T) {
	list := []profiles.Profile{{ID: "dev", Name: "dev"}, {ID: "x", Name: "Imported"}}
	proposals := func(names ...string) (out []exchange.Proposal) {
		for _, n := range names {
			out = append(out, exchange.Proposal{Profile: n})
		}
		return out
	}
	for _, tt := range []struct {
		found []exchange.Found
		want  string
	}{
		{[]exchange.Found{{Name: "kftray.json", Proposals: proposals("", "")}}, "kftray"},
		{[]exchange.Found{{Name: "dev.sh", Proposals: proposals("")}}, "dev 2"},
		{[]exchange.Found{{Name: ".culvert.yaml", Proposals: proposals("Shop", "Shop")}}, "Shop"},
		{[]exchange.Found{{Name: "a.json", Proposals: proposals("A", "B")}}, "a"},
		{[]exchange.Found{{Name: "a.sh", Proposals: proposals("")}, {Name: "b.sh", Proposals: proposals("")}}, "Imported 2"},
		{[]exchange.Found{{Name: "—.sh", Proposals: proposals("")}}, "Imported 2"},
		{[]exchange.Found{{Proposals: proposals("")}}, "Imported 2"},
	} {
		if got := newTakePlan("").named(foundTunnels(tt.found), tt.found, list).name; got != tt.want {
			t.Errorf("%+v is called %q, want %q", tt.found, got, tt.want)
		}
	}
}

// takingOf opens the sheet with files of exchange's testdata and waits for them.
func takingOf(w *world, names ...string) *taking {
	w.Helper()
	var paths []string
	for _, n := range names {
		paths = append(paths, filepath.Join("..", "tunnels", "exchange", "testdata", n))
	}
	w.app.OpenFiles(paths)
	w.until("the files are read", func() bool { return w.app.taking != nil && len(w.app.taking.items) > 0 })
	return w.app.taking
}

func TestImportAndUndo(t *testing.T) {
	f, list := threeProfiles()
	w, p := newWorldWithProfiles(t, f, list)
	before := len(f.all())
	s := takingOf(w, "kube-forwarder.json")
	if v := s.sheet.view; !v.naming || v.name != "Shop" || v.can || len(v.profiles) != 4 {
		t.Fatalf("the sheet shows %+v", v)
	}
	s.change(func(p *takePlan) { p.contexts["demo"] = "dev" })
	rows := s.sheet.view.rows
	s.actRow(rows[slices.IndexFunc(rows, func(r takeRow) bool { return r.name == "api" })])
	s.submit()
	w.until("the tunnels are there", func() bool { return len(w.app.snap) == before+3 && w.app.taking == nil })
	for _, st := range f.all()[before:] {
		if st.State != tunnels.Stopped || st.Spec.Profile != "shop" || st.Spec.Target.Context != "dev" || len(st.Spec.Listen) > 0 {
			t.Errorf("added %+v", st)
		}
	}
	for _, call := range f.called() {
		if strings.HasPrefix(call, "start") {
			t.Errorf("the import did %s", call)
		}
	}
	if text := w.app.undo.text.String(); text != "Added 3 tunnels to “Shop”." {
		t.Errorf("the bar says %q", text)
	}
	w.app.undo.undo.OnTap()
	w.until("they are gone", func() bool { return len(w.app.snap) == before })
	if got := p.called(); !slices.Equal(got, []string{"create Shop", "delete shop"}) {
		t.Errorf("the profiles were asked to %q", got)
	}
}

func TestImportIntoAProfile(t *testing.T) {
	f, list := threeProfiles()
	w, p := newWorldWithProfiles(t, f, list)
	before := len(f.all())
	w.app.importProfile("dev")
	w.app.deps.App.Clipboard().SetContent("kubectl port-forward svc/a 18080:80 &\nkubectl port-forward svc/b 18081:80 --context dev")
	w.app.taking.readClipboard()
	w.until("the text is read", func() bool { return len(w.app.taking.items) == 2 })
	if v := w.app.taking.sheet.view; v.naming || v.profile != "dev" || v.path != "the clipboard" || v.submit != "Add 2 tunnels" {
		t.Fatalf("the sheet shows %+v", v)
	}
	l := w.app.taking.sheet.list
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}) // it is at the first tunnel
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if v := w.app.taking.sheet.view; v.submit != "Add 1 tunnel" || v.rows[0].tick != tickSome {
		t.Fatalf("the sheet shows %+v", v)
	}
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // all
	w.app.taking.submit()
	w.until("the tunnels are there", func() bool { return len(w.app.snap) == before+2 && w.app.taking == nil })
	w.app.undo.undo.OnTap()
	w.until("they are gone", func() bool { return len(w.app.snap) == before })
	if got := p.called(); len(got) > 0 {
		t.Errorf("the profiles were asked to %q", got)
	}
}

func TestAnImportThatFailsLeavesNothing(t *testing.T) {
	f, list := threeProfiles()
	w, p := newWorldWithProfiles(t, f, list)
	before := len(f.all())
	s := takingOf(w, "kftray.json")
	s.change(func(p *takePlan) { p.contexts["demo"] = "dev" })
	f.putErr = &tunnels.Error{Err: errors.New("the disk is full"), Hint: "make room"}
	s.submit()
	w.until("it is told", func() bool { return s.sheet.view.failed != "" && s.doing == "" })
	if s.sheet.view.failed != "The disk is full. Make room." || !s.sheet.view.can || len(f.all()) != before {
		t.Errorf("the sheet says %q", s.sheet.view.failed)
	}
	if got := p.called(); !slices.Equal(got, []string{"create kftray", "delete kftray"}) {
		t.Errorf("the profiles were asked to %q", got)
	}
	s.change(func(p *takePlan) { p.name = "Default" })
	if v := s.sheet.view; v.can || v.nameBad == "" {
		t.Errorf("a name that there is: %+v", v.nameBad)
	}
}

// stalling adds tunnels when it is told to go on, whatever becomes of the request.
type stalling struct {
	*fakeTunnels
	begun, goOn chan struct{}
	fail        bool // it does not, once the request is withdrawn
}

func (s *stalling) Add(ctx context.Context, specs []tunnels.Spec) error {
	close(s.begun)
	<-s.goOn
	if s.fail && ctx.Err() != nil {
		return ctx.Err()
	}
	for _, spec := range specs {
		if err := s.Put(spec); err != nil {
			return err
		}
	}
	return nil
}

// An import that is withdrawn while it is under way leaves no profile behind, and
// one that came too late to be withdrawn can be undone.
func TestAnImportThatIsWithdrawn(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fail  bool
		undo  bool
		calls []string
	}{
		{"in time", true, false, []string{"create kftray", "delete kftray"}},
		{"too late", false, true, []string{"create kftray"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, list := threeProfiles()
			slow := &stalling{f, make(chan struct{}), make(chan struct{}), tt.fail}
			p := &fakeProfiles{f: f, list: list, dirty: make(chan struct{}, 1)}
			w := newWorldOf(t, f, newFakeCatalog(), func(d *Deps) { d.Profiles, d.Tunnels = p, slow })
			before := len(f.all())
			s := takingOf(w, "kftray.json")
			s.change(func(p *takePlan) {
				p.contexts["demo"] = "dev"
				p.name = "kftray"
			})
			s.submit()
			<-slow.begun
			s.close()
			close(slow.goOn)
			w.until("it is over", func() bool { return len(p.called()) == len(tt.calls) && (len(f.all()) > before) == tt.undo })
			if got := p.called(); !slices.Equal(got, tt.calls) {
				t.Errorf("the profiles were asked to %q, want %q", got, tt.calls)
			}
			if tt.undo {
				w.until("undo is offered", w.app.undo.Visible)
				w.app.undo.undo.OnTap()
				w.until("they are gone", func() bool { return len(f.all()) == before })
			}
		})
	}
}

func TestFilesThatCannotBeImported(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI("/does/not/exist.json")})
	w.until("it is told", func() bool { return w.app.taking != nil && w.app.taking.sheet.view.failed != "" })
	if v := w.app.taking.sheet.view; v.failed != "exist.json: There is no such file. Choose it again." || !v.choose || v.can {
		t.Errorf("the sheet shows %+v", v)
	}
	w.app.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI("/does/not/a.json"), storage.NewFileURI("/does/not/b.json")})
	w.until("both are told", func() bool { return strings.Contains(w.app.taking.sheet.view.failed, "b.json: There") })
	if got := w.app.window.Canvas().Focused(); got != w.app.taking.sheet.file {
		t.Errorf("the keyboard is at %T, not at where a file is chosen", got)
	}
	w.app.taking.readText(" ")
	w.until("it is told", func() bool { return strings.Contains(w.app.taking.sheet.view.failed, "clipboard") })
	w.app.taking.close()
	if w.app.taking != nil {
		t.Error("it is still open")
	}
}

func TestAKubeconfigGoesWhereItCanBeImported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	if err := writeExport(path, "apiVersion: v1\nkind: Config\nclusters: []\n"); err != nil {
		t.Fatal(err)
	}
	w := newWorldWith(t, two(), newFakeCatalog(), &fakeAccess{})
	w.app.OpenFiles([]string{path})
	w.until("the other sheet is open", func() bool { return w.app.access.importing != nil })
	if w.app.taking != nil || w.app.access.importing.path != path {
		t.Errorf("it is %v", w.app.taking)
	}
}

func TestPastingSeveralCommandsOffersToImportThem(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.deps.App.Clipboard().SetContent("kubectl port-forward svc/a 80\noc port-forward svc/b 81\n")
	w.app.pasteCommand()
	top := w.app.window.Canvas().Overlays().Top()
	if w.app.editor == nil || top == w.app.editor.overlay {
		t.Fatal("nothing is asked")
	}
	w.tapTop("several/ok")
	w.until("the text is read", func() bool { return w.app.taking != nil && len(w.app.taking.items) == 2 })
	if w.app.editor != nil {
		t.Error("the sheet for one tunnel is still open")
	}
	w.app.taking.close()
	w.app.press(binding{do: w.app.pasteHere})
	w.tapTop("several/cancel")
	w.app.deps.App.Clipboard().SetContent("a letter")
	w.app.pasteHere()
	if w.app.editor != nil || w.app.window.Canvas().Overlays().Top() != nil {
		t.Error("a text without commands does something")
	}
	w.app.deps.App.Clipboard().SetContent("oc port-forward svc/b 81")
	w.app.pasteHere()
	if w.app.editor == nil || w.app.editor.form.ports != "81" {
		t.Error("one command does not open the sheet with it")
	}
	for text, want := range map[string]int{"kubectl port-forward svc/a 80": 0, "forward forward": 0, strings.Repeat("k port-forward a 1\n", 9): 9, strings.Repeat("k port-forward a 1\n", 9000): 0} {
		if got := forwardsIn(text); got != want {
			t.Errorf("%.40q has %d, want %d", text, got, want)
		}
	}
}

// TestAListOfManyTunnels: only what is in sight has a widget.
func TestAListOfManyTunnels(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	s := w.app.openTaking("")
	var text strings.Builder
	for i := range exchange.MaxProposals {
		fmt.Fprintf(&text, "kubectl port-forward --address 0.0.0.0 svc/s-%d %d:80\n", i, 10000+i)
	}
	s.readText(text.String())
	w.until("the text is read", func() bool { return len(s.items) == exchange.MaxProposals })
	began := time.Now()
	s.tapRow(s.sheet.view.rows[0])
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("a tick took %v", took)
	}
	if s.sheet.view.submit != "Add 2000 tunnels" {
		t.Errorf("the button says %q", s.sheet.view.submit)
	}
	lines := 0
	for _, o := range w.app.window.Canvas().Overlays().List() {
		lines += countLines(o)
	}
	if lines == 0 || lines > 60 {
		t.Errorf("there are %d widgets for the rows", lines)
	}
}

// countLines counts the widgets of the list below an object.
func countLines(o fyne.CanvasObject) int {
	n := 0
	if _, ok := o.(*takeLine); ok {
		n++
	}
	switch v := o.(type) {
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(v).Objects() {
			n += countLines(c)
		}
	case *fyne.Container:
		for _, c := range v.Objects {
			n += countLines(c)
		}
	}
	return n
}

// TestImportPicture compares the sheet with the picture in testdata.
func TestImportPicture(t *testing.T) {
	f, list := threeProfiles()
	w, _ := newWorldWithProfiles(t, f, list)
	w.app.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	s := takingOf(w, "kftray.json")
	s.change(func(p *takePlan) { p.contexts["demo"] = "dev" })
	s.sheet.list.move(3)
	test.AssertRendersToImage(t, "import-light.png", w.app.window.Canvas())
}
