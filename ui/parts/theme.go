package parts

import (
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"culvert/assets"
)

// Theme is the window's theme: light or dark as the desktop says.
type Theme struct {
	regular, medium, semibold, mono, monoMedium fyne.Resource
	force                                       *fyne.ThemeVariant
	tight                                       bool
	failed                                      func(value any) // see Catching
}

// NewTheme returns the theme; it reads the built-in fonts. Those of the text are named
// by the language's catalogue, for Inter has no Chinese.
func NewTheme() *Theme {
	family := lang.X("font.family", "Inter")
	font := func(name string) fyne.Resource { return fyne.NewStaticResource(name, assets.Font(name)) }
	return &Theme{
		regular:    font(family + "-Regular.otf"),
		medium:     font(family + "-Medium.otf"),
		semibold:   font(family + "-SemiBold.otf"),
		mono:       font("JetBrainsMono-Regular.ttf"),
		monoMedium: font("JetBrainsMono-Medium.ttf"),
	}
}

// Chinese is the font for a Chinese word in a window that speaks another language.
var Chinese = sync.OnceValue(func() fyne.Resource {
	const name = "NotoSansSC-Medium.otf"
	return fyne.NewStaticResource(name, assets.Font(name))
})

// For returns the theme held to one variant, whatever the desktop says.
func (t *Theme) For(v fyne.ThemeVariant) *Theme {
	c := *t
	c.force = &v
	return &c
}

// Tight returns the theme for lists whose rows touch each other.
func (t *Theme) Tight() *Theme {
	c := *t
	c.tight = true
	return &c
}

// Color implements [fyne.Theme].
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if t.force != nil {
		v = *t.force
	}
	dark := v == theme.VariantDark
	switch name {
	case theme.ColorNamePlaceHolder:
		name = Text3
	case theme.ColorNamePrimary, theme.ColorNameHyperlink, theme.ColorNameFocus:
		name = Accent
	case theme.ColorNameForegroundOnPrimary:
		name = OnPrimary
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder: // fields draw their own, at whole units
		name = None
	case theme.ColorNameHover:
		name = Hover
	case theme.ColorNamePressed:
		name = Press
	case theme.ColorNameSelection:
		name = Selected
	case theme.ColorNameButton, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		name = Raised
	case theme.ColorNameHeaderBackground, theme.ColorNameDisabledButton:
		name = Sunken
	case theme.ColorNameSuccess:
		name = Green
	case theme.ColorNameWarning:
		name = Amber
	case theme.ColorNameError:
		name = Red
	case theme.ColorNameShadow:
		name = Shadow
	case theme.ColorNameScrollBar:
		name = BorderStrong
	case theme.ColorNameScrollBarBackground:
		name = None
	}
	if c, ok := palette(name, dark); ok {
		return c
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font implements [fyne.Theme]. Fonts that lack a script are helped out by the
// toolkit's own.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Symbol:
		return theme.DefaultTheme().Font(s)
	case s.Monospace && s.Bold:
		return t.monoMedium
	case s.Monospace:
		return t.mono
	case s.Bold:
		return t.semibold
	case s.Italic: // nothing is set in italics: the style stands for the medium weight
		return t.medium
	}
	return t.regular
}

// Icon implements [fyne.Theme].
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size implements [fyne.Theme].
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNamePadding:
		if t.tight {
			return 0
		}
		return 4
	case theme.SizeNameInnerPadding:
		return 7
	case theme.SizeNameLineSpacing:
		return 2
	case theme.SizeNameText:
		return 13
	case theme.SizeNameCaptionText:
		return 11
	case theme.SizeNameSubHeadingText:
		return 16
	case theme.SizeNameHeadingText:
		return 20
	case theme.SizeNameInlineIcon:
		return 16
	case theme.SizeNameInputBorder:
		return 0
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameSelectionRadius:
		return 6
	case theme.SizeNameCardRadius, theme.SizeNamePopupRadius, theme.SizeNameMenuRadius:
		return 8
	case theme.SizeNameDialogRadius:
		return 12
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	}
	return theme.DefaultTheme().Size(n)
}
