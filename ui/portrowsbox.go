package ui

import (
	"fmt"
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// portsView is the pairs of ports with what is known of each.
type portsView struct {
	rows     []portRow
	verdicts []verdict
	declared []parts.Option // the ports that the target declares
	where    string         // what the right column is headed by
}

// portsBox draws the pairs of ports below each other.
type portsBox struct {
	widget.BaseWidget
	view   portsView
	change func(i int, r portRow)
	drop   func(i int)
	submit func()
	came   func(o fyne.CanvasObject) // the keyboard came to one of the fields

	d     parts.Drawing
	heads [2]*parts.Text
	rows  []*portLine
}

// portLine is the widgets of one pair.
type portLine struct {
	local   *parts.Field
	arrow   *parts.Icon
	remote  *parts.Picker
	glyph   *parts.Icon
	verdict *parts.Text
	drop    *parts.Button
}

// Places in a row of ports.
const (
	portsTop     = 22 // the heads
	portStep     = 38
	portLocal    = 88
	portRemoteX  = 118
	portRemote   = 138
	portVerdictX = 269
	portBelow    = 18 // a verdict that needs a line of its own
)

func newPortsBox(change func(int, portRow), drop func(int), submit func(), came func(fyne.CanvasObject)) *portsBox {
	b := &portsBox{change: change, drop: drop, submit: submit, came: came}
	for i, text := range []string{lang.L("Local"), ""} {
		b.heads[i] = b.d.Text(parts.Label, parts.Text2)
		b.heads[i].SetText(text)
	}
	b.ExtendBaseWidget(b)
	return b
}

// set shows a view; fields that say it already are left alone.
func (b *portsBox) set(v portsView) {
	if reflect.DeepEqual(b.view, v) {
		return
	}
	b.view = v
	for len(b.rows) < len(v.rows) {
		b.rows = append(b.rows, b.newLine(len(b.rows)))
	}
	b.heads[1].SetText(v.where)
	for i, l := range b.rows {
		on := i < len(v.rows)
		for _, o := range []fyne.CanvasObject{l.local, l.remote, l.drop} {
			parts.Show(o, on)
		}
		if !on {
			l.arrow.Set("", parts.Text3)
			l.glyph.Set("", parts.Text3)
			l.verdict.SetText("")
			continue
		}
		l.set(v.rows[i], v.verdicts[i], v.declared)
		parts.Show(l.drop, len(v.rows) > 1 || v.rows[i] != portRow{})
	}
	b.Refresh()
}

func (b *portsBox) newLine(i int) *portLine {
	l := &portLine{}
	l.local = parts.NewField(fmt.Sprintf("form/local:%d", i), lang.L("random"), "", func(text string) {
		if i < len(b.view.rows) && b.view.rows[i].local != text {
			b.typed(i, text)
		}
	}).Mono()
	l.local.Entry.OnSubmitted = func(string) { b.submit() }
	l.arrow = b.d.Icon("arrow-right", parts.Text3)
	l.remote = parts.NewPicker(fmt.Sprintf("form/remote:%d", i), lang.L("port"), func(key string) {
		if i < len(b.view.rows) {
			b.change(i, b.view.rows[i].withRemote(key))
		}
	})
	l.remote.Custom = true
	l.local.OnFocus = func(on bool) {
		if on {
			b.came(l.local)
		}
	}
	l.remote.OnFocus = func() { b.came(l.remote) }
	l.glyph = b.d.Glyph("", parts.Green, parts.Raised)
	l.verdict = b.d.Text(parts.Caption, parts.Text3)
	l.drop = parts.NewButton(fmt.Sprintf("form/drop-port:%d", i), "", "x", parts.Ghost, func() { b.drop(i) })
	l.drop.Tip = lang.L("Remove this port")
	l.drop.Small = true
	b.d.Add(l.local)
	b.d.Add(l.remote)
	b.d.Add(l.drop)
	return l
}

// typed takes what stands in the field of a local port. A colon behind it goes on to
// the other field, and a whole pair fills both.
func (b *portsBox) typed(i int, text string) {
	local, remote, pair := strings.Cut(text, ":")
	switch {
	case !pair:
		b.change(i, portRow{text, b.view.rows[i].remote})
	case remote != "":
		b.change(i, pairRow(joinWords(text)))
	default:
		b.change(i, portRow{local, b.view.rows[i].remote})
		b.rows[i].local.SetText(local)
		b.rows[i].remote.Tapped(nil)
	}
}

func (l *portLine) set(r portRow, v verdict, declared []parts.Option) {
	l.local.SetText(r.local)
	l.arrow.Set("arrow-right", parts.Text3)
	l.remote.Set(declared, r.remote, "", false)
	colour := v.colour
	if v.glyph == "ready" {
		colour = parts.Green
	}
	l.glyph.Set(v.glyph, colour)
	l.verdict.Set(v.text, v.colour)
}

// focus gives the keyboard to the local port of a row.
func (b *portsBox) focus(i int) {
	if i < len(b.view.rows) {
		b.rows[i].local.Focus()
	}
}

// CreateRenderer implements [fyne.Widget].
func (b *portsBox) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(b.layout, func() fyne.Size { return fyne.NewSize(200, portsTop+portStep) }, b)
}

// below says whether a row's verdict needs a line of its own.
func (b *portsBox) below(i int, w float32) bool {
	room := w - portVerdictX - 30
	if b.view.verdicts[i].glyph != "" {
		room -= 18
	}
	return parts.Caption.Width(b.view.verdicts[i].text) > room
}

// Fit returns the height that is needed.
func (b *portsBox) Fit(w float32) float32 {
	y := float32(portsTop)
	for i := range b.view.rows {
		y += portStep
		if b.below(i, w) {
			y += portBelow
		}
	}
	return y
}

func (b *portsBox) layout(z fyne.Size) {
	b.heads[0].Place(2, 9, portLocal)
	b.heads[1].Place(portRemoteX, 9, z.Width-portRemoteX)
	y := float32(portsTop)
	for i, l := range b.rows {
		if i >= len(b.view.rows) {
			continue
		}
		parts.Put(l.local, 0, y, portLocal, 30)
		l.arrow.Place(portLocal+8, y+15, 14)
		parts.Put(l.remote, portRemoteX, y, min(portRemote, z.Width-portRemoteX-30), 30)
		parts.Put(l.drop, z.Width-24, y+2, 26, 26)
		x, yc, room := float32(portVerdictX), y+15, z.Width-portVerdictX-30
		if b.below(i, z.Width) {
			x, yc, room = 2, y+30+portBelow/2, z.Width-2
			y += portBelow
		}
		if b.view.verdicts[i].glyph != "" {
			l.glyph.Place(x, yc, 12)
			x += 18
			room -= 18
		}
		l.verdict.Place(x, yc, room)
		y += portStep
	}
}

// Spots tells the pairs and the verdicts, for those who drive the window.
func (b *portsBox) Spots() []spot {
	out := []spot{{"form/ports", pairsOf(b.view.rows), rect{0, 0, b.Size().Width, b.Size().Height}}}
	for i := range b.view.rows {
		l := b.rows[i]
		out = append(out, spot{
			fmt.Sprintf("form/verdict:%d", i), b.view.verdicts[i].text,
			rect{l.local.Position().X, l.local.Position().Y, l.local.Size().Width, l.local.Size().Height},
		})
	}
	return out
}
