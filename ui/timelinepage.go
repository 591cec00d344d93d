package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// timelineView is what the page of the timeline shows.
type timelineView struct {
	day   string // of the newest line
	lines []timelineLine
	empty string
}

func timelineOf(in insight, now time.Time) timelineView {
	v := timelineView{lines: timelineLines(in.events)}
	if len(v.lines) == 0 {
		v.empty = lang.L("Nothing has happened yet. Starting, sessions, pods that come and go and all that fails are told here.")
		return v
	}
	v.day = dayText(v.lines[0].at, now)
	return v
}

// timelinePage lists what happened to a tunnel.
type timelinePage struct {
	widget.BaseWidget
	view timelineView
	copy func(string)
	// open are the lines that are unfolded.
	open map[timelineKey]bool

	d      parts.Drawing
	day    *parts.Text
	report *parts.Button
	list   *keyList
	holder fyne.CanvasObject
	empty  *parts.Para

	width float32     // that the heights were made for
	full  *parts.Para // measure what is unfolded
	raw   *selectable
}

// timelineKey names a line for as long as it is there.
type timelineKey struct {
	at    time.Time
	title string
}

func (l timelineLine) key() timelineKey { return timelineKey{l.at, l.title} }

const (
	timeRow  = 48
	timeDay  = 36
	timeTop  = 44
	timeText = 27 // from the icon to the text
	timeCopy = 34 // of the button below what is unfolded
)

func newTimelinePage(copyText func(string), report func()) *timelinePage {
	p := &timelinePage{copy: copyText, open: make(map[timelineKey]bool)}
	p.day = p.d.Text(parts.SmallWord, parts.Fg)
	p.report = parts.NewButton("timeline/report", lang.L("Copy redacted report"), "copy", parts.Plain, report)
	p.report.Small = true
	p.report.Tip = lang.L("Versions, state, timeline and errors as text, without names of servers and users")
	p.full = parts.NewPara(parts.Secondary, parts.Fg)
	p.raw = newSelectable("")
	p.list = newKeyList(
		func() int { return len(p.view.lines) },
		func() fyne.CanvasObject { return newTimeRow(p) },
		func(i int, o fyne.CanvasObject) {
			if i < len(p.view.lines) {
				o.(*timeRowWidget).set(i)
			}
		},
	)
	p.list.skip = func(i int) bool { return p.view.lines[i].day != "" }
	p.list.open = p.unfold
	p.list.copy = func(i int) { p.copy(p.view.lines[i].copy()) }
	p.holder = parts.Tight(p.list)
	p.empty = parts.NewPara(parts.Body, parts.Text3)
	p.empty.Mark = "timeline/empty"
	for _, o := range []fyne.CanvasObject{p.report, p.holder, p.empty} {
		p.d.Add(o)
	}
	p.ExtendBaseWidget(p)
	return p
}

// set shows a view; lines that are the same are left alone.
func (p *timelinePage) set(v timelineView) {
	old := p.view
	if old.day == v.day && old.empty == v.empty && slices.Equal(old.lines, v.lines) {
		return
	}
	p.view = v
	p.day.SetText(v.day)
	p.empty.SetText(v.empty)
	p.list.at = max(min(p.list.at, len(v.lines)-1), 0)
	p.width = 0
	p.Refresh()
	p.list.Refresh()
}

// unfold shows all of a line, or hides it again.
func (p *timelinePage) unfold(i int) {
	l := p.view.lines[i]
	if !l.foldable() {
		return
	}
	if p.open[l.key()] {
		delete(p.open, l.key())
	} else {
		p.open[l.key()] = true
	}
	p.list.SetItemHeight(i, p.height(l))
	p.list.Refresh()
}

func (p *timelinePage) height(l timelineLine) float32 {
	if l.day != "" {
		return timeDay
	}
	if !p.open[l.key()] {
		return timeRow
	}
	w := p.room()
	p.full.SetText(l.full)
	p.raw.set(l.raw)
	h := float32(timeRow + timeCopy)
	if l.full != "" { // it stands where the note was
		h = 29 + p.full.Fit(w-19) + timeCopy
	}
	if raw := p.raw.Fit(w); raw > 0 {
		h += raw + 6
	}
	return h
}

// room is how wide the text of a line may be.
func (p *timelinePage) room() float32 { return p.Size().Width - 2*pageSide - timeText }

// CreateRenderer implements [fyne.Widget].
func (p *timelinePage) CreateRenderer() fyne.WidgetRenderer {
	return p.d.Renderer(p.layout, func() fyne.Size { return fyne.NewSize(200, 80) }, p)
}

func (p *timelinePage) layout(s fyne.Size) {
	const side = pageSide
	w := p.report.MinSize().Width
	parts.Put(p.report, s.Width-side-w, 10, w, 26)
	p.day.Place(side, 23, s.Width-2*side-w-8)
	parts.Put(p.empty, side, timeTop+12, s.Width-2*side, p.empty.Fit(s.Width-2*side))
	if p.width != s.Width {
		p.width = s.Width
		for i, l := range p.view.lines {
			p.list.SetItemHeight(i, p.height(l))
		}
	}
	parts.Put(p.holder, 0, timeTop, s.Width, s.Height-timeTop)
}
