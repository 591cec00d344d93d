package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

type welcomeActions struct {
	browse, paste, clear func()
	cluster, imports     func()
	add                  func() // a tunnel
	bring                func() // imports tunnels; nil where that is not offered
	context              func(verb, kubeContext string)
	production           func(kubeContext string)
	menu                 func(kubeContext string, at fyne.Position)
}

// welcome stands where the table would be while there is nothing to list.
type welcome struct {
	widget.BaseWidget
	view welcomeView
	act  welcomeActions

	d        parts.Drawing
	back     *parts.Box
	scroll   *container.Scroll
	body     *fyne.Container
	badge    *emptyBadge
	title    *parts.Para
	text     *parts.Para
	cards    *contextCards
	foot     *parts.Para
	terminal *parts.Para
	browse   *actionCard
	paste    *actionCard
	imports  *actionCard
	clear    *parts.Button
	cluster  *parts.Button
	file     *parts.Button // imports a kubeconfig
	add      *parts.Button
	bring    *parts.Button
	content  fyne.Size
}

func newWelcome(act welcomeActions) *welcome {
	w := &welcome{act: act}
	w.back = w.d.Box(parts.Bg, parts.None, 0)
	w.badge = newEmptyBadge()
	w.title = parts.NewPara(parts.Title, parts.Fg)
	w.title.Mark = "welcome/title"
	w.text = parts.NewPara(parts.Body, parts.Text2)
	w.text.Mark = "welcome/text"
	w.cards = newContextCards(act.context, act.production, act.menu)
	w.foot = parts.NewPara(parts.Secondary, parts.Text3)
	w.foot.SetText(lang.L("Contexts marked as production get a red edge and ask before a tunnel starts."))
	w.terminal = parts.NewPara(parts.Secondary, parts.Text3)
	w.terminal.SetText(lang.L("The same from a terminal: {{.Command}}", vars{"Command": "culvert forward svc/web 8080:80"}))
	w.browse = newActionCard("welcome/browse", lang.L("Browse cluster"), lang.L("Pick a service, workload or pod"), "layers", "", act.browse)
	w.paste = newActionCard("welcome/paste", lang.L("Paste a command"), lang.L("kubectl or oc port-forward"), "clipboard-paste", with(fyne.KeyK).String(), act.paste)
	w.imports = newActionCard("welcome/import", lang.L("Import"), lang.L("Tunnels of kftray, kube-forwarder, scripts"), "download", "", act.bring)
	w.clear = parts.NewButton("welcome/clear", lang.L("Clear"), "x", parts.Main, act.clear)
	w.cluster = parts.NewButton("welcome/add-cluster", lang.L("Add cluster…"), "log-in", parts.Plain, act.cluster)
	w.file = parts.NewButton("welcome/import-file", lang.L("Import kubeconfig…"), "folder", parts.Plain, act.imports)
	w.add = parts.NewButton("welcome/new-tunnel", lang.L("New tunnel"), "plus", parts.Main, act.add)
	w.bring = parts.NewButton("welcome/import-tunnels", lang.L("Import…"), "download", parts.Plain, act.bring)
	w.body = parts.NewArranged(w.layoutBody, func() fyne.Size { return w.content },
		w.badge, w.title, w.text, w.browse, w.paste, w.imports, w.add, w.bring, w.clear, w.cluster, w.file, w.cards, w.foot, w.terminal)
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
	w.badge.set(v.icon)
	w.title.SetText(v.title)
	w.text.SetText(v.text)
	w.cards.set(v.contexts)
	first, none := v.kind == welcomeFirst, v.kind == welcomeNoCluster
	parts.Show(w.browse, first)
	parts.Show(w.paste, first)
	parts.Show(w.imports, first && v.imports)
	parts.Show(w.foot, first)
	parts.Show(w.terminal, first)
	parts.Show(w.clear, v.kind == welcomeNoMatch)
	parts.Show(w.add, v.kind == welcomeNoneHere)
	parts.Show(w.bring, v.kind == welcomeNoneHere && v.imports)
	parts.Show(w.cluster, v.cluster)
	parts.Show(w.file, (none || first) && v.cluster)
	w.cluster.Kind = parts.Plain
	if none {
		w.cluster.Kind = parts.Main
	}
	w.cluster.Refresh()
	w.Refresh()
	w.body.Refresh()
}

// first is what gets the keyboard when one comes here; nil for nothing.
func (w *welcome) first() fyne.Focusable {
	switch {
	case w.browse.Visible():
		return w.browse
	case w.clear.Visible():
		return w.clear
	case w.add.Visible():
		return w.add
	case w.cluster.Visible():
		return w.cluster
	}
	return nil
}

// CreateRenderer implements [fyne.Widget].
func (w *welcome) CreateRenderer() fyne.WidgetRenderer {
	return w.d.Renderer(func(s fyne.Size) {
		w.back.Place(0, 0, s.Width, s.Height)
		parts.Put(w.scroll, 0, 0, s.Width, s.Height)
		w.body.Refresh() // what fits depends on the height, which the body is not told
	}, func() fyne.Size { return fyne.NewSize(200, 100) }, w)
}

const (
	welcomeWidth = 700
	actionGap    = 12
)

// layoutBody puts the cards of what to do below the contexts, or above them
// where they would be out of sight.
func (w *welcome) layoutBody(s fyne.Size) {
	width := min(welcomeWidth, s.Width-64)
	c := column{x: floor((s.Width - width) / 2), y: min(32, max(floor((w.Size().Height-300)/4), 20)), w: width}
	c.put(w.badge, 16)
	c.put(w.title, 8)
	c.put(w.text, 16)
	if w.view.kind != welcomeFirst {
		w.putButtons(&c)
		w.setContent(c.y)
		return
	}
	list := w.cards.Fit(width) + 10 + w.foot.Fit(width) + 20
	above := c.y+list+w.actionsHeight(width)+24 > w.Size().Height
	if above {
		w.putActions(&c)
	}
	c.put(w.cards, 10)
	w.putFoot(&c)
	if !above {
		w.putActions(&c)
	}
	c.put(w.terminal, 24)
	w.setContent(c.y)
}

func (w *welcome) setContent(h float32) {
	if size := fyne.NewSize(200, h); size != w.content {
		w.content = size
		w.scroll.Refresh()
	}
}

// putFoot puts what is said below the contexts, with the ways to add some.
func (w *welcome) putFoot(c *column) {
	room := c.w
	right := c.x + c.w
	for _, b := range []*parts.Button{w.cluster, w.file} {
		if b.Visible() {
			bw := b.MinSize().Width
			right -= bw
			parts.Put(b, right, c.y, bw, 30)
			right -= 8
			room = right - 8 - c.x
		}
	}
	h := w.foot.Fit(room)
	parts.Put(w.foot, c.x, c.y+floor((30-min(h, 30))/2), room, h)
	c.y += max(h, 30) + 20
}

func (w *welcome) actions() []*actionCard {
	var out []*actionCard
	for _, a := range []*actionCard{w.browse, w.paste, w.imports} {
		if a.Visible() {
			out = append(out, a)
		}
	}
	return out
}

func (w *welcome) actionWidth(width float32) float32 {
	n := float32(len(w.actions()))
	return floor((width - actionGap*(n-1)) / max(n, 1))
}

func (w *welcome) actionsHeight(width float32) float32 {
	var h float32
	for _, a := range w.actions() {
		h = max(h, a.Fit(w.actionWidth(width)))
	}
	return h
}

func (w *welcome) putActions(c *column) {
	x, cw, h := c.x, w.actionWidth(c.w), w.actionsHeight(c.w)
	for _, a := range w.actions() {
		parts.Put(a, x, c.y, cw, h)
		x += cw + actionGap
	}
	c.y += h + 20
}

func (w *welcome) putButtons(c *column) {
	x := c.x
	for _, b := range []*parts.Button{w.add, w.bring, w.clear, w.cluster, w.file} {
		if b.Visible() {
			bw := b.MinSize().Width
			parts.Put(b, x, c.y, bw, 30)
			x += bw + 8
		}
	}
	c.y += 50
}

// emptyBadge is the icon of an empty state on a tint.
type emptyBadge struct {
	widget.BaseWidget
	icon string
	d    parts.Drawing
	box  *parts.Box
	img  *parts.Icon
}

func newEmptyBadge() *emptyBadge {
	b := &emptyBadge{}
	b.box = b.d.Box(parts.None, parts.None, 12)
	b.img = b.d.Icon("", parts.Text2)
	b.ExtendBaseWidget(b)
	return b
}

func (b *emptyBadge) set(icon string) { b.icon = icon; b.Refresh() }

// Fit returns the height that is needed.
func (b *emptyBadge) Fit(float32) float32 {
	if b.icon == "" {
		return 0
	}
	return 48
}

// CreateRenderer implements [fyne.Widget].
func (b *emptyBadge) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(func(fyne.Size) {
		ground := parts.GreyTint
		if b.icon == "" {
			ground = parts.None
		}
		b.box.Set(ground, parts.None)
		b.box.Place(0, 0, 48, 48)
		b.img.Set(b.icon, parts.Text2)
		b.img.Place(13, 24, 22)
	}, func() fyne.Size { return fyne.NewSize(48, 0) }, b)
}
