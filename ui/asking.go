package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
)

// danger is why the start of a tunnel is asked about first.
type danger struct {
	title      string // the tunnel's
	target     string
	context    string
	production bool
	unsure     bool     // it may be production: the marks cannot be read
	open       []string // addresses that other computers reach
}

// mostNamed is how many tunnels a question names.
const mostNamed = 6

// dangersOf returns what has to be asked about before tunnels are started. While no
// contexts are known any one may be production.
func dangersOf(specs []tunnels.Spec, names targetNames, contexts listing[kube.Context]) []danger {
	var out []danger
	for _, s := range specs {
		d := danger{title: s.Title(), target: targetText(s.Target) + ":" + portsText(s.Mappings), context: names.context(s.Target), open: tunnels.Exposed(s.Listen)}
		i := slices.IndexFunc(contexts.items, func(c kube.Context) bool { return c.Name == d.context })
		if i >= 0 {
			d.production, d.unsure = contexts.items[i].Production, contexts.items[i].Unsure
		} else {
			d.unsure = !contexts.loaded || contexts.err != nil
		}
		if d.production || d.unsure || len(d.open) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// askingOf is the question about dangers, of which there is at least one.
func askingOf(ds []danger) question {
	q := question{mark: "ask-start", title: lang.L("Start in production?"), ok: lang.L("Start in production")}
	production := slices.ContainsFunc(ds, func(d danger) bool { return d.production || d.unsure })
	switch {
	case !production && len(ds) == 1:
		q.title, q.ok = lang.L("Listen for other computers too?"), lang.L("Start and listen")
	case !production:
		q.title, q.ok = lang.L("Listen for other computers too?"), lang.L("Start and listen")
	case len(ds) > 1:
		q.title = plural(len(ds), "Start 1 tunnel that asks first?", "Start {{.N}} tunnels that ask first?", nil)
	}
	var text []string
	for _, d := range ds[:min(len(ds), mostNamed)] {
		text = append(text, d.sentences(len(ds) == 1)...)
	}
	if more := len(ds) - mostNamed; more > 0 {
		text = append(text, plural(more, "And so does {{.N}} more.", "And so do {{.N}} more.", nil))
	}
	q.text = paragraph(text)
	return q
}

// sentences say what would be started, where, and why that is asked.
func (d danger) sentences(alone bool) []string {
	data := vars{"Name": d.title, "Target": d.target, "Context": d.context, "Addresses": strings.Join(d.open, ", ")}
	var out []string
	switch {
	case d.production:
		out = append(out, lang.L("“{{.Name}}” leads to {{.Target}} in {{.Context}}, which is marked as production.", data))
	case d.unsure:
		out = append(out, lang.L("“{{.Name}}” leads to {{.Target}} in {{.Context}}, which may be production: the marks cannot be read now.", data))
	}
	if len(d.open) > 0 {
		out = append(out, lang.L("“{{.Name}}” listens on {{.Addresses}}: other computers reach it there.", data))
		if alone {
			out = append(out, lang.L("Whoever connects acts with your rights on {{.Target}}.", data))
		}
	}
	return out
}

// startAsked starts tunnels; where that is dangerous it asks once, for all of
// them, and nothing starts before the answer. All that the user starts goes
// through here or [App.startSpecs], and what makes a running tunnel lead elsewhere
// through [App.changeAsked]; what is brought back as it was does not.
func (a *App) startAsked(ids []tunnels.ID) {
	var specs []tunnels.Spec
	for _, id := range ids {
		if st, ok := a.snap.Find(id); ok {
			specs = append(specs, st.Spec)
		}
	}
	a.startSpecs(specs)
}

// startSpecs is startAsked for tunnels that the snapshot may not have yet.
func (a *App) startSpecs(specs []tunnels.Spec) {
	start := func() {
		for _, s := range specs {
			a.start1(s.ID)
		}
	}
	a.askBefore(dangersOf(specs, a.names(), a.browser.Contexts()), start)
}

// changeAsked changes a tunnel's spec; where the tunnel runs and goes on by the new
// one, it asks about what a start by it would ask about and the old one would not.
func (a *App) changeAsked(st tunnels.Status, spec tunnels.Spec, change func()) {
	if !running(st.State) {
		change()
		return
	}
	names, contexts := a.names(), a.browser.Contexts()
	now := dangersOf([]tunnels.Spec{spec}, names, contexts)
	a.askBefore(newDangers(dangersOf([]tunnels.Spec{st.Spec}, names, contexts), now), change)
}

// newDangers returns those of a spec, of which there is one at most, that the old
// spec has not.
func newDangers(old, now []danger) []danger {
	if len(old) == 0 || len(now) == 0 {
		return now
	}
	d := now[0]
	if d.context == old[0].context {
		d.production, d.unsure = false, false
	}
	d.open = slices.DeleteFunc(slices.Clone(d.open), func(l string) bool { return slices.Contains(old[0].open, l) })
	if !d.production && !d.unsure && len(d.open) == 0 {
		return nil
	}
	return []danger{d}
}

// askBefore does something at once where it is harmless, else when the user agrees.
func (a *App) askBefore(ds []danger, do func()) {
	if len(ds) == 0 {
		do()
		return
	}
	q := askingOf(ds)
	q.yes = do
	a.beSeen() // it may come from the tray
	a.ask(q)
}
