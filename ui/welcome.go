package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

type welcomeKind uint8

const (
	welcomeNone      welcomeKind = iota // there are rows to show
	welcomeReading                      // nothing is known yet
	welcomeNoCluster                    // no kubeconfig, or none that can be used
	welcomeFirst                        // contexts, but no tunnels
	welcomeNoMatch                      // tunnels, but the search or filter hides them
	welcomeNoneHere                     // the profile that the window is narrowed to has none
)

// welcomeView is what stands where the table would be.
type welcomeView struct {
	kind     welcomeKind
	icon     string
	title    string
	text     string
	contexts []contextCard
	cluster  bool // clusters can be added here
	imports  bool // tunnels can be imported
}

// contextCard is one context of the first run.
type contextCard struct {
	head         string // names the file of this context and those that follow; empty for none
	headNote     string
	name, server string
	dot          fyne.ThemeColorName
	glyph        string
	colour       fyne.ThemeColorName
	word, note   string
	check        bool // asking is up to the user
	canAsk       bool
	production   bool
	act          verb // what the button does; empty for no button
	menu         bool // there is more to do with it
}

// checkView adds checks to the catalog; browser implements it.
type checkView interface {
	catalogView
	Check(kubeContext string) checked
}

// welcomeOf returns the empty state, if there is one.
func welcomeOf(cat checkView, t tally, rows int, by narrowing) welcomeView {
	if rows > 0 {
		return welcomeView{}
	}
	if by.profile != "" && by.search == "" && by.filter == filterAll && by.only == (only{}) {
		return welcomeView{
			kind: welcomeNoneHere, icon: "bookmark", title: lang.L("No tunnels in “{{.Profile}}” yet", vars{"Profile": by.profile}),
			text: lang.L("New tunnels are kept in this profile while it is chosen. Others can be moved here, by their menu or by dragging them onto its name."),
		}
	}
	if t.total > 0 {
		return noMatch(by)
	}
	contexts := cat.Contexts()
	switch {
	case !contexts.loaded:
		return welcomeView{kind: welcomeReading, icon: "folder", title: lang.L("Reading the kubeconfig…")}
	case len(contexts.items) == 0:
		v := welcomeView{
			kind: welcomeNoCluster, icon: "unplug", title: lang.L("No cluster to connect to"),
			text: lang.L("There is no kubeconfig with a context. Put one at ~/.kube/config or name it in KUBECONFIG; this window follows the file."),
		}
		if contexts.err != nil {
			v.text = complaint(contexts.err)
		}
		return v
	}
	v := welcomeView{kind: welcomeFirst, title: lang.L("No tunnels yet")}
	for i, c := range contexts.items {
		v.contexts = append(v.contexts, cardOf(c, i, cat.Check(c.Name)))
	}
	v.text = foundText(contexts.items, cat)
	if contexts.err != nil {
		v.text = joined(v.text, complaint(contexts.err))
	}
	return v
}

// foundText says how many contexts there are and how many of them answer.
func foundText(contexts []kube.Context, cat checkView) string {
	answer := 0
	for _, c := range contexts {
		if k := cat.Check(c.Name); k.done && k.err == nil {
			answer++
		}
	}
	text := plural(len(contexts), "One context was found.", "{{.N}} contexts were found.", nil)
	if answer > 0 {
		text = joined(text, plural(answer, "One answers now.", "{{.N}} answer now.", nil))
	}
	return text
}

// narrowing is what hides tunnels from the table.
type narrowing struct {
	filter  filter
	search  string
	only    only
	profile string // its name; empty for all profiles
}

// narrowing is what hides tunnels from the table now.
func (a *App) narrowing() narrowing {
	out := narrowing{filter: a.filter, search: a.search, only: a.only}
	if p, ok := a.book.chosen(); ok {
		out.profile = profileName(p)
	}
	return out
}

func noMatch(by narrowing) welcomeView {
	v := welcomeView{kind: welcomeNoMatch, icon: "list", title: lang.L("No tunnel is like that now"), text: lang.L("Other tunnels are hidden by what you have chosen.")}
	switch {
	case by.search != "" && by.profile != "":
		v.icon, v.title = "search", lang.L("Nothing matches “{{.Search}}” in {{.Profile}}", vars{"Search": by.search, "Profile": by.profile})
		v.text = lang.L("Only this profile is searched. Choose All profiles to look in all of them.")
	case by.search != "":
		v.icon, v.title = "search", lang.L("Nothing matches “{{.Search}}”", vars{"Search": by.search})
		v.text = lang.L("The search looks at names, contexts, namespaces, targets and ports.")
		if by.filter != filterAll || by.only != (only{}) {
			v.text = joined(v.text, lang.L("It looks only at the tunnels that you have narrowed the table to."))
		}
	case by.only.byState:
		word, _ := stateWord(tunnels.Status{State: by.only.state}, time.Time{})
		v.title = lang.L("No tunnel is in the state “{{.State}}” now", vars{"State": word})
	case by.only.tag != "" && by.filter == filterAll:
		v.icon, v.title = "tag", lang.L("No tunnel has the tag “{{.Tag}}”", vars{"Tag": by.only.tag})
	case by.filter == filterRunning:
		v.icon, v.title, v.text = "activity", lang.L("No tunnel is running"), lang.L("Start one with its switch, or all with Start all.")
		if by.profile != "" {
			v.title = lang.L("No tunnel of {{.Profile}} is running", vars{"Profile": by.profile})
		}
	case by.filter == filterAttention:
		v.icon, v.title, v.text = "check", lang.L("Nothing needs you"), lang.L("All tunnels are as they should be.")
	}
	return v
}

// host is a server's URL without what is the same for all.
func host(server string) string {
	_, h, ok := strings.Cut(server, "://")
	if !ok {
		return server
	}
	return strings.TrimSuffix(h, "/")
}

func cardOf(c kube.Context, place int, k checked) contextCard {
	card := contextCard{name: c.Name, server: host(c.Server), dot: contextStripe(c, place), glyph: "stopped", colour: parts.Text3}
	switch {
	case c.Err != nil:
		card.glyph, card.colour = "needs", parts.Red
		card.word, card.note = lang.L("Cannot be used"), complaint(c.Err)
	case k.running:
		card.glyph, card.colour, card.word = "starting", parts.Accent, lang.L("Checking…")
	case k.done && k.err == nil:
		card.glyph, card.colour, card.word = "ready", parts.Green, lang.L("Answers in {{.Time}}", vars{"Time": latencyText(k.took)})
		card.canAsk = true
	case k.done:
		card.glyph, card.colour, card.word = "needs", parts.Red, lang.L("No answer")
		card.canAsk = true
		if e := tunnels.AsError(k.err); e != nil {
			card.note = complaint(e)
			if w := needs(e); w != "" {
				card.word = capital(w)
			}
		}
	default:
		card.word, card.check, card.canAsk = lang.L("Not checked yet"), true, true
		switch {
		case c.ExecPlugin != "":
			card.note = lang.L("Checking runs {{.Plugin}}", vars{"Plugin": c.ExecPlugin})
		case c.Production:
			card.note = lang.L("Marked as production")
		}
	}
	return card
}

// askedUnasked says whether a context is asked for a sign of life without a
// click: not where that runs a command, and not in what is or may be production.
func askedUnasked(c kube.Context) bool {
	return c.Err == nil && c.ExecPlugin == "" && !c.Production && !c.Unsure
}

// checkOnce asks the contexts that may be asked unasked, the first time they are
// shown.
func (a *App) checkOnce(v welcomeView) {
	if v.kind != welcomeFirst {
		return
	}
	for _, c := range a.browser.Contexts().items {
		if !a.asked[c.Name] && askedUnasked(c) {
			a.asked[c.Name] = true
			a.browser.check(c.Name)
		}
	}
}
