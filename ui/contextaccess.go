package ui

import (
	"os"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

// dress completes what the first run shows of contexts by what the user can do
// with them.
func (a *App) dress(v *welcomeView) {
	v.cluster = a.can() && (v.kind == welcomeNoCluster || v.kind == welcomeFirst)
	if e := tunnels.AsError(a.browser.Contexts().err); v.cluster && v.kind == welcomeNoCluster && e != nil && e.Cause == tunnels.CauseNotFound {
		v.text = joined(sentence(e.Err.Error()),
			lang.L("Add a cluster by its address, or import a kubeconfig. A file at ~/.kube/config is noticed as soon as it is there."))
	}
	for i := range v.contexts {
		if k := a.browser.Check(v.contexts[i].name); k.running {
			v.contexts[i].note = silentFor(a.deps.Now().Sub(k.since))
		}
		if c, ok := a.contextNamed(v.contexts[i].name); ok {
			v.contexts[i] = dressed(v.contexts[i], c, a.browser.Check(c.Name).err, a.can(), a.access.inMemory[c.Name])
		}
	}
	headed(v.contexts, a.browser.Contexts().items, a.home)
}

// silentFor says for how long an answer has been awaited, once that is worth a
// word.
func silentFor(d time.Duration) string {
	if d < 3*time.Second {
		return ""
	}
	return lang.L("no answer for {{.Time}}", vars{"Time": untilText(d)})
}

// headed gives the first context of each file the file's name; home is the
// user's home folder.
func headed(cards []contextCard, contexts []kube.Context, home string) {
	last, at := "", -1
	n := 0
	for i := range cards {
		k := slices.IndexFunc(contexts, func(c kube.Context) bool { return c.Name == cards[i].name })
		if k < 0 {
			continue
		}
		if name := sourceOf(contexts[k], home); name != last || at < 0 {
			last, at, n = name, i, 0
			cards[i].head = name
		}
		if n++; cards[at].head == "" {
			continue
		}
		cards[at].headNote = plural(n, "{{.N}} context", "{{.N}} contexts", nil)
	}
}

// sourceOf says where a context comes from.
func sourceOf(c kube.Context, home string) string {
	if c.File == "" {
		if c.Origin == kube.OriginSignedIn {
			return lang.L("Signed in with Culvert")
		}
		return ""
	}
	if rest, ok := strings.CutPrefix(c.File, home+string(os.PathSeparator)); ok && home != "" {
		return "~" + string(os.PathSeparator) + rest
	}
	return c.File
}

// dressed returns a card with its button, its menu and the mark of production.
// err is that of the last check.
func dressed(card contextCard, c kube.Context, err error, can, inMemory bool) contextCard {
	card.production, card.menu = c.Production, can
	if card.canAsk {
		card.act = verb{verbAskAgain, lang.L("Check"), "", ""}
		if !card.check {
			card.act.text = lang.L("Check again")
		}
	}
	if c.Err != nil {
		err = c.Err
	}
	if err == nil {
		switch {
		case c.Unverified != "":
			card.note = strings.TrimPrefix(card.note+" · "+lang.L("its server is not verified"), " · ")
		case inMemory && card.note == "":
			card.note = lang.L("its token ends with Culvert")
		}
		return card
	}
	if remedies := remedyOf(c, err); can && len(remedies) > 0 && remedies[0].key != verbAskAgain {
		card.act, card.note = remedies[0], inWindow(err, remedies)
		if waitsForConsent(c) {
			card.word = lang.L("Not allowed yet")
			card.glyph, card.colour = "waiting", parts.Amber
		}
	}
	return card
}

// brokenRows are the lines of the tree below a context that cannot be used.
func brokenRows(c kube.Context) []treeRow {
	remedies := remedyOf(c, c.Err)
	rows := []treeRow{{kind: treeError, depth: 1, context: c.Name, text: inWindow(c.Err, remedies)}}
	if len(remedies) > 0 {
		rows = append(rows, treeRow{kind: treeRemedy, depth: 1, context: c.Name, text: remedies[0].text})
	}
	return rows
}

// treeRemedy does what the tree offers below a context that cannot be used.
func (a *App) treeRemedy(name string) {
	if c, ok := a.contextNamed(name); ok && c.Err != nil {
		if remedies := remedyOf(c, c.Err); len(remedies) > 0 {
			a.contextVerb(remedies[0].key, name)
		}
	}
}

// treeMenu opens the menu of a context in the tree.
func (a *App) treeMenu(r treeRow, at fyne.Position) {
	if r.kind == treeContext {
		a.contextMenu(r.context, at)
	}
}
