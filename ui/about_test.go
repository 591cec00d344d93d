package ui

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/docs"
	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/build"
)

// aBuild is what a program may be built from.
var aBuild = build.Info{
	Version: "1.2.3", Commit: "0123456789abcdef0123+", Go: "go1.26.0", OS: "linux", Arch: "amd64",
	Modules: []build.Module{{Path: toolkit, Version: "v2.8.1"}, {Path: clientGo, Version: "v0.37.0"}},
}

func newWorldOfBuild(t *testing.T, f *fakeTunnels) *world {
	return newWorldOf(t, f, newFakeCatalog(), func(d *Deps) {
		d.Build, d.Folder, d.State = aBuild, "/home/me/.config/culvert", "/home/me/.local/state/culvert"
	})
}

// TestAbout: the sheet tells the build and the folders, and leads to all else that there
// is to know of the program.
func TestAbout(t *testing.T) {
	w := newWorldOfBuild(t, scene())
	w.app.about()
	_, text := find[*aboutBody](w.app.window.Canvas().Overlays().Top()).Box()
	const want = "Culvert 1.2.3\ncommit 0123456789ab+ · linux/amd64 · go1.26.0 · client-go v0.37.0 · Fyne v2.8.1\n" +
		"Profiles and settings: /home/me/.config/culvert\nLog and crash reports: /home/me/.local/state/culvert"
	if text != want {
		t.Errorf("it says\n%s\nnot\n%s", text, want)
	}
	w.tapTop("about/state/copy")
	if got := w.app.deps.App.Clipboard().Content(); got != "/home/me/.local/state/culvert" {
		t.Errorf("what is copied is %q", got)
	}
	w.tapTop("about/licences")
	_, listed := find[*licenceList](w.app.window.Canvas().Overlays().Top()).Box()
	for _, line := range []string{"Culvert 1.2.3 Apache-2.0", "Inter  OFL-1.1", "Go 1.26.0 BSD-3-Clause", "k8s.io/client-go v0.37.0 Apache-2.0"} {
		if !strings.Contains(listed, line) {
			t.Errorf("there is no line %q in\n%s", line, listed)
		}
	}
	w.tapTop("licences/done")
	w.tapTop("about/documents")
	if find[*docSheet](w.app.window.Canvas().Overlays().Top()) == nil {
		t.Error("the documents do not open")
	}
	w.key(fyne.KeyEscape)
	w.tapTop("about/done")
	if w.app.window.Canvas().Overlays().Top() != nil {
		t.Error("it does not close")
	}
}

// TestLicenceLines: all modules of a build are listed, one without a known licence too.
func TestLicenceLines(t *testing.T) {
	lines := licenceLines(aBuild, map[string][]string{"std": {"BSD-3-Clause"}, clientGo: {"Apache-2.0", "BSD-3-Clause"}})
	last := lines[len(lines)-1]
	if last != (licenceLine{clientGo, "v0.37.0", "Apache-2.0, BSD-3-Clause"}) {
		t.Errorf("client-go's line is %+v", last)
	}
	if i := slices.IndexFunc(lines, func(l licenceLine) bool { return l.name == toolkit }); lines[i].licences != "–" {
		t.Errorf("what has no known licence is listed as %+v", lines[i])
	}
}

// TestDiagnostics: they are copied after a question, tell of all tunnels, and have neither
// names that are private nor secrets.
func TestDiagnostics(t *testing.T) {
	w := newWorldOfBuild(t, scene())
	w.app.warnings = []error{errors.New("cannot write /x: Authorization: Bearer s3cr3t")}
	w.catalog.contexts[0].Err = &tunnels.Error{Err: errors.New("https://api.corp.example:6443 has no certificate")}
	w.app.copyDiagnostics()
	w.tapTop("diagnostics/ok")
	w.until("they are on the clipboard", func() bool { return w.app.deps.App.Clipboard().Content() != "" })
	got := w.app.deps.App.Clipboard().Content()
	for _, part := range []string{"Culvert 1.2.3, commit 0123456789ab+\n", "Fyne v2.8.1\n", "\nContexts: 2,", "Tunnel 7 of 7", "\nKeyring: serves\n", "scale 1.00"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not in\n%s", part, got)
		}
	}
	for _, private := range []string{"s3cr3t", "corp.example", "in dev /"} {
		if strings.Contains(got, private) {
			t.Errorf("%q is in\n%s", private, got)
		}
	}
}

func TestDesktopOf(t *testing.T) {
	env := map[string]string{"XDG_CURRENT_DESKTOP": "GNOME", "FYNE_SCALE": "", "HOME": "/home/me"}
	got := desktopOf(func(name string) (string, bool) { value, ok := env[name]; return value, ok })
	if !slices.Equal(got, []string{"XDG_CURRENT_DESKTOP=GNOME", "FYNE_SCALE="}) {
		t.Errorf("it tells %q", got)
	}
}

func TestContextsInDiagnostics(t *testing.T) {
	got := diagnosticsOf(diagnosticsInput{contexts: []kube.Context{
		{Name: "a", ExecPlugin: "aws", Production: true}, {Name: "b", With: kube.WithToken, Unverified: "no TLS"}, {Name: "c"},
	}})
	const want = "Contexts: 3, with a credential plugin 1, signed in here 1, marked as production 1, unverified 1\n"
	if !strings.Contains(got, want) {
		t.Errorf("%q is not in\n%s", want, got)
	}
}

func TestDocLinks(t *testing.T) {
	all := []docs.Document{{Name: "guide.md"}, {Name: "cli.md"}}
	tests := map[string]struct {
		want docLink
		ok   bool
	}{
		"cli.md":                 {docLink{name: "cli.md"}, true},
		"cli.md#exit-statuses":   {docLink{name: "cli.md", anchor: "exit-statuses"}, true},
		"#the-demo":              {docLink{name: "guide.md", anchor: "the-demo"}, true},
		"./cli.md":               {docLink{name: "cli.md"}, true},
		"https://go.dev/dl/":     {docLink{}, true},
		"http://go.dev/dl/":      {docLink{}, false},
		"file:///etc/passwd":     {docLink{}, false},
		"../README.md":           {docLink{}, false},
		"window-error-light.png": {docLink{}, false},
	}
	for link, tt := range tests {
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := docLinkOf(u, "guide.md", all)
		if u.Scheme == "https" {
			tt.want.url = u
		}
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s leads to %+v, %v", link, got, ok)
		}
	}
}

// TestDocuments: each document is drawn with nothing cut off at its right, its links and
// the way back lead where they say, and the keyboard scrolls.
func TestDocuments(t *testing.T) {
	w := newWorldOfBuild(t, scene())
	w.app.showDocuments()
	s := find[*docSheet](w.app.window.Canvas().Overlays().Top())
	for _, d := range docs.All() {
		s.goTo(docLink{name: d.Name})
		if s.here.name != d.Name || len(s.page.column.blocks) == 0 {
			t.Fatalf("%s is not shown", d.Name)
		}
		room := s.page.scroll.Size().Width
		for _, b := range s.page.column.blocks {
			if right := b.Position().X + max(b.Size().Width, b.MinSize().Width); right > room {
				t.Errorf("%s: a block ends at %v of %v", d.Name, right, room)
			}
			if has, needs := b.Size().Height, b.MinSize().Height; has < needs {
				t.Errorf("%s: a block has a height of %v and needs %v", d.Name, has, needs)
			}
		}
	}
	s.goTo(docLink{name: "guide.md", anchor: "ports"})
	if s.page.scroll.Offset.Y == 0 {
		t.Error("a link to a heading does not go there")
	}
	s.goTo(docLink{name: "cli.md"})
	if s.page.scroll.Offset.Y != 0 {
		t.Error("a document does not begin at its beginning")
	}
	test.Tap(s.back)
	if s.here != (docLink{name: "guide.md", anchor: "ports"}) {
		t.Errorf("back is %+v", s.here)
	}
	s.page.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	s.page.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	s.page.TypedRune(' ')
	if s.page.scroll.Offset.Y < s.page.scroll.Size().Height {
		t.Errorf("two pages down is %v", s.page.scroll.Offset.Y)
	}
	s.page.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if end := s.page.column.height - s.page.scroll.Size().Height; s.page.scroll.Offset.Y != end {
		t.Errorf("the end is %v, not %v", s.page.scroll.Offset.Y, end)
	}
}

// TestDiagnosticsTellTheLanguage: the one that the window speaks, and not only the system's.
func TestDiagnosticsTellTheLanguage(t *testing.T) {
	speak(t, "en_US.UTF-8")
	if err := SpeakUsersLanguage("de"); err != nil {
		t.Fatal(err)
	}
	if got := languageReport(); !strings.HasPrefix(got, "de (the system's: en") {
		t.Errorf("it is %q", got)
	}
}
