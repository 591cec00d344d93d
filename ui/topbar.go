package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

const topHeight = 52

// topActions are what the top bar asks of the app.
type topActions struct {
	startAll, stopAll, add func()
	search                 func(string)
	leaveSearch            func()
	menu                   func(at fyne.Position)
	profiles               func(at fyne.Position)
}

// topBar holds the program's icon, Start all, Stop all, the search, New tunnel
// and the window's menu. In narrow windows buttons lose their words.
type topBar struct {
	widget.BaseWidget
	d                 parts.Drawing
	back, rule        *parts.Box
	icon              *canvas.Image
	title             *parts.Text
	startAll, stopAll *parts.Button
	search            *parts.Field
	add, more         *parts.Button
	empty             bool

	profile  *profileButton // nil where there are no profiles
	choosing bool           // it is shown, in the place of the title
}

// newTopBar returns the bar; profiles says that tunnels are kept in them.
func newTopBar(act topActions, profiles bool) *topBar {
	t := &topBar{}
	t.back = t.d.Box(parts.Surface, parts.None, 0)
	t.rule = t.d.Box(parts.Border, parts.None, 0)
	t.icon = canvas.NewImageFromResource(parts.SmallAppIcon())
	t.icon.FillMode = canvas.ImageFillContain
	t.d.Add(t.icon)
	t.title = t.d.Text(parts.Name, parts.Fg)
	t.title.SetText(Title)
	if profiles {
		t.profile = newProfileButton(act.profiles)
		t.d.Add(t.profile)
	}
	t.startAll = parts.NewButton("start-all", lang.L("Start all"), "play", parts.Plain, act.startAll)
	t.startAll.Tip = lang.L("Start all tunnels")
	t.stopAll = parts.NewButton("stop-all", lang.L("Stop all"), "square", parts.Plain, act.stopAll)
	t.stopAll.Tip = lang.L("Stop all tunnels")
	t.search = parts.NewField("search", "", "search", act.search).Hint(with(fyne.KeyF).String())
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
	t.add = parts.NewButton("new-tunnel", "", "plus", parts.Main, act.add)
	t.add.Tip = lang.L("New tunnel ({{.Key}})", vars{"Key": with(fyne.KeyN).String()})
	t.more = parts.NewButton("window-menu", "", "ellipsis", parts.Ghost, func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.more)
		act.menu(at.AddXY(30, 32))
	})
	t.more.Tip = lang.L("Preferences, theme, keys and more")
	for _, o := range []fyne.CanvasObject{t.startAll, t.stopAll, t.search, t.add, t.more} {
		t.d.Add(o)
	}
	t.ExtendBaseWidget(t)
	return t
}

// apply enables what can be done with the tunnels on show. Without any tunnel at all
// only New tunnel is there.
func (t *topBar) apply(n tally, all int) {
	t.startAll.SetEnabled(n.running < n.total)
	t.stopAll.SetEnabled(n.running > 0)
	if t.empty != (all == 0) {
		t.empty = all == 0
		t.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (t *topBar) CreateRenderer() fyne.WidgetRenderer {
	return t.d.Renderer(t.layout, func() fyne.Size { return fyne.NewSize(400, topHeight) }, t)
}

func (t *topBar) layout(s fyne.Size) {
	t.back.Place(0, 0, s.Width, s.Height)
	t.rule.Place(0, s.Height-1, s.Width, 1)
	parts.Put(t.icon, 14, 14, 24, 24)
	t.shorten(s.Width < narrowWindow)
	x := t.layoutTitle()
	parts.Show(t.startAll, !t.empty)
	parts.Show(t.stopAll, !t.empty)
	parts.Show(t.search, !t.empty)
	for _, b := range []*parts.Button{t.startAll, t.stopAll} {
		w := b.MinSize().Width
		parts.Put(b, x, 11, w, 30)
		x += w + 6
	}
	right := s.Width - 14 - 30
	parts.Put(t.more, right, 11, 30, 30)
	w := t.add.MinSize().Width
	right -= 4 + w
	parts.Put(t.add, right, 11, w, 30)
	right -= 8
	width := min(float32(285), right-x-10)
	parts.Put(t.search, right-width, 11, width, 30)
}

// layoutTitle puts the title, or in its place what chooses the profile, and returns
// where there is room behind it.
func (t *topBar) layoutTitle() float32 {
	parts.Show(t.title.C, !t.choosing)
	if t.profile == nil {
		return 48 + t.title.Place(48, 26, 100) + 18
	}
	parts.Show(t.profile, t.choosing)
	if !t.choosing {
		return 48 + t.title.Place(48, 26, 100) + 18
	}
	parts.Put(t.profile, 48, 11, profileButtonWidth, 30)
	return 48 + profileButtonWidth + 8
}

// shorten has buttons lose their words, or get them back.
func (t *topBar) shorten(narrow bool) {
	start, stop, add, hint := lang.L("Start all"), lang.L("Stop all"), lang.L("New tunnel"), lang.L("Search name, namespace, port")
	if narrow {
		start, stop, add, hint = "", "", lang.L("New"), lang.L("Search")
	}
	t.startAll.Set(start, "play")
	t.stopAll.Set(stop, "square")
	t.add.Set(add, "plus")
	t.search.SetPlaceHolder(hint)
}
