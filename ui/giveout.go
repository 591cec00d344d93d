package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/durable"
	"culvert/tunnels/exchange"
	"culvert/tunnels/profiles"
	"culvert/tunnels/redact"
	"culvert/ui/parts"
)

// The forms in which tunnels are exported.
const (
	giveProfile = "profile"
	giveKubectl = "kubectl"
	giveOC      = "oc"
	giveCulvert = "culvert"
	giveReport  = "report"
)

// giving is the sheet in which tunnels are exported.
type giving struct {
	app    *App
	what   profiles.Profile // the tunnels, and the name of what they are
	form   string
	text   string // what is written; of another form while writing
	lost   []string
	saved  string // where it was saved
	failed error
	// writing says that the text of the form is still to come.
	writing bool
	turn    int // how often something else was asked for

	overlay *parts.Overlay
	sheet   *giveSheet
}

// giveProfile exports a profile.
func (a *App) giveProfile(id string) {
	p, ok := a.book.find(id)
	if !ok {
		return
	}
	p.Tunnels = nil
	for i := range a.snap {
		if s := a.snap[i].Spec; profileOf(s) == id {
			p.Tunnels = append(p.Tunnels, s)
		}
	}
	p.Name = profileName(p)
	a.openGiving(p)
}

// giveShown exports the tunnels that are picked, else those of the profile that the
// window shows, else all.
func (a *App) giveShown() {
	if ids := a.pickedTunnels(); len(ids) > 0 {
		p := profiles.Profile{ID: "tunnels", Name: lang.L("Tunnels")}
		for _, id := range ids {
			if st, ok := a.snap.Find(id); ok {
				p.Tunnels = append(p.Tunnels, st.Spec)
			}
		}
		a.openGiving(p)
		return
	}
	if p, ok := a.book.chosen(); ok {
		a.giveProfile(p.ID)
		return
	}
	p := profiles.Profile{ID: "tunnels", Name: lang.L("All tunnels")}
	for i := range a.snap {
		p.Tunnels = append(p.Tunnels, a.snap[i].Spec)
	}
	a.openGiving(p)
}

func (a *App) openGiving(p profiles.Profile) {
	if len(p.Tunnels) == 0 {
		a.tell(lang.L("There is nothing to export"), lang.L("Add a tunnel first."))
		return
	}
	g := &giving{app: a, what: p, form: giveProfile}
	a.giving = g
	g.sheet = newGiveSheet(g)
	g.overlay = parts.NewOverlay(a.window.Canvas(), g.sheet, true, func(win fyne.Size) (x, y, w, h float32) { return middle(win, 680, 560) })
	g.overlay.OnDismiss = g.close
	g.overlay.Open()
	g.choose(giveProfile)
	parts.Focus(g.sheet.copy)
}

func (g *giving) close() {
	if g.app.giving == g {
		g.app.giving = nil
	}
	g.overlay.Close()
}

// choose writes the tunnels in another form, away from the window.
func (g *giving) choose(form string) {
	a := g.app
	g.form, g.saved, g.failed, g.writing = form, "", nil, true
	g.turn++
	turn := g.turn
	in := giveInput{what: g.what, form: form, names: a.names()}
	if form == giveReport {
		in.report = a.reportInput()
	}
	g.sheet.apply(g.view())
	a.spawn(func(ctx context.Context) {
		if form == giveReport {
			for i := range in.report {
				id := in.report[i].st.Spec.ID
				in.report[i].events = a.deps.Tunnels.Timeline(id)
			}
			in.private = redact.Private()
		}
		text, lost, err := in.write()
		if ctx.Err() != nil {
			return
		}
		a.do(func() {
			if a.giving == g && g.turn == turn {
				g.text, g.lost, g.failed, g.writing = text, lost, err, false
				g.sheet.apply(g.view())
			}
		})
	})
}

// reportInput are the tunnels of the sheet with their states.
func (a *App) reportInput() []reportInput {
	var out []reportInput
	for _, s := range a.giving.what.Tunnels {
		if st, ok := a.snap.Find(s.ID); ok {
			out = append(out, reportInput{
				version: a.deps.App.Metadata().Version, st: st, names: a.names(), contexts: a.browser.Contexts().items, now: a.deps.Now(),
			})
		}
	}
	return out
}

// giveInput is what an export is made from.
type giveInput struct {
	what    profiles.Profile
	form    string
	names   targetNames
	report  []reportInput
	private []redact.Name
}

// write returns the export, and what it lacks.
func (in giveInput) write() (text string, lost []string, err error) {
	switch in.form {
	case giveProfile:
		data, err := profiles.Marshal(in.what)
		return string(data), nil, err
	case giveReport:
		return reportOfAll(in.report, in.private), nil, nil
	}
	specs := make([]tunnels.Spec, len(in.what.Tunnels))
	for i, s := range in.what.Tunnels {
		if in.names.current != "" || s.Target.Context != "" {
			s.Target.Context = in.names.context(s.Target)
		}
		s.Target.Namespace = in.names.namespace(s.Target)
		specs[i] = s
	}
	text, lost = exchange.Commands(in.form, specs)
	return text, lost, nil
}

// copyAll copies the export.
func (g *giving) copyAll() { g.app.copyText(g.text); g.sheet.apply(g.view()) }

// save writes the export into a file that the user names.
func (g *giving) save() {
	text, a := g.text, g.app
	a.access.save(lang.L("Save the export"), giveFile(g.what.Name, g.form), func(path string) {
		a.spawn(func(ctx context.Context) {
			err := writeExport(path, text)
			if ctx.Err() != nil {
				return
			}
			a.do(func() {
				if g.failed = err; err == nil {
					g.saved = path
				}
				g.sheet.apply(g.view())
			})
		})
	})
}

// giveFile is the name that is offered for a file.
func giveFile(name, form string) string {
	base := strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' {
			return unicode.ToLower(r)
		}
		return '-'
	}, name), "-")
	for strings.Contains(base, "--") {
		base = strings.ReplaceAll(base, "--", "-")
	}
	if base == "" {
		base = "tunnels"
	}
	switch form {
	case giveProfile:
		return base + ".yaml"
	case giveReport:
		return base + "-report.txt"
	}
	return base + ".sh"
}

// writeExport writes a file that others may read, at once or not at all: nothing in
// it is secret.
func writeExport(path, text string) error {
	mode := os.FileMode(0o644)
	if filepath.Ext(path) == ".sh" {
		mode = 0o755
	}
	if err := durable.Save(path, []byte(text), mode); err != nil {
		return &tunnels.Error{Op: "save", Err: durable.Reason(err), Hint: lang.L("Choose another place.")}
	}
	return nil
}

// shorterPath is a path as a user writes it.
func shorterPath(path, home string) string {
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && home != "" {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}
