package parts

import (
	"image"
	"testing"

	"fyne.io/fyne/v2/driver/software"
)

// drawn renders a text in a face and returns its pixels.
func drawn(t *testing.T, f Face, s string) *image.NRGBA {
	t.Helper()
	var d Drawing
	text := d.Text(f, Fg)
	text.SetText(s)
	text.Place(2, 16, 200)
	return software.Render(text.C, NewTheme()).(*image.NRGBA)
}

func same(a, b *image.NRGBA) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for i := range a.Pix {
		if a.Pix[i] != b.Pix[i] {
			return false
		}
	}
	return true
}

// TestScriptsThatOursLackFallBack uses an emoji: the toolkit brings that font
// along, as the others are the system's.
func TestScriptsThatOursLackFallBack(t *testing.T) {
	themed(t)
	for f := Body; f <= MonoChip; f++ {
		for _, name := range []string{"🚀", "web 🚀"} {
			box := []rune(name)
			box[len(box)-1] = 0x10FFFD // no font has it
			got, missing := drawn(t, f, name), drawn(t, f, string(box))
			if same(got, missing) {
				t.Errorf("face %d draws %q as a missing glyph", f, name)
			}
			if blank := drawn(t, f, "   "); same(got, blank) || got.Bounds().Dx() < 8 {
				t.Errorf("face %d draws nothing for %q", f, name)
			}
		}
	}
}
