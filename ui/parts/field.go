package parts

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Field is a line to type into, 30 units high.
type Field struct {
	widget.BaseWidget
	// OnKey gets the keys that the entry has no use for (Escape, Up, Down,
	// function keys); when it is nil or returns false they go to the window.
	OnKey func(*fyne.KeyEvent) bool
	// OnPaste gets what is pasted, with its line breaks; when it is nil or
	// returns false the text goes into the field.
	OnPaste func(text string) bool
	// OnFocus is told when the keyboard comes and goes; it may be nil.
	OnFocus func(on bool)

	Entry   *entry
	mark    string
	icon    string
	hint    string // a key hint at the right while empty
	bad     bool
	bare    bool
	focused bool

	d        Drawing
	outline  *Box
	hintBox  *Box
	hintText *Text
}

// NewField returns an empty field; icon may be empty.
func NewField(mark, placeholder, icon string, changed func(string)) *Field {
	f := &Field{mark: mark, icon: icon, Entry: &entry{}}
	if icon != "" {
		f.Entry.Icon = theme16(icon)
	}
	f.Entry.field = f
	f.Entry.Wrapping = fyne.TextWrapOff
	f.Entry.Scroll = fyne.ScrollHorizontalOnly
	f.Entry.PlaceHolder = placeholder
	f.Entry.OnChanged = func(s string) {
		defer Catch()
		if f.hint != "" {
			f.Refresh()
		}
		if changed != nil {
			changed(s)
		}
	}
	f.Entry.ExtendBaseWidget(f.Entry)
	f.ExtendBaseWidget(f)
	return f
}

// Mono sets the field in the face for what one would type into a terminal.
func (f *Field) Mono() *Field {
	f.Entry.TextStyle = fyne.TextStyle{Monospace: true}
	return f
}

// Secret shows dots for what is typed.
func (f *Field) Secret() *Field {
	f.Entry.Password = true
	return f
}

// Bare leaves the outline to the owner, which hears of the focus by OnFocus.
func (f *Field) Bare() *Field { f.bare = true; return f }

// Hint shows a key at the right edge while the field is empty.
func (f *Field) Hint(key string) *Field { f.hint = key; return f }

// Text returns what is typed.
func (f *Field) Text() string { return f.Entry.Text }

// SetText replaces what is typed and calls the change handler.
func (f *Field) SetText(s string) {
	if f.Entry.Text != s {
		f.Entry.SetText(s)
		f.Entry.CursorColumn = len([]rune(s))
		f.Entry.Refresh()
	}
}

// SetPlaceHolder changes what is shown while the field is empty.
func (f *Field) SetPlaceHolder(s string) {
	if f.Entry.PlaceHolder != s {
		f.Entry.SetPlaceHolder(s)
	}
}

// SetBad gives the field the outline of an error.
func (f *Field) SetBad(bad bool) {
	if f.bad != bad {
		f.bad = bad
		f.Refresh()
	}
}

// Bad says whether the field has the outline of an error.
func (f *Field) Bad() bool { return f.bad }

// Focus gives the keyboard to the field.
func (f *Field) Focus() { Focus(f.Entry) }

// CreateRenderer implements [fyne.Widget].
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	f.d.Clear()
	f.outline = f.d.Box(Bg, BorderStrong, 6)
	f.d.Add(f.Entry)
	f.hintBox = f.d.Box(Sunken, None, 4)
	f.hintText = f.d.Text(Badge, Text3)
	return f.d.Renderer(func(s fyne.Size) {
		if f.icon != "" { // its colour follows the theme
			if r := theme16(f.icon); r.Name() != f.Entry.Icon.Name() {
				f.Entry.SetIcon(r)
			}
		}
		Put(f.Entry, 0, 0, s.Width, s.Height)
		line, stroke := BorderStrong, float32(1)
		switch {
		case f.bad:
			line, stroke = Red, 1.5
		case f.focused:
			line, stroke = Accent, 2
		}
		if f.bare {
			line, stroke = None, 0
		}
		f.outline.Set(Bg, line)
		f.outline.Stroke(stroke)
		f.outline.Place(0, 0, s.Width, s.Height)
		f.hintText.SetText(f.hint)
		w := f.hintText.Width() + 12
		on := f.hint != "" && f.Entry.Text == "" && s.Width > 220
		Show(f.hintBox.C, on)
		Show(f.hintText.C, on)
		f.hintBox.Place(s.Width-w-7, s.Height/2-9, w, 18)
		f.hintText.Place(s.Width-w-1, floor(s.Height/2), w)
	}, func() fyne.Size { return fyne.NewSize(60, 30) }, f)
}

// Box returns the mark and what is shown of what is typed, for those who drive
// the window.
func (f *Field) Box() (mark, text string) {
	if f.Entry.Password {
		return f.mark, strings.Repeat("•", utf8.RuneCountInString(f.Entry.Text))
	}
	return f.mark, f.Entry.Text
}

func theme16(icon string) fyne.Resource { return iconResource(icon, Colour(Text3)) }

// entry hands on the keys that an Entry swallows without using them.
type entry struct {
	widget.Entry
	field *Field
}

// FocusGained implements [fyne.Focusable].
func (e *entry) FocusGained() {
	defer Catch()
	e.field.focused = true
	e.Entry.FocusGained()
	e.field.Refresh()
	if e.field.OnFocus != nil {
		e.field.OnFocus(true)
	}
}

// FocusLost implements [fyne.Focusable].
func (e *entry) FocusLost() {
	defer Catch()
	e.field.focused = false
	e.Entry.FocusLost()
	e.field.Refresh()
	if e.field.OnFocus != nil {
		e.field.OnFocus(false)
	}
}

// TypedKey implements [fyne.Focusable].
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	defer Catch()
	switch k.Name {
	case fyne.KeyEscape, fyne.KeyUp, fyne.KeyDown, fyne.KeyF1, fyne.KeyF5, fyne.KeyF6:
		if e.field.OnKey == nil || !e.field.OnKey(k) {
			PassKey(e, k)
		}
	default:
		e.Entry.TypedKey(k)
	}
}

// TypedShortcut implements [fyne.Shortcutable].
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	defer Catch()
	if c, ok := s.(*desktop.CustomShortcut); ok && (len(c.KeyName) == 1 || c.KeyName == fyne.KeyTab || c.KeyName == fyne.KeyReturn || c.KeyName == fyne.KeyEnter) {
		if canvas := fyne.CurrentApp().Driver().CanvasForObject(e); canvas != nil {
			if h, ok := canvas.(fyne.Shortcutable); ok {
				h.TypedShortcut(s)
			}
		}
		return
	}
	if p, ok := s.(*fyne.ShortcutPaste); ok && e.field.OnPaste != nil && e.field.OnPaste(p.Clipboard.Content()) {
		return
	}
	e.Entry.TypedShortcut(s)
}
