package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Face is a size and weight of type.
type Face uint8

// The faces. Mono is for anything that one would type or paste into a terminal.
const (
	Body      Face = iota // 13
	Title                 // 20, a page
	Heading               // 16, a pane
	Name                  // 13 semibold
	Word                  // 13 medium: buttons, states
	Secondary             // 12
	SmallWord             // 12 medium: small buttons
	Caption               // 11.5, second lines
	Label                 // 11 medium, column heads and section heads
	Badge                 // 10.5 medium
	Mono                  // 12.5
	MonoSmall             // 11.5
	MonoChip              // 12 medium
)

func (f Face) style() (size float32, style fyne.TextStyle) {
	medium := fyne.TextStyle{Italic: true}
	switch f {
	case Title:
		return 20, fyne.TextStyle{Bold: true}
	case Heading:
		return 16, fyne.TextStyle{Bold: true}
	case Name:
		return 13, fyne.TextStyle{Bold: true}
	case Word:
		return 13, medium
	case Secondary:
		return 12, fyne.TextStyle{}
	case SmallWord:
		return 12, medium
	case Caption:
		return 11.5, fyne.TextStyle{}
	case Label:
		return 11, medium
	case Badge:
		return 10.5, medium
	case Mono:
		return 12.5, fyne.TextStyle{Monospace: true}
	case MonoSmall:
		return 11.5, fyne.TextStyle{Monospace: true}
	case MonoChip:
		return 12, fyne.TextStyle{Monospace: true, Bold: true}
	case Body:
	}
	return 13, fyne.TextStyle{}
}

// Width returns how wide s is in this face, rounded up to whole units.
func (f Face) Width(s string) float32 {
	size, style := f.style()
	return ceil(fyne.MeasureText(s, size, style).Width)
}

// Height returns the height of a line in this face.
func (f Face) Height() float32 {
	size, style := f.style()
	return fyne.MeasureText("Ag", size, style).Height
}

func (f Face) apply(t *canvas.Text) { t.TextSize, t.TextStyle = f.style() }

func ceil(v float32) float32 {
	n := float32(int(v))
	if n < v {
		n++
	}
	return n
}

func floor(v float32) float32 {
	n := float32(int(v))
	if n > v {
		n--
	}
	return n
}
