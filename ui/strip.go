package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// strip is the line at the bottom: how many tunnels are in each state, each a
// filter to click, and the rates.
type strip struct {
	widget.BaseWidget
	counts []stateCount
	in     string
	out    string
	where  string // where the tunnels run; empty where that goes without saying
	only   only

	d          parts.Drawing
	back, rule *parts.Box
	states     []*stateButton
	down, up   *parts.Icon
	inT, outT  *parts.Text
	note       *parts.Text
}

const stripHeight = 28

func newStrip(tap func(tunnels.State)) *strip {
	s := &strip{}
	s.back = s.d.Box(parts.Surface, parts.None, 0)
	s.rule = s.d.Box(parts.Border, parts.None, 0)
	s.down, s.up = s.d.Icon("arrow-down", parts.Text3), s.d.Icon("arrow-up", parts.Text3)
	s.inT, s.outT = s.d.Text(parts.Secondary, parts.Text2), s.d.Text(parts.Secondary, parts.Text2)
	s.note = s.d.Text(parts.Secondary, parts.Text3)
	for range tunnels.States {
		b := newStateButton(tap)
		s.states = append(s.states, b)
		s.d.Add(b)
	}
	s.ExtendBaseWidget(s)
	return s
}

func (s *strip) apply(t tally, sum flow, narrowed only, where string) {
	counts, in, out := t.strip(), rateText(sum.in), rateText(sum.out)
	if t.total == 0 { // there is nothing to have a rate
		in, out = "", ""
	}
	if slices.Equal(s.counts, counts) && s.in == in && s.out == out && s.only == narrowed && s.where == where {
		return
	}
	s.counts, s.in, s.out, s.only, s.where = counts, in, out, narrowed, where
	s.Refresh()
}

// first is what gets the keyboard when one comes to the strip; nil for nothing.
func (s *strip) first() fyne.Focusable {
	if len(s.counts) == 0 {
		return nil
	}
	return s.states[0]
}

// CreateRenderer implements [fyne.Widget].
func (s *strip) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(s.layout, func() fyne.Size { return fyne.NewSize(300, stripHeight) }, s)
}

func (s *strip) layout(z fyne.Size) {
	s.back.Place(0, 0, z.Width, z.Height)
	s.rule.Place(0, 0, z.Width, 1)
	yc := floor(z.Height / 2)
	right := s.layoutRates(z.Width-16, yc)
	x := float32(8)
	short := s.wordsWidth() > right-x
	for i, b := range s.states {
		parts.Show(b, i < len(s.counts))
		if i >= len(s.counts) {
			continue
		}
		c := s.counts[i]
		b.set(c, short, s.only.byState && s.only.state == c.state)
		w := b.MinSize().Width
		parts.Put(b, x, 3, w, z.Height-5)
		x += w
	}
	note := s.where
	if note == "" && len(s.counts) == 0 {
		note = lang.L("No tunnels")
	}
	s.note.SetText(note)
	s.note.Place(x+8, yc, max(right-x-16, 0))
}

// layoutRates puts the rates at the right and returns where they begin.
func (s *strip) layoutRates(right, yc float32) float32 {
	for _, p := range []struct {
		icon *parts.Icon
		text *parts.Text
		s    string
	}{{s.up, s.outT, s.out}, {s.down, s.inT, s.in}} {
		p.text.SetText(p.s)
		w := max(p.text.Width(), 48) // does not wander with each digit
		parts.Show(p.icon.C, p.s != "")
		p.text.Place(right-w, yc, w)
		p.icon.Place(right-w-19, yc, 14)
		right -= w + 30
	}
	return right
}

// wordsWidth is how wide the counts are with their words.
func (s *strip) wordsWidth() float32 {
	var w float32
	for _, c := range s.counts {
		w += 34 + parts.Secondary.Width(c.text)
	}
	return w
}

// Spots names the counts, for those who drive the window.
func (s *strip) Spots() []spot {
	text := ""
	for i, c := range s.counts {
		if i > 0 {
			text += ", "
		}
		text += c.text
	}
	all := rect{0, 0, s.Size().Width, s.Size().Height}
	note := rect{s.note.C.Position().X, 0, s.note.Width(), s.Size().Height}
	return []spot{{mark: "status", text: text, box: all}, {mark: "where", text: s.note.String(), box: note}}
}
