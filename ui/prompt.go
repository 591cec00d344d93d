package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

// question is what a prompt asks before something is done.
type question struct {
	mark, title, text string
	ok                string // the button that does it; empty when there is nothing to do
	// do runs away from the window; what it tells is shown before the prompt
	// goes.
	do func(ctx context.Context) (told string, err error)
	// use, instead of do, gets what is typed into a field, where at first typed stands.
	// check says what is wrong with it; it may be nil.
	use                func(ctx context.Context, text string) error
	check              func(text string) string
	typed, placeholder string
	// yes is called when the prompt has gone, after what the others do has worked;
	// they may be nil.
	yes func()
	// no, unless nil, is called when the prompt has gone and nothing was done.
	no func()
}

// prompt is a question, and then what came of it.
type prompt struct {
	app     *App
	q       question
	cancel  context.CancelFunc // of what is under way; nil when nothing is
	overlay *parts.Overlay
	body    *fyne.Container

	title  *parts.Para
	text   *parts.Para
	field  *parts.Field
	failed *callout
	close  *parts.Button
	ok     *parts.Button
}

// tell shows a text to close.
func (a *App) tell(title, text string) { a.ask(question{mark: "told", title: title, text: text}) }

// ask opens a prompt.
func (a *App) ask(q question) {
	p := &prompt{app: a, q: q}
	p.title = parts.NewPara(parts.Heading, parts.Fg)
	p.title.Mark = q.mark + "/title"
	p.title.SetText(q.title)
	p.text = parts.NewPara(parts.Body, parts.Text2)
	p.text.Mark = q.mark + "/text"
	p.text.SetText(q.text)
	p.field = parts.NewField(q.mark+"/field", q.placeholder, "", func(string) { p.complain("") })
	p.field.SetText(q.typed)
	p.field.Entry.OnSubmitted = func(string) { p.run() }
	parts.Show(p.field, q.use != nil)
	p.failed = newCallout(q.mark+"/error", a.copyText)
	p.close = parts.NewButton(q.mark+"/cancel", lang.L("Cancel"), "", parts.Plain, p.dismiss)
	p.ok = parts.NewButton(q.mark+"/ok", q.ok, "", parts.Main, p.run)
	parts.Show(p.ok, q.do != nil || q.use != nil || q.yes != nil)
	if !p.ok.Visible() {
		p.close.Set(lang.L("Close"), "")
	}
	p.body = parts.NewArranged(p.layout, nil, p.title, p.text, p.field, p.failed, p.close, p.ok)
	p.overlay = parts.NewOverlay(a.window.Canvas(), p.body, true, func(win fyne.Size) (x, y, w, h float32) {
		w = min(440, win.Width-24)
		h = min(p.height(w), win.Height-24)
		return floor((win.Width - w) / 2), floor((win.Height - h) / 3), w, h
	})
	p.overlay.Spoken = func() string { return strings.Join(withoutEmpty([]string{p.title.Text(), p.text.Text()}), "\n") }
	p.overlay.OnDismiss = p.dismiss
	p.overlay.Open()
	if q.use == nil {
		parts.Focus(p.close)
		return
	}
	p.field.Focus()
	p.field.Entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

func (p *prompt) height(w float32) float32 {
	h := 20 + p.title.Fit(w-48) + 10 + p.text.Fit(w-48) + 18 + 30 + 20
	if p.field.Visible() {
		h += 30 + 12
	}
	if f := p.failed.Fit(w - 48); f > 0 {
		h += f + 12
	}
	return h
}

func (p *prompt) layout(z fyne.Size) {
	c := column{x: 24, y: 20, w: z.Width - 48}
	c.put(p.title, 10)
	c.put(p.text, 12)
	if p.field.Visible() {
		parts.Put(p.field, c.x, c.y, c.w, 30)
		c.y += 42
	}
	c.put(p.failed, 0)
	right := z.Width - 24
	for _, b := range []*parts.Button{p.ok, p.close} {
		if b.Visible() {
			w := b.MinSize().Width
			right -= w
			parts.Put(b, right, z.Height-50, w, 30)
			right -= 8
		}
	}
}

func (p *prompt) run() {
	if p.cancel != nil {
		return
	}
	if p.q.do == nil && p.q.use == nil {
		p.overlay.Close()
		p.q.yes()
		return
	}
	do := p.q.do
	if text := p.field.Text(); p.q.use != nil {
		if p.complain(p.q.wrong(text)) {
			p.field.Focus()
			return
		}
		do = func(ctx context.Context) (string, error) { return "", p.q.use(ctx, text) }
	}
	a := p.app
	ctx, cancel := context.WithCancel(a.ctx)
	p.cancel = cancel
	p.ok.SetEnabled(false)
	p.failed.error("")
	p.refresh()
	a.spawn(func(context.Context) {
		defer cancel()
		told, err := do(ctx)
		if a.ctx.Err() != nil {
			return
		}
		a.do(func() { p.ended(told, err) })
	})
}

func (p *prompt) ended(told string, err error) {
	p.cancel = nil
	p.ok.SetEnabled(true)
	switch {
	case err != nil:
		p.failed.error(complaintAt(err))
	case told == "":
		p.overlay.Close()
		if p.q.yes != nil {
			p.q.yes()
		}
	default:
		p.text.SetText(told)
		p.ok.Hide()
		p.close.Set(lang.L("Close"), "")
	}
	p.refresh()
	p.app.apply()
}

// wrong says what is wrong with what is typed.
func (q question) wrong(text string) string {
	if q.check == nil {
		return ""
	}
	return q.check(text)
}

// complain shows what is wrong with what is typed and returns whether anything is.
func (p *prompt) complain(text string) bool {
	if p.failed == nil { // it is being made
		return false
	}
	p.failed.error(text)
	p.field.SetBad(text != "")
	p.refresh()
	return text != ""
}

func (p *prompt) refresh() {
	p.body.Refresh()
	p.overlay.Refresh()
}

// dismiss closes the prompt and ends what is under way.
func (p *prompt) dismiss() {
	if p.cancel != nil {
		p.cancel()
	}
	p.overlay.Close()
	if p.q.no != nil {
		p.q.no()
	}
}
