package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// grip lies over a line of text while the mouse is there, so that letters of it can
// be selected and copied. It looks like the line. A list has one for all its
// lines: each that can be selected would be a stop of the Tab key.
type grip struct {
	obj   fyne.CanvasObject
	label *widget.Label
	line  int // where it lies; -1 for nowhere
}

func newGrip(mono bool) *grip {
	g := &grip{label: widget.NewLabel(""), line: -1}
	g.label.TextStyle = fyne.TextStyle{Monospace: mono}
	g.label.Truncation = fyne.TextTruncateClip
	g.label.Selectable = true
	size := float32(12)
	if mono {
		size = 12.5
	}
	g.obj = container.NewThemeOverride(g.label, bareTheme{fyne.CurrentApp().Settings().Theme(), size})
	g.obj.Hide()
	return g
}

// held says whether something is selected: then the grip stays where it is.
func (g *grip) held() bool { return g.line >= 0 && g.label.SelectedText() != "" }

// gripLine is a line that the grip can lie over.
type gripLine struct {
	text *parts.Text
	box  rect // of the letters
}

// over lays the grip over the line at p, or lifts it where there is none; it
// returns whether that has changed anything.
func (g *grip) over(p fyne.Position, lines []gripLine) bool {
	i := slices.IndexFunc(lines, func(l gripLine) bool { return l.box.has(p) })
	if i < 0 {
		return g.lift()
	}
	if i == g.line {
		return false
	}
	l := lines[i]
	g.line = i
	g.label.SetText(l.text.C.Text)
	h := l.text.C.MinSize().Height // the label's own is that of the window's theme until it is drawn
	parts.Put(g.obj, l.box.x, floor(l.box.y+l.box.h/2-h/2), l.box.w+2, h)
	g.obj.Show()
	return true
}

// lift takes the grip away.
func (g *grip) lift() bool {
	if g.line < 0 {
		return false
	}
	g.line = -1
	g.obj.Hide()
	g.label.SetText("")
	return true
}
