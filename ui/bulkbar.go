package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// bulkView is what the bar of picked tunnels shows.
type bulkView struct {
	count int
	// what makes sense for at least one of them
	canStart, canStop, canCopy bool
	copied                     bool // their addresses were copied a moment ago
}

// bulkActions are what the bar asks of the app.
type bulkActions struct {
	profile                                     func(at fyne.Position) // nil where there are no profiles
	start, stop, reconnect, copy, remove, close func()
}

// bulkBar takes the place of the table's head while several tunnels are picked.
type bulkBar struct {
	widget.BaseWidget
	view bulkView

	d       parts.Drawing
	back    *parts.Box
	line    *parts.Box
	text    *parts.Text
	buttons []*parts.Button
	words   []string
	icons   []string
	closer  *parts.Button
	wide    float32 // of all buttons with their words
}

func newBulkBar(act bulkActions) *bulkBar {
	b := &bulkBar{}
	b.back = b.d.Box(parts.Selected, parts.None, 0)
	b.line = b.d.Box(parts.Border, parts.None, 0)
	b.text = b.d.Text(parts.Name, parts.Fg)
	add := func(mark, word, icon string, tap func()) {
		btn := parts.NewButton("bulk/"+mark, word, icon, parts.Ghost, tap)
		btn.Small = true
		b.d.Add(btn)
		b.wide += btn.MinSize().Width + 4
		b.buttons, b.words, b.icons = append(b.buttons, btn), append(b.words, word), append(b.icons, icon)
	}
	add("start", lang.L("Start"), "play", act.start)
	add("stop", lang.L("Stop"), "square", act.stop)
	add("reconnect", lang.L("Reconnect"), "rotate-cw", act.reconnect)
	add("copy", lang.L("Copy addresses"), "copy", act.copy)
	if act.profile != nil {
		add("profile", lang.L("Add to profile"), "bookmark", nil)
		btn := b.buttons[profileOfBulk]
		btn.OnTap = func() {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(btn)
			act.profile(at.AddXY(0, btn.Size().Height+2))
		}
	}
	add("remove", lang.L("Remove"), "trash-2", act.remove)
	b.closer = parts.NewButton("bulk/close", "", "x", parts.Ghost, act.close)
	b.closer.Small, b.closer.Tip = true, lang.L("Select none (Esc)")
	b.d.Add(b.closer)
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// apply shows the bar while something is picked.
func (b *bulkBar) apply(v bulkView) {
	parts.Show(b, v.count > 0)
	if b.view == v {
		return
	}
	b.view = v
	b.text.SetText(plural(v.count, "1 selected", "{{.N}} selected", nil))
	for i, on := range []bool{v.canStart, v.canStop, v.canStop, v.canCopy, true} {
		b.buttons[i].SetEnabled(on)
	}
	b.icons[copyButton] = "copy"
	if v.copied {
		b.icons[copyButton] = "check"
	}
	b.Refresh()
}

// copyButton is the place of that button in the bar.
const copyButton = 3

// profileOfBulk is the place of the button that moves to a profile, where there is
// one.
const profileOfBulk = 4

// CreateRenderer implements [fyne.Widget].
func (b *bulkBar) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(b.layout, func() fyne.Size { return fyne.NewSize(300, headHeight) }, b)
}

// layout gives the buttons words where there is room for all of them, and their
// icons alone where not.
func (b *bulkBar) layout(s fyne.Size) {
	b.back.Place(0, 0, s.Width, s.Height)
	b.line.Place(0, s.Height-1, s.Width, 1)
	x := 16 + min(b.text.Width(), s.Width*0.3) + 12
	b.buttonWords(x+b.wide <= s.Width-40)
	b.text.Place(16, floor(s.Height/2), s.Width*0.3)
	for _, btn := range b.buttons {
		w := btn.MinSize().Width
		parts.Put(btn, x, 2, w, 26)
		x += w + 4
	}
	parts.Put(b.closer, s.Width-34, 2, 28, 26)
}

func (b *bulkBar) buttonWords(on bool) {
	for i, btn := range b.buttons {
		if on {
			btn.Tip = ""
			btn.Set(b.words[i], b.icons[i])
		} else {
			btn.Tip = b.words[i]
			btn.Set("", b.icons[i])
		}
	}
}

// Box returns the mark and the text, for those who drive the window.
func (b *bulkBar) Box() (mark, text string) { return "bulk", b.text.String() }
