package parts

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

// Picker shows what is chosen and opens a list with a search field. Its items
// may change while the list is open.
type Picker struct {
	widget.BaseWidget
	Mark string
	// Custom lets the user choose what is typed although it is not in the list.
	Custom   bool
	OnChoose func(key string)
	// OnFocus is told when the keyboard comes; it may be nil.
	OnFocus func()

	prompt string // while nothing is chosen
	value  string
	items  []Option
	status string // why the list is empty or short; "" when all is well
	bad    bool   // status is an error

	focused, hover bool
	d              Drawing
	ring, box      *Box
	dot            *Box
	text           *Text
	chevron        *Icon

	menu   *Overlay
	search *Field
	list   *Options
	note   *Para
}

// NewPicker returns a picker with nothing chosen.
func NewPicker(mark, prompt string, choose func(key string)) *Picker {
	p := &Picker{Mark: mark, prompt: prompt, OnChoose: choose}
	p.ring = p.d.Box(None, None, 9)
	p.box = p.d.Box(Raised, BorderStrong, 6)
	p.dot = p.d.Box(None, None, 3)
	p.text = p.d.Text(Word, Fg)
	p.chevron = p.d.Icon("chevron-down", Text3)
	p.ExtendBaseWidget(p)
	return p
}

// Set changes what there is to choose, what is chosen, and the sentence that
// stands in the list ("" for none).
func (p *Picker) Set(items []Option, value, status string, bad bool) {
	p.items, p.value, p.status, p.bad = items, value, status, bad
	if p.menu != nil && p.menu.IsOpen() {
		p.filter()
	}
	p.Refresh()
}

// Value returns the key of what is chosen.
func (p *Picker) Value() string { return p.value }

// CreateRenderer implements [fyne.Widget].
func (p *Picker) CreateRenderer() fyne.WidgetRenderer {
	return p.d.Renderer(p.layout, func() fyne.Size { return fyne.NewSize(80, 30) }, p)
}

func (p *Picker) layout(s fyne.Size) {
	p.ring.Set(None, None)
	if p.focused {
		p.ring.Set(None, Accent)
		p.ring.Stroke(2)
	}
	p.ring.Place(-3, -3, s.Width+6, s.Height+6)
	p.box.Set(Raised, BorderStrong)
	p.box.Place(0, 0, s.Width, s.Height)
	x := float32(10)
	label, colour, dot := p.prompt, Text3, None
	if p.value != "" {
		label, colour = p.value, Fg
		for _, it := range p.items {
			if it.Key == p.value {
				label = it.Text
				if it.Dot != "" {
					dot = it.Dot
				}
			}
		}
	}
	p.dot.Set(dot, None)
	p.dot.Place(x, floor(s.Height/2)-5, 10, 10)
	if dot != None {
		x += 18
	}
	p.text.Set(label, colour)
	p.text.Place(x, floor(s.Height/2), s.Width-x-28)
	p.chevron.Place(s.Width-23, s.Height/2, 14)
}

// Tapped implements [fyne.Tappable].
func (p *Picker) Tapped(*fyne.PointEvent) {
	defer Catch()
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	if c == nil {
		return
	}
	p.list = NewOptions(p.Mark, 30, p.choose)
	p.search = NewField(p.Mark+"/search", lang.L("Search"), "search", func(string) { p.filter() })
	if p.Custom {
		p.search.SetPlaceHolder(lang.L("Search or type a name"))
	}
	p.search.OnKey = func(k *fyne.KeyEvent) bool { return p.list.Key(k.Name) }
	p.search.Entry.OnSubmitted = func(string) { p.list.Key(fyne.KeyReturn) }
	p.note = NewPara(Caption, Text3)
	body := NewArranged(func(s fyne.Size) {
		Put(p.search, 8, 8, s.Width-16, 30)
		h := p.note.Fit(s.Width - 24)
		Put(p.list, 2, 44, s.Width-4, s.Height-48-h)
		Put(p.note, 12, s.Height-h-6, s.Width-24, h)
	}, nil, p.search, p.list, p.note)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p)
	size := p.Size()
	p.menu = NewOverlay(c, body, false, func(win fyne.Size) (x, y, w, h float32) {
		w = max(size.Width, 240)
		x = max(min(at.X, win.Width-w-8), 8)
		y = at.Y + size.Height + 4
		h = 50 + 30*float32(len(p.list.Items())) + p.note.Fit(w-24)
		if p.note.Text() != "" {
			h += 8
		}
		h = min(h, 330, max(win.Height-y-8, 160))
		return x, min(y, win.Height-h-8), w, h
	})
	p.filter()
	p.menu.Open()
	p.search.Focus()
}

// filter shows the items that match what is typed.
func (p *Picker) filter() {
	typed := strings.TrimSpace(p.search.Text())
	var out []Option
	exact := false
	for _, it := range p.items {
		if strings.Contains(strings.ToLower(it.Text), strings.ToLower(typed)) {
			out = append(out, it)
		}
		exact = exact || it.Key == typed
	}
	if p.Custom && typed != "" && !exact {
		out = append(out, Option{Key: typed, Text: lang.L("Use “{{.Name}}”", map[string]any{"Name": typed}), Icon: "plus"})
	}
	p.list.Set(out, p.value)
	status, colour := p.status, Text3
	if p.bad {
		colour = Red
	}
	if status == "" && len(out) == 0 {
		status = lang.L("Nothing is called “{{.Name}}” here.", map[string]any{"Name": typed})
		if typed == "" {
			status = lang.L("There is nothing to choose.")
		}
	}
	p.note.Set(status, colour)
	p.menu.Refresh()
	p.menu.content.Refresh()
}

func (p *Picker) choose(key string) {
	p.menu.Close()
	Focus(p)
	if p.OnChoose != nil {
		p.OnChoose(key)
	}
}

// MouseIn implements [desktop.Hoverable].
func (p *Picker) MouseIn(*desktop.MouseEvent) {
	defer Catch()
	p.hover = true
}

// MouseMoved implements [desktop.Hoverable].
func (p *Picker) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (p *Picker) MouseOut() {
	defer Catch()
	p.hover = false
}

// Cursor implements [desktop.Cursorable].
func (p *Picker) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements [fyne.Focusable].
func (p *Picker) FocusGained() {
	defer Catch()
	p.focused = true
	p.Refresh()
	if p.OnFocus != nil {
		p.OnFocus()
	}
}

// FocusLost implements [fyne.Focusable].
func (p *Picker) FocusLost() {
	defer Catch()
	p.focused = false
	p.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (p *Picker) TypedRune(rune) {}

// TypedKey implements [fyne.Focusable].
func (p *Picker) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
		p.Tapped(nil)
	default:
		PassKey(p, e)
	}
}

// Box returns the mark and what is chosen, for those who drive the window.
func (p *Picker) Box() (mark, text string) { return p.Mark, p.value }
