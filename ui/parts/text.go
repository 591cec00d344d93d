package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Text is one line of text that keeps to the width it is given.
type Text struct {
	C      *canvas.Text
	face   Face
	colour fyne.ThemeColorName
	full   string
	cut    Cut
	right  bool

	x, yc, w float32 // the last place
	placed   bool
}

// Text makes a line of text.
func (d *Drawing) Text(face Face, colour fyne.ThemeColorName) *Text {
	t := &Text{C: canvas.NewText("", Colour(colour)), face: face, colour: colour}
	face.apply(t.C)
	d.add(t, t.C)
	return t
}

// CutMiddle makes a text that is too long lose letters in its middle.
func (t *Text) CutMiddle() *Text { t.cut = CutMiddle; return t }

// Right makes Place's x the right edge.
func (t *Text) Right() *Text { t.right = true; return t }

// String returns the whole text, whatever of it is visible.
func (t *Text) String() string { return t.full }

// Set changes text and colour.
func (t *Text) Set(s string, colour fyne.ThemeColorName) {
	changed := t.full != s
	t.full = s
	if t.colour != colour {
		t.colour = colour
		t.repaint()
	}
	if changed {
		t.fit()
	}
}

// SetText changes the text.
func (t *Text) SetText(s string) { t.Set(s, t.colour) }

// SetFace changes the face.
func (t *Text) SetFace(f Face) {
	if t.face == f {
		return
	}
	t.face = f
	f.apply(t.C)
	t.fit()
	t.C.Refresh()
}

// Width returns how wide the whole text is.
func (t *Text) Width() float32 { return t.face.Width(t.full) }

// Place puts the text with its left (or right) edge at x and its vertical
// centre at yc, cut to at most w. It returns the width that is used.
func (t *Text) Place(x, yc, w float32) float32 {
	t.x, t.yc, t.w, t.placed = x, yc, w, true
	return t.fit()
}

func (t *Text) fit() float32 {
	shown := t.full
	if t.placed {
		shown = Fit(t.face, t.full, t.w, t.cut)
	}
	width := t.face.Width(shown)
	h := t.face.Height()
	x := t.x
	if t.right {
		x -= width
	}
	t.C.Move(fyne.NewPos(floor(x+0.5), floor(t.yc-h/2)))
	t.C.Resize(fyne.NewSize(width, h))
	if t.C.Text != shown {
		t.C.Text = shown
		t.C.Refresh()
	}
	return width
}

func (t *Text) repaint() {
	if c := Colour(t.colour); t.C.Color != c {
		t.C.Color = c
		t.C.Refresh()
	}
}

// Cut says whether some of the text is not shown.
func (t *Text) Cut() bool { return t.C.Text != t.full }
