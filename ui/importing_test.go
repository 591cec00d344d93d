package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

func teamFile() kube.Import {
	return kube.Import{Label: "team.yaml", Contexts: []kube.Context{
		{Name: "plain (team.yaml)", Server: "https://plain.example.net", Origin: kube.OriginImported},
		{
			Name: "team (team.yaml)", Server: "https://team.example.net", Origin: kube.OriginImported, ExecPlugin: "aws",
			Consent: &kube.Consent{Text: "talks to the server https://team.example.net\nruns the command aws", Hash: "h1"},
		},
	}}
}

func TestImportView(t *testing.T) {
	long := kube.Context{Name: "long", Consent: &kube.Consent{Text: strings.Repeat("x", mostDemands+1), Hash: "h2"}}
	given := teamFile().Contexts[1]
	given.Consent = &kube.Consent{Text: given.Consent.Text, Hash: "h1", Given: true}
	other := given
	other.Consent = &kube.Consent{Hash: "h0", Given: true}
	tests := []struct {
		name  string
		i     importing
		now   []kube.Context
		check func(importView) bool
	}{
		{"not read yet", importing{doing: "Reading…"}, nil, func(v importView) bool { return !v.can && len(v.items) == 0 }},
		{"read", importing{read: true, in: teamFile()}, nil, func(v importView) bool {
			return v.can && !v.have && v.items[0].hash == "" && v.items[1].hash == "h1" && !v.items[1].allowed &&
				strings.Contains(v.items[1].demands, "runs the command aws")
		}},
		{
			"allowed with the import",
			importing{read: true, in: teamFile(), allowed: map[string]string{"team (team.yaml)": "h1"}},
			nil,
			func(v importView) bool { return v.items[1].allowed && !v.items[1].kept },
		},
		{
			"what was allowed is something else",
			importing{read: true, in: teamFile(), allowed: map[string]string{"team (team.yaml)": "h0"}},
			nil,
			func(v importView) bool { return !v.items[1].allowed },
		},
		{
			"allowed before",
			importing{read: true, have: true, in: teamFile()},
			[]kube.Context{given},
			func(v importView) bool { return v.have && !v.can && v.items[1].kept },
		},
		{
			"another thing was allowed before",
			importing{read: true, have: true, in: teamFile()},
			[]kube.Context{other},
			func(v importView) bool { return !v.items[1].kept && !v.items[1].allowed },
		},
		{
			"the one that it is opened for comes first",
			importing{read: true, in: teamFile(), first: "team (team.yaml)"},
			nil,
			func(v importView) bool { return len(v.items) == 2 && v.items[0].name == "team (team.yaml)" },
		},
		{
			"too much to read",
			importing{read: true, in: kube.Import{Contexts: []kube.Context{long}}},
			nil,
			func(v importView) bool { return v.items[0].hash == "" && len(v.items[0].demands) < mostDemands+10 },
		},
		{
			"many contexts",
			importing{read: true, in: kube.Import{Contexts: make([]kube.Context, mostReviewed+7)}},
			nil,
			func(v importView) bool { return len(v.items) == mostReviewed && strings.Contains(v.text, "other 7") },
		},
		{"an empty file", importing{read: true}, nil, func(v importView) bool { return !v.can }},
		{
			"what went wrong",
			importing{failed: &tunnels.Error{Err: errors.New("there is no file"), Hint: "Put it back."}},
			nil,
			func(v importView) bool { return v.failed == "There is no file. Put it back." },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if v := importViewOf(&tt.i, tt.now, noon); !tt.check(v) {
				t.Errorf("the view is %+.300v", v)
			}
		})
	}
}

func TestImportingAFile(t *testing.T) {
	access := &fakeAccess{file: teamFile()}
	w := newWorldWith(t, newFakeTunnels(), newFakeCatalog(), access)
	w.app.access.choose = func(_ string, got func(string)) { got("/home/kim/team.yaml") }
	test.Tap(w.app.welcome.file)
	i := w.app.access.importing
	w.until("the file is read", func() bool { return i.read && i.doing == "" })
	if n := len(access.called()); n != 0 {
		t.Errorf("before any click: %v", access.called())
	}
	test.Tap(i.sheet.cards[1].allow)
	if len(access.called()) != 0 || i.sheet.cards[1].allow.Label() != "Allowed" {
		t.Error("allowing does more than to note it before the import")
	}
	test.Tap(i.sheet.main)
	w.until("the sheet is closed", func() bool { return w.app.access.importing == nil })
	want := []string{"import /home/kim/team.yaml", "consent team (team.yaml) h1"}
	if got := access.called(); !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}

func TestImportingWithoutAllowing(t *testing.T) {
	access := &fakeAccess{file: teamFile()}
	w := newWorldWith(t, newFakeTunnels(), newFakeCatalog(), access)
	w.app.openImporting("/team.yaml", "")
	i := w.app.access.importing
	w.until("the file is read", func() bool { return i.read && i.doing == "" })
	test.Tap(i.sheet.cards[1].allow)
	test.Tap(i.sheet.cards[1].allow) // and not allowed again
	test.Tap(i.sheet.main)
	w.until("the sheet is closed", func() bool { return w.app.access.importing == nil })
	if got := access.called(); !slices.Equal(got, []string{"import /team.yaml"}) {
		t.Errorf("asked for %v", got)
	}
}

func TestAContextThatWaitsForConsentIsReviewed(t *testing.T) {
	file := teamFile()
	c := newFakeCatalog()
	waiting := file.Contexts[1]
	waiting.File, waiting.Err = "/team.yaml", signInError(errors.New("it runs the command `aws`, and you have not allowed that"))
	c.contexts = []kube.Context{waiting}
	access := &fakeAccess{file: file, imports: []kube.Import{{Path: "/team.yaml"}}}
	w := newWorldWith(t, newFakeTunnels(), c, access)
	w.app.tapTree(treeRow{kind: treeContext, context: waiting.Name})
	rows := slices.Collect(w.app.tree.rows.all())
	if len(rows) != 3 || rows[2].kind != treeRemedy || rows[2].text != "Review…" || strings.Contains(rows[1].text, "culvert") {
		t.Fatalf("the tree has %+v", rows)
	}
	w.app.tapTree(rows[2])
	i := w.app.access.importing
	w.until("the file is read", func() bool { return i.read && i.doing == "" })
	if i.sheet.main.Visible() || i.sheet.cards[0].item.name != waiting.Name {
		t.Error("the sheet offers to import the file again, or does not begin with the context")
	}
	test.Tap(i.sheet.cards[0].allow)
	w.until("it is allowed", func() bool { return slices.Equal(access.called(), []string{"consent team (team.yaml) h1"}) })
	w.until("the sheet can be used again", func() bool { return i.doing == "" })
	test.Tap(i.sheet.forget)
	o := w.app.window.Canvas().Overlays().Top().(*parts.Overlay)
	if len(access.called()) != 1 || w.app.access.importing != nil {
		t.Error("the file is forgotten before it was asked")
	}
	test.Tap(button(o, "forget/ok"))
	w.until("the file is forgotten", func() bool { return slices.Contains(access.called(), "forget /team.yaml") && !o.IsOpen() })
}

func TestAFileThatCannotBeReadIsTold(t *testing.T) {
	access := &fakeAccess{noFile: errors.New("it is no kubeconfig")}
	w := newWorldWith(t, newFakeTunnels(), newFakeCatalog(), access)
	w.app.openImporting("/team.yaml", "")
	i := w.app.access.importing
	w.until("it is told", func() bool { return i.sheet.failed.text != "" })
	test.Tap(i.sheet.main)
	if !i.sheet.main.Disabled() || len(access.called()) != 0 {
		t.Error("it can be imported all the same")
	}
	w.key(fyne.KeyEscape)
	if w.app.access.importing != nil {
		t.Error("Escape leaves the sheet open")
	}
}

// button returns the button of a mark.
func button(o fyne.CanvasObject, mark string) *parts.Button {
	var found *parts.Button
	visit(o, func(o fyne.CanvasObject) {
		if b, ok := o.(*parts.Button); ok && b.Mark == mark {
			found = b
		}
	})
	return found
}

// texts returns all paragraphs of a tree of objects.
func texts(o fyne.CanvasObject) string {
	out := ""
	visit(o, func(o fyne.CanvasObject) {
		if p, ok := o.(*parts.Para); ok {
			out += fmt.Sprintln(p.Text())
		}
	})
	return out
}

func visit(o fyne.CanvasObject, f func(fyne.CanvasObject)) {
	f(o)
	switch v := o.(type) {
	case *fyne.Container:
		for _, c := range v.Objects {
			visit(c, f)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(v).Objects() {
			visit(c, f)
		}
	}
}
