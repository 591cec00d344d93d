package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

const topHeight = 52

// topActions are what the top bar asks of the app.
type topActions struct {
	startAll, stopAll, add func()
	search                 func(string)
	leaveSearch            func()
}

// topBar holds the program's icon, Start all, Stop all, the search and New
// tunnel. In narrow windows buttons lose their words.
type topBar struct {
	widget.BaseWidget
	d                 parts.Drawing
	back, rule        *parts.Box
	icon              *canvas.Image
	title             *parts.Text
	startAll, stopAll *parts.Button
	search            *parts.Field
	add               *parts.Button
	empty             bool
}

func newTopBar(act topActions) *topBar {
	t := &topBar{}
	t.back = t.d.Box(parts.Surface, parts.None, 0)
	t.rule = t.d.Box(parts.Border, parts.None, 0)
	t.icon = canvas.NewImageFromResource(parts.SmallAppIcon())
	t.icon.FillMode = canvas.ImageFillContain
	t.d.Add(t.icon)
	t.title = t.d.Text(parts.Name, parts.Fg)
	t.title.SetText(Title)
	t.startAll = parts.NewButton("start-all", "Start all", "play", parts.Plain, act.startAll)
	t.stopAll = parts.NewButton("stop-all", "Stop all", "square", parts.Plain, act.stopAll)
	t.search = parts.NewField("search", "Search name, namespace, port", "search", act.search).Hint("Ctrl+F")
	t.search.OnKey = func(k *fyne.KeyEvent) bool {
		if k.Name != fyne.KeyEscape {
			return false
		}
		if t.search.Text() != "" {
			t.search.SetText("")
		} else {
			act.leaveSearch()
		}
		return true
	}
	t.add = parts.NewButton("new-tunnel", "New tunnel", "plus", parts.Main, act.add)
	for _, o := range []fyne.CanvasObject{t.startAll, t.stopAll, t.search, t.add} {
		t.d.Add(o)
	}
	t.ExtendBaseWidget(t)
	return t
}

// apply enables what can be done. Without any tunnel only New tunnel is there.
func (t *topBar) apply(n tally) {
	t.startAll.SetEnabled(n.running < n.total)
	t.stopAll.SetEnabled(n.running > 0)
	if t.empty != (n.total == 0) {
		t.empty = n.total == 0
		t.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (t *topBar) CreateRenderer() fyne.WidgetRenderer {
	return t.d.Renderer(t.layout, func() fyne.Size { return fyne.NewSize(400, topHeight) }, t)
}

func (t *topBar) layout(s fyne.Size) {
	narrow := s.Width < narrowWindow
	t.back.Place(0, 0, s.Width, s.Height)
	t.rule.Place(0, s.Height-1, s.Width, 1)
	parts.Put(t.icon, 14, 14, 24, 24)
	start, stop, add, hint := "Start all", "Stop all", "New tunnel", "Search name, namespace, port"
	if narrow {
		start, stop, add, hint = "", "", "New", "Search"
	}
	t.startAll.Set(start, "play")
	t.stopAll.Set(stop, "square")
	t.add.Set(add, "plus")
	t.search.SetPlaceHolder(hint)
	x := 48 + t.title.Place(48, 26, 100) + 18
	parts.Show(t.startAll, !t.empty)
	parts.Show(t.stopAll, !t.empty)
	parts.Show(t.search, !t.empty)
	for _, b := range []*parts.Button{t.startAll, t.stopAll} {
		w := b.MinSize().Width
		parts.Put(b, x, 11, w, 30)
		x += w + 6
	}
	w := t.add.MinSize().Width
	parts.Put(t.add, s.Width-16-w, 11, w, 30)
	right := s.Width - 16 - w - 8
	width := min(float32(285), right-x-16)
	parts.Put(t.search, right-width, 11, width, 30)
}
