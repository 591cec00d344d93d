package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The palette's names. Colour means state: whatever is as it should be is drawn
// in Text, Text2 and Text3.
const (
	Bg       = theme.ColorNameBackground // table, details, fields
	Fg       = theme.ColorNameForeground // names, addresses
	Disabled = theme.ColorNameDisabled
	Border   = theme.ColorNameSeparator // hairlines

	Surface      fyne.ThemeColorName = "culvertSurface"      // top bar, rail, status strip, address boxes
	BorderStrong fyne.ThemeColorName = "culvertBorderStrong" // outlines of controls
	Raised       fyne.ThemeColorName = "culvertRaised"       // buttons, sheets, menus
	Sunken       fyne.ThemeColorName = "culvertSunken"       // group rows, disabled, key hints
	Text2        fyne.ThemeColorName = "culvertText2"        // rail, secondary
	Text3        fyne.ThemeColorName = "culvertText3"        // reasons, captions, placeholders
	Accent       fyne.ThemeColorName = "culvertAccent"       // links, focus, Starting, Waiting
	Primary      fyne.ThemeColorName = "culvertPrimary"      // primary button
	OnPrimary    fyne.ThemeColorName = "culvertOnPrimary"
	Selected     fyne.ThemeColorName = "culvertSelected"
	Hover        fyne.ThemeColorName = "culvertHover"
	Veil         fyne.ThemeColorName = "culvertVeil"      // over a hovered control
	Press        fyne.ThemeColorName = "culvertPress"     // over a pressed control
	Green        fyne.ThemeColorName = "culvertGreen"     // Ready
	Amber        fyne.ThemeColorName = "culvertAmber"     // Reconnecting, Degraded
	Red          fyne.ThemeColorName = "culvertRed"       // Needs you, errors
	GreenTint    fyne.ThemeColorName = "culvertGreenTint" // badges, banners
	AmberTint    fyne.ThemeColorName = "culvertAmberTint"
	RedTint      fyne.ThemeColorName = "culvertRedTint"
	GreyTint     fyne.ThemeColorName = "culvertGreyTint"
	RedLine      fyne.ThemeColorName = "culvertRedLine"
	AmberLine    fyne.ThemeColorName = "culvertAmberLine"
	SwitchOn     fyne.ThemeColorName = "culvertSwitchOn" // the knob; its track is a tint, since a table has many
	SwitchOff    fyne.ThemeColorName = "culvertSwitchOff"
	TrackOn      fyne.ThemeColorName = "culvertTrackOn"
	TrackOff     fyne.ThemeColorName = "culvertTrackOff"
	Scrim        fyne.ThemeColorName = "culvertScrim"
	Shadow       fyne.ThemeColorName = "culvertShadow"
	None         fyne.ThemeColorName = "culvertNone" // transparent

	Stripe0 fyne.ThemeColorName = "culvertStripe0" // contexts, at a row's edge
	Stripe1 fyne.ThemeColorName = "culvertStripe1"
	Stripe2 fyne.ThemeColorName = "culvertStripe2"
	Stripe3 fyne.ThemeColorName = "culvertStripe3"

	Production fyne.ThemeColorName = "culvertProduction" // the edge of what is marked so
)

// rgb makes an opaque colour, as rgb(0x2563D9).
func rgb(v uint32) color.NRGBA { return rgba(v<<8 | 0xFF) }

// rgba makes a colour, as rgba(0x10151D66).
func rgba(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 24), G: uint8(v >> 16), B: uint8(v >> 8), A: uint8(v)}
}

// palette returns one of our colours; ok is false for names that are the
// toolkit's alone.
func palette(name fyne.ThemeColorName, dark bool) (c color.NRGBA, ok bool) {
	two := func(light, dusk uint32) (color.NRGBA, bool) {
		if dark {
			return rgb(dusk), true
		}
		return rgb(light), true
	}
	four := func(light, dusk uint32) (color.NRGBA, bool) {
		if dark {
			return rgba(dusk), true
		}
		return rgba(light), true
	}
	switch name {
	case Bg:
		return two(0xFFFFFF, 0x15181D)
	case Surface:
		return two(0xF6F7F9, 0x1A1E24)
	case Raised:
		return two(0xFFFFFF, 0x21262E)
	case Sunken:
		return two(0xF1F3F6, 0x1C2027)
	case Border:
		return two(0xE4E7EC, 0x2A3039)
	case BorderStrong:
		return two(0xBFC6D0, 0x434C59)
	case Fg:
		return two(0x171B22, 0xE9ECF1)
	case Text2:
		return two(0x4A5464, 0xB0B8C4)
	case Text3:
		return two(0x626D7D, 0x8E98A7)
	case Disabled:
		return two(0xA3ABB8, 0x5A6472)
	case Accent:
		return two(0x1F5FD0, 0x7DB0FF)
	case Primary:
		return two(0x2563D9, 0x3070E4)
	case OnPrimary:
		return two(0xFFFFFF, 0xFFFFFF)
	case Selected:
		return two(0xE9F0FD, 0x1B2B47)
	case Hover:
		return two(0xF3F5F8, 0x1D2128)
	case Veil:
		return four(0x0000000F, 0xFFFFFF12)
	case Press:
		return four(0x0000001F, 0x00000059)
	case Green:
		return two(0x17784A, 0x4FC48A)
	case Amber:
		return two(0x8A5A00, 0xE3B04B)
	case Red:
		return two(0xC22F2F, 0xFF8078)
	case GreenTint:
		return two(0xE5F4EB, 0x17301F)
	case AmberTint:
		return two(0xFBF2DC, 0x2E2612)
	case RedTint:
		return two(0xFDEDEC, 0x371D1D)
	case GreyTint:
		return two(0xEDEFF3, 0x262B33)
	case RedLine:
		return two(0xF3C6C3, 0x64302E)
	case AmberLine:
		return two(0xEBD7A4, 0x54441B)
	case SwitchOn:
		return two(0x2F66C8, 0x7DB0FF)
	case SwitchOff:
		return two(0x6F7987, 0x8E98A7)
	case TrackOn:
		return two(0xC9DBF8, 0x2A4677)
	case TrackOff:
		return two(0xDFE3EA, 0x343B46)
	case Scrim:
		return four(0x10151D66, 0x05070A99)
	case Shadow:
		return four(0x10182026, 0x00000080)
	case Stripe0:
		return two(0x1F9490, 0x35AFAB)
	case Stripe1:
		return two(0x7B62C9, 0x9A86DD)
	case Stripe2:
		return two(0xBE7F0B, 0xD9A334)
	case Stripe3:
		return two(0x4A7FB5, 0x6C9FD2)
	case Production:
		return two(0xE0433F, 0xF0524D)
	case None:
		return color.NRGBA{}, true
	}
	return color.NRGBA{}, false
}
