package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

// accessTimeout is how long the server may take to say what the user may do.
const accessTimeout = 15 * time.Second

// roleView is what the sheet of rights says.
type roleView struct {
	verdict string
	bad     bool // the verdict is no
	more    string
	ask     string // what to do with the YAML
	yaml    string
}

// roleViewOf returns what there is to say of the rights to a target.
func roleViewOf(a kube.Access, err error) roleView {
	if err != nil {
		return roleView{verdict: complaint(err), bad: true}
	}
	v := roleView{verdict: sentence(a.Reason), bad: a.Verdict == kube.VerdictNo, yaml: a.Missing()}
	limits := make([]string, 0, len(a.Limits))
	for _, l := range a.Limits {
		limits = append(limits, sentence(l))
	}
	v.more = paragraph(limits)
	v.ask = lang.L("Ask whoever runs the cluster to apply this. It gives what is missing, and nothing else.")
	if v.yaml == "" {
		v.yaml = a.Role()
		v.ask = lang.L("No right is missing now: reconnect to try again. This is all that the tunnel takes, for whoever runs the cluster.")
	}
	return v
}

// roleSheet shows what the user may do, and the Role for what is missing.
type roleSheet struct {
	widget.BaseWidget
	view     roleView
	answered bool
	closed   bool

	*sheetFrame
	d             parts.Drawing
	box           *parts.Box
	verdict, more *parts.Para
	ask           *parts.Para
	yaml          *widget.Label
	scroll        *container.Scroll
	copy, done    *parts.Button
}

// showRole asks what the user may do for a tunnel and shows the answer. Closing
// the sheet ends the question.
func (a *App) showRole(id tunnels.ID) {
	st, ok := a.snap.Find(id)
	if !ok {
		return
	}
	ask, cancel := context.WithTimeout(a.ctx, accessTimeout)
	s := newRoleSheet(lang.L("Rights for {{.Target}}", vars{"Target": targetText(st.Spec.Target)}))
	o := parts.NewOverlay(a.window.Canvas(), s, true, func(win fyne.Size) (x, y, w, h float32) {
		w, h = min(680, win.Width-24), min(520, win.Height-24)
		return floor((win.Width - w) / 2), floor((win.Height - h) / 2), w, h
	})
	o.OnDismiss = func() {
		cancel()
		s.closed = true
		s.busy.Set("")
		o.Close()
	}
	s.closer.OnTap, s.done.OnTap = o.OnDismiss, o.OnDismiss
	s.copy.OnTap = func() {
		a.copyText(s.view.yaml)
		s.copy.Set(lang.L("Copied"), "check")
		a.later(copiedFor, func() { s.copy.Set(lang.L("Copy"), "copy") })
	}
	o.Open()
	parts.Focus(s.done)
	s.tick(a, a.deps.Now())
	a.spawn(func(context.Context) {
		defer cancel()
		access, err := a.deps.Catalog.Access(ask, st.Spec.Target, st.Spec.Via)
		a.do(func() {
			if o.IsOpen() {
				s.answered = true
				s.set(roleViewOf(access, err))
			}
		})
	})
}

func newRoleSheet(title string) *roleSheet {
	s := &roleSheet{}
	s.sheetFrame = newSheetFrame(&s.d, "role")
	s.box = s.d.Box(parts.Bg, parts.Border, 8)
	s.title.SetText(title)
	s.verdict = parts.NewPara(parts.Body, parts.Text2)
	s.verdict.Mark = "role/verdict"
	s.more = parts.NewPara(parts.Secondary, parts.Text3)
	s.ask = parts.NewPara(parts.Secondary, parts.Text2)
	s.ask.Mark = "role/ask"
	s.yaml = widget.NewLabel("")
	s.yaml.Selectable = true
	s.yaml.SizeName = theme.SizeNameCaptionText
	s.yaml.TextStyle = fyne.TextStyle{Monospace: true}
	s.scroll = container.NewScroll(s.yaml)
	s.copy = parts.NewButton("role/copy", lang.L("Copy"), "copy", parts.Main, nil)
	s.done = parts.NewButton("role/done", lang.L("Close"), "", parts.Plain, nil)
	for _, o := range []fyne.CanvasObject{s.closer, s.verdict, s.more, s.ask, s.scroll, s.done, s.copy} {
		s.d.Add(o)
	}
	parts.Show(s.scroll, false)
	s.copy.SetEnabled(false)
	s.ExtendBaseWidget(s)
	return s
}

// tick shows for how long the server has been asked.
func (s *roleSheet) tick(a *App, since time.Time) {
	if !s.answered && !s.closed {
		s.busy.Set(waitingText(lang.L("Asking the server what you may do"), since, a.deps.Now()))
		a.later(time.Second, func() { s.tick(a, since) })
	}
}

// set shows the answer.
func (s *roleSheet) set(v roleView) {
	s.busy.Set("")
	s.view = v
	colour := parts.Fg
	if v.bad {
		colour = parts.Red
	}
	s.verdict.Set(v.verdict, colour)
	s.more.SetText(v.more)
	s.ask.SetText(v.ask)
	s.yaml.SetText(v.yaml)
	parts.Show(s.scroll, v.yaml != "")
	s.copy.SetEnabled(v.yaml != "")
	s.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (s *roleSheet) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(s.layout, func() fyne.Size { return fyne.NewSize(400, 300) }, s)
}

func (s *roleSheet) layout(z fyne.Size) {
	body := s.sheetFrame.layout(z, sheetTop, s.copy, s.done)
	y, w := body.y+14, z.Width-48
	for _, p := range []*parts.Para{s.verdict, s.more, s.ask} {
		h := p.Fit(w)
		parts.Put(p, 24, y, w, h)
		if h > 0 {
			y += h + 8
		}
	}
	foot := body.y + body.h
	ground, line := parts.Bg, parts.Border
	if s.view.yaml == "" {
		ground, line = parts.None, parts.None
	}
	s.box.Set(ground, line)
	s.box.Place(24, y, w, foot-y)
	parts.Put(s.scroll, 28, y+2, w-8, foot-y-4)
}
