package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels/command"
	"culvert/ui/parts"
)

var twoContexts = targetNames{
	current: "dev", places: map[string]int{"dev": 0, "prod": 1}, namespaces: map[string]string{"dev": "shop", "prod": "default"},
}

func TestQuickLineFillsTheFieldsThatItNames(t *testing.T) {
	start := form{context: "dev", namespace: "shop", pod: "svc/old", ports: "80", name: "mine", tags: "db"}
	start.line = start.quick("dev")
	tests := []struct {
		line string
		want form
	}{
		{"svc/web 6000:5000 :9090", form{context: "dev", namespace: "shop", pod: "svc/web", ports: "6000:5000 :9090"}},
		{"svc/web 5000 -n team-a", form{context: "dev", namespace: "team-a", pod: "svc/web", ports: "5000"}},
		{"svc/web 5000 --context prod", form{context: "prod", namespace: "default", pod: "svc/web", ports: "5000"}},
		{"svc/web 5000 --context prod -n team-a", form{context: "prod", namespace: "team-a", pod: "svc/web", ports: "5000"}},
		{"svc/web 5000 --context gone", form{context: "dev", namespace: "shop", pod: "svc/web", ports: "5000"}},
		{"kubectl port-forward svc/web 5000", form{context: "dev", namespace: "shop", pod: "svc/web", ports: "5000"}},
		{"svc/web", form{context: "dev", namespace: "shop", pod: "svc/web"}},
		{"", form{context: "dev", namespace: "shop"}},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			p, err := command.Parse(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			got := start.before().follow(p, twoContexts)
			if got.name != "mine" || got.tags != "db" {
				t.Errorf("fields that the line does not name are %+v", got)
			}
			got.name, got.tags, got.line = "", "", ""
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestQuickLineSaysWhatIsMissing(t *testing.T) {
	whole := form{context: "dev", namespace: "shop", pod: "svc/web", ports: "5000"}
	with := func(change func(*form)) form {
		f := whole
		change(&f)
		f.line = f.quick("dev")
		return f
	}
	tests := []struct {
		name    string
		f       form
		said    lineWords
		verdict string
		bad     bool
	}{
		{"nothing", form{context: "dev", namespace: "shop"}, lineWords{}, "", false},
		{"all", with(func(*form) {}), lineWords{}, "Understood", false},
		{"no port", with(func(f *form) { f.ports = "" }), lineWords{}, "Still needs a port", false},
		{"no target", with(func(f *form) { f.pod = "" }), lineWords{}, "Still needs a target", false},
		{"no context", with(func(f *form) { f.context = "" }), lineWords{}, "Still needs a context", false},
		{"no namespace", with(func(f *form) { f.namespace = "" }), lineWords{}, "Still needs a namespace", false},
		{"a field that is wrong", with(func(f *form) { f.listen = "nowhere" }), lineWords{}, "See below", false},
		{"a line that is wrong", with(func(*form) {}), lineWords{err: "No."}, "Not understood", true},
		{"a warning", with(func(*form) {}), lineWords{note: "Mind."}, "Understood", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, bad := tt.f.spec(two().all()[0].Spec)
			v := tt.f.lineView(tt.said, bad)
			if v.verdict.text != tt.verdict || v.bad != tt.bad {
				t.Errorf("the verdict is %+v, bad %v", v.verdict, v.bad)
			}
			if said := tt.said.err + tt.said.note; said != "" && v.sentence != said || v.hint != (said == "") {
				t.Errorf("below stands %q", v.sentence)
			}
		})
	}
}

func TestQuickLineTellsOfWhatIsNotThere(t *testing.T) {
	f := form{context: "dev", namespace: "shop"}
	unseen := func(string) bool { return false }
	p, err := command.Parse("svc/web 80 --context gone")
	if got := f.wordsOf(p, err, twoContexts, unseen); !strings.Contains(got.err, "no context “gone”") {
		t.Errorf("of a context that is not there it says %+v", got)
	}
	p, err = command.Parse("svc/web 80 -n nope")
	if got := f.follow(p, twoContexts).wordsOf(p, err, twoContexts, unseen); got.err != "" || !strings.Contains(got.note, "“nope”") {
		t.Errorf("of a namespace that is not known it says %+v", got)
	}
	if got := f.wordsOf(p, errors.New("it cannot be"), twoContexts, unseen); got.err != "It cannot be." {
		t.Errorf("of an error it says %+v", got)
	}
}

func TestQuickLineAndFieldsFollowEachOther(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.quickLine()
	e := w.app.editor
	line := e.sheet.line.field
	if w.app.window.Canvas().Focused() != fyne.Focusable(line.Entry) {
		t.Fatal("the line does not have the keyboard")
	}
	test.Type(line.Entry, "svc/web 6000:50")
	if e.form.pod != "svc/web" || e.form.ports != "6000:50" || e.sheet.ports.rows[0].local.Text() != "6000" || line.Text() != "svc/web 6000:50" {
		t.Errorf("the fields are %+v, the line is %q", e.form, line.Text())
	}
	line.SetText("svc/web")
	if e.form.ports != "" || e.sheet.view.line.verdict.text != "Still needs a port" {
		t.Errorf("with the port deleted the form has %+v and says %+v", e.form, e.sheet.view.line.verdict)
	}
	w.until("the list shows the chosen one", func() bool { return e.sheet.pods.Chosen() == "svc/web" })
	e.sheet.pods.OnChoose("svc/legacy")
	e.set(func(f *form) { f.ports = ":80" })
	if got := line.Text(); got != "svc/legacy :80 -n shop" {
		t.Errorf("after a choice in the list the line is %q", got)
	}
	line.SetText("svc/web 5000 --context gone")
	line.Entry.OnSubmitted("")
	if len(w.tunnels.all()) != 0 || !e.sheet.view.line.bad {
		t.Error("a line with a context that is not there makes a tunnel")
	}
	line.SetText("svc/web 6000:5000")
	line.Entry.OnSubmitted("")
	w.until("the tunnel runs", func() bool { return len(w.names()) == 1 && w.app.table.state.rows[1].on })
}

func TestQuickLineFromTheClipboard(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.deps.App.Clipboard().SetContent("kubectl port-forward \\\n  svc/web 6000:5000\n")
	w.app.pasteCommand()
	e := w.app.editor
	if e.form.pod != "svc/web" || e.form.ports != "6000:5000" || e.form.line != "kubectl port-forward    svc/web 6000:5000" {
		t.Errorf("the form has %+v", e.form)
	}
	for _, b := range w.app.keys {
		if slices.Contains(b.keys, with(fyne.KeyReturn)) {
			w.app.press(b)
		}
	}
	w.until("Ctrl+Enter makes the tunnel", func() bool { return len(w.tunnels.all()) == 1 })
	w.until("the sheet is gone", func() bool { return w.app.editor == nil })
}

func TestQuickLineChips(t *testing.T) {
	f := form{context: "dev", namespace: "shop", pod: "web-1", ports: "6000:5000 :9090 http", listen: "::1", name: "x"}
	want := "target pod/web-1|port 6000 → 5000|port random → 9090|port same → http|namespace shop|context dev|address ::1|name x"
	var got []string
	for _, c := range f.lineChips() {
		got = append(got, c.kind+" "+c.text)
	}
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestSheetGroupsAreChosenByKeyboard(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.newTunnel()
	e := w.app.editor
	w.until("the services are offered", func() bool { return len(offered(e)) == 2 })
	parts.Focus(e.sheet.groups)
	e.sheet.groups.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	w.until("the pods are offered", func() bool { return len(offered(e)) == 2 && offered(e)[0] == "cart-0" })
	e.sheet.groups.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	e.sheet.groups.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if e.form.pod != "cart-0" {
		t.Errorf("Down and Return take %q", e.form.pod)
	}
	e.set(func(f *form) { f.pod = "deploy/web" })
	if e.group != workloadGroup || e.sheet.groups.Chosen() != "workloads" {
		t.Errorf("the list stays with %v", e.group)
	}
}

func TestSheetShowsWhatGetsTheKeyboard(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.window.Resize(fyne.NewSize(leastWidth, leastHeight))
	w.app.newTunnel()
	s := w.app.editor.sheet
	c := w.app.window.Canvas()
	c.Capture()
	seen := make(map[fyne.Focusable]bool)
	for range 40 {
		c.FocusNext()
		seen[c.Focused()] = true
		if c.Focused() == fyne.Focusable(s.stop) {
			y := s.stop.Position().Y - s.scroll.Offset.Y
			if y < 0 || y+s.stop.Size().Height > s.scroll.Size().Height {
				t.Errorf("the last field has the keyboard at %v of %v", y, s.scroll.Size().Height)
			}
		}
	}
	for name, f := range map[string]fyne.Focusable{
		"line": s.line.field.Entry, "context": s.context, "namespace": s.namespace, "groups": s.groups, "search": s.finder,
		"local": s.ports.rows[0].local.Entry, "remote": s.ports.rows[0].remote, "add": s.adder, "name": s.name.Entry,
		"tags": s.tags.Entry, "listen": s.listen, "transport": s.via, "stop after": s.stop, "test": s.tester,
		"cancel": s.cancel, "create": s.create, "create and start": s.createStart,
	} {
		if !seen[f] {
			t.Errorf("the Tab key does not come to %s", name)
		}
	}
}
