package ui

import (
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

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
)

// welcomeView is what stands where the table would be.
type welcomeView struct {
	kind     welcomeKind
	title    string
	text     string
	contexts []contextCard
	cluster  bool // clusters can be added here
}

// contextCard is one context of the first run.
type contextCard struct {
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
func welcomeOf(cat checkView, t tally, rows int, f filter, search string) welcomeView {
	if rows > 0 {
		return welcomeView{}
	}
	if t.total > 0 {
		return noMatch(f, search)
	}
	contexts := cat.Contexts()
	switch {
	case !contexts.loaded:
		return welcomeView{kind: welcomeReading, title: "Reading the kubeconfig…"}
	case len(contexts.items) == 0:
		v := welcomeView{
			kind: welcomeNoCluster, title: "No cluster to connect to",
			text: "There is no kubeconfig with a context. Put one at ~/.kube/config or name it in KUBECONFIG; this window follows the file.",
		}
		if contexts.err != nil {
			v.text = complaint(contexts.err)
		}
		return v
	}
	v := welcomeView{kind: welcomeFirst, title: "No tunnels yet"}
	v.text = count(len(contexts.items), "context was", "contexts were") + " found. Pick a service, workload or pod in the cluster, or name it, and give it a local port."
	if contexts.err != nil {
		v.text += " " + complaint(contexts.err)
	}
	for i, c := range contexts.items {
		v.contexts = append(v.contexts, cardOf(c, i, cat.Check(c.Name)))
	}
	return v
}

func noMatch(f filter, search string) welcomeView {
	v := welcomeView{kind: welcomeNoMatch, title: "No tunnel matches “" + search + "”", text: "The search looks at names, contexts, namespaces, targets and ports."}
	switch {
	case search != "":
	case f == filterRunning:
		v.title, v.text = "No tunnel is running", "Start one with its switch, or all with Start all."
	case f == filterAttention:
		v.title, v.text = "Nothing needs you", "All tunnels are as they should be."
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
	card := contextCard{name: c.Name, server: host(c.Server), dot: stripe(place), glyph: "stopped", colour: parts.Text3}
	switch {
	case c.Err != nil:
		card.glyph, card.colour = "needs", parts.Red
		card.word, card.note = "Cannot be used", complaint(c.Err)
	case k.running:
		card.glyph, card.colour, card.word = "starting", parts.Accent, "Asking…"
	case k.done && k.err == nil:
		card.glyph, card.colour, card.word = "ready", parts.Green, "Answers in "+latencyText(k.took)
		card.canAsk = true
	case k.done:
		card.glyph, card.colour, card.word = "needs", parts.Red, "No answer"
		card.canAsk = true
		if e := tunnels.AsError(k.err); e != nil {
			card.note = complaint(e)
			if w := needs(e); w != "" {
				card.word = capital(w)
			}
		}
	default:
		card.word, card.check, card.canAsk = "Not asked yet", true, true
		switch {
		case c.ExecPlugin != "":
			card.note = "asking runs " + c.ExecPlugin
		case c.Production:
			card.note = "marked as production"
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

type welcomeActions struct {
	add, browse, clear func()
	cluster, imports   func()
	context            func(verb, kubeContext string)
	menu               func(kubeContext string, at fyne.Position)
}

// welcome stands where the table would be while there is nothing to list.
type welcome struct {
	widget.BaseWidget
	view welcomeView
	act  welcomeActions

	d       parts.Drawing
	back    *parts.Box
	scroll  *container.Scroll
	body    *fyne.Container
	title   *parts.Para
	text    *parts.Para
	cards   *contextCards
	browse  *parts.Button
	add     *parts.Button
	clear   *parts.Button
	cluster *parts.Button
	imports *parts.Button
	content fyne.Size
}

func newWelcome(act welcomeActions) *welcome {
	w := &welcome{act: act}
	w.back = w.d.Box(parts.Bg, parts.None, 0)
	w.title = parts.NewPara(parts.Title, parts.Fg)
	w.title.Mark = "welcome/title"
	w.text = parts.NewPara(parts.Body, parts.Text2)
	w.text.Mark = "welcome/text"
	w.cards = newContextCards(act.context, act.menu)
	w.browse = parts.NewButton("welcome/browse", "Browse the cluster", "layers", parts.Main, act.browse)
	w.add = parts.NewButton("welcome/new", "New tunnel", "plus", parts.Plain, act.add)
	w.clear = parts.NewButton("welcome/clear", "Show all tunnels", "x", parts.Plain, act.clear)
	w.cluster = parts.NewButton("welcome/add-cluster", "Add cluster…", "log-in", parts.Plain, act.cluster)
	w.imports = parts.NewButton("welcome/import", "Import kubeconfig…", "folder", parts.Plain, act.imports)
	w.body = parts.NewArranged(w.layoutBody, func() fyne.Size { return w.content },
		w.title, w.text, w.browse, w.add, w.clear, w.cluster, w.imports, w.cards)
	w.scroll = container.NewVScroll(w.body)
	w.d.Add(w.scroll)
	w.ExtendBaseWidget(w)
	w.Hide()
	return w
}

func (w *welcome) apply(v welcomeView) {
	if reflect.DeepEqual(w.view, v) {
		return
	}
	w.view = v
	w.title.SetText(v.title)
	w.text.SetText(v.text)
	w.cards.set(v.contexts)
	parts.Show(w.browse, v.kind == welcomeFirst)
	parts.Show(w.add, v.kind == welcomeFirst)
	parts.Show(w.clear, v.kind == welcomeNoMatch)
	parts.Show(w.cluster, v.cluster)
	parts.Show(w.imports, v.cluster)
	w.Refresh()
	w.body.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (w *welcome) CreateRenderer() fyne.WidgetRenderer {
	return w.d.Renderer(func(s fyne.Size) {
		w.back.Place(0, 0, s.Width, s.Height)
		parts.Put(w.scroll, 0, 0, s.Width, s.Height)
	}, func() fyne.Size { return fyne.NewSize(200, 100) }, w)
}

func (w *welcome) layoutBody(s fyne.Size) {
	width := min(640, s.Width-64)
	x, y := floor((s.Width-width)/2), float32(44)
	put := func(b block, gap float32) {
		h := b.Fit(width)
		parts.Put(b, x, y, width, h)
		if h > 0 {
			y += h + gap
		}
	}
	put(w.title, 8)
	put(w.text, 16)
	bx := x // above the list, so that they are in sight in small windows
	for _, b := range []*parts.Button{w.browse, w.add, w.clear, w.cluster, w.imports} {
		if b.Visible() {
			bw := b.MinSize().Width
			if bx > x && bx+bw > x+width {
				bx = x
				y += 38
			}
			parts.Put(b, bx, y, bw, 30)
			bx += bw + 8
		}
	}
	y += 30 + 20
	put(w.cards, 24)
	if size := fyne.NewSize(200, y); size != w.content {
		w.content = size
		w.scroll.Refresh()
	}
}
