package parts

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

func TestContrast(t *testing.T) {
	grounds := []fyne.ThemeColorName{Bg, Surface, Raised, Sunken, Selected, Hover}
	tests := []struct {
		fg    fyne.ThemeColorName
		under []fyne.ThemeColorName
		least float64
	}{
		{Fg, append([]fyne.ThemeColorName{RedTint, AmberTint, GreenTint, GreyTint}, grounds...), 4.5},
		{Text2, append([]fyne.ThemeColorName{RedTint, AmberTint, GreyTint}, grounds...), 4.5}, // a banner's closer, tags
		{Text3, grounds, 4.5},
		{Accent, append([]fyne.ThemeColorName{GreyTint}, grounds...), 4.5},
		{Green, append([]fyne.ThemeColorName{GreenTint}, grounds...), 4.5},
		{Amber, append([]fyne.ThemeColorName{AmberTint}, grounds...), 4.5},
		{Red, append([]fyne.ThemeColorName{RedTint}, grounds...), 4.5},
		{OnPrimary, []fyne.ThemeColorName{Primary}, 4.5},
		{SwitchOn, []fyne.ThemeColorName{TrackOn, Bg, Selected, Hover}, 3},
		{SwitchOff, []fyne.ThemeColorName{TrackOff, Bg, Selected, Hover}, 3},
		{Stripe0, []fyne.ThemeColorName{Bg, Surface}, 3},
		{Stripe1, []fyne.ThemeColorName{Bg, Surface}, 3},
		{Stripe2, []fyne.ThemeColorName{Bg, Surface}, 3},
		{Stripe3, []fyne.ThemeColorName{Bg, Surface}, 3},
		{Accent, []fyne.ThemeColorName{RedTint, AmberTint}, 3}, // rings of a banner's buttons
		{Production, []fyne.ThemeColorName{Bg, Surface}, 3},
	}
	for _, dark := range []bool{false, true} {
		for _, tt := range tests {
			for _, under := range tt.under {
				fg, _ := palette(tt.fg, dark)
				bg, _ := palette(under, dark)
				if got := contrast(fg, bg); got < tt.least {
					t.Errorf("dark %v: %s on %s has a contrast of %.2f, less than %.1f", dark, tt.fg, under, got, tt.least)
				}
			}
		}
	}
}

// contrast is that of WCAG 2: from 1 for the same colour to 21 for black on
// white.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func TestThemeHasAColourForEveryNameOfTheToolkit(t *testing.T) {
	th := NewTheme()
	for _, name := range []fyne.ThemeColorName{
		theme.ColorNameBackground, theme.ColorNameForeground, theme.ColorNamePlaceHolder, theme.ColorNamePrimary,
		theme.ColorNameSelection, theme.ColorNameHover, theme.ColorNameError, theme.ColorNameOverlayBackground, theme.ColorNameScrollBar,
	} {
		light, dark := th.Color(name, theme.VariantLight), th.Color(name, theme.VariantDark)
		if light == dark {
			t.Errorf("%s is the same in light and dark: %v", name, light)
		}
		if got := th.For(theme.VariantDark).Color(name, theme.VariantLight); got != dark {
			t.Errorf("%s follows the desktop although it is held to dark", name)
		}
	}
}
