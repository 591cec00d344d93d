package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// strip is the line at the bottom: how many tunnels are in each state, and the
// rates.
type strip struct {
	widget.BaseWidget
	counts []stateCount
	in     string
	out    string
	demo   bool

	d          parts.Drawing
	back, rule *parts.Box
	glyphs     []*parts.Icon
	words      []*parts.Text
	down, up   *parts.Icon
	inT, outT  *parts.Text
	note       *parts.Text
}

const stripHeight = 28

func newStrip(demo bool) *strip {
	s := &strip{demo: demo}
	s.back = s.d.Box(parts.Surface, parts.None, 0)
	s.rule = s.d.Box(parts.Border, parts.None, 0)
	s.down, s.up = s.d.Icon("arrow-down", parts.Text3), s.d.Icon("arrow-up", parts.Text3)
	s.inT, s.outT = s.d.Text(parts.Secondary, parts.Text2), s.d.Text(parts.Secondary, parts.Text2)
	s.note = s.d.Text(parts.Secondary, parts.Text3)
	for range 7 {
		s.glyphs = append(s.glyphs, s.d.Glyph("", parts.Green, parts.Surface))
		s.words = append(s.words, s.d.Text(parts.Secondary, parts.Text2))
	}
	s.ExtendBaseWidget(s)
	return s
}

func (s *strip) apply(t tally, sum flow) {
	counts, in, out := t.strip(), rateText(sum.in), rateText(sum.out)
	if t.total == 0 { // there is nothing to have a rate
		in, out = "", ""
	}
	if slices.Equal(s.counts, counts) && s.in == in && s.out == out {
		return
	}
	s.counts, s.in, s.out = counts, in, out
	s.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (s *strip) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(s.layout, func() fyne.Size { return fyne.NewSize(300, stripHeight) }, s)
}

func (s *strip) layout(z fyne.Size) {
	s.back.Place(0, 0, z.Width, z.Height)
	s.rule.Place(0, 0, z.Width, 1)
	yc := floor(z.Height / 2)
	right := z.Width - 16
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
	x := float32(16)
	short := s.wordsWidth() > right-x
	for i := range s.glyphs {
		if i >= len(s.counts) {
			s.glyphs[i].Set("", parts.Green)
			s.words[i].SetText("")
			continue
		}
		look := lookOf(s.counts[i].state)
		s.glyphs[i].Set(look.glyph, look.colour)
		s.glyphs[i].Place(x, yc, 12)
		text := s.counts[i].text
		if short {
			text, _, _ = strings.Cut(text, " ")
		}
		s.words[i].SetText(text)
		x += 18 + s.words[i].Place(x+18, yc, max(right-x-18, 0)) + 16
	}
	note := ""
	if len(s.counts) == 0 {
		note = "No tunnels"
	}
	if s.demo {
		note = "Demo cluster, inside this program"
	}
	s.note.SetText(note)
	s.note.Place(x, yc, max(right-x-8, 0))
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
	return []spot{{mark: "status", text: text, box: rect{0, 0, s.Size().Width, s.Size().Height}}}
}
