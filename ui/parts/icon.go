package parts

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"culvert/assets"
)

// Icon is a drawing in one colour, or a state's glyph.
type Icon struct {
	C      *canvas.Image
	name   string
	colour fyne.ThemeColorName
	glyph  bool
	under  fyne.ThemeColorName
}

// Icon makes an icon; name may be empty for none.
func (d *Drawing) Icon(name string, colour fyne.ThemeColorName) *Icon {
	i := &Icon{C: &canvas.Image{FillMode: canvas.ImageFillContain}, name: name, colour: colour}
	i.repaint()
	d.add(i, i.C)
	return i
}

// Glyph makes a state's glyph that stands on a ground of the given colour.
func (d *Drawing) Glyph(name string, colour, under fyne.ThemeColorName) *Icon {
	i := &Icon{C: &canvas.Image{FillMode: canvas.ImageFillContain}, name: name, colour: colour, glyph: true, under: under}
	i.repaint()
	d.add(i, i.C)
	return i
}

// Set changes icon and colour.
func (i *Icon) Set(name string, colour fyne.ThemeColorName) {
	if i.name != name || i.colour != colour {
		i.name, i.colour = name, colour
		i.repaint()
	}
}

// Place puts the icon with its left edge at x and its vertical centre at yc.
func (i *Icon) Place(x, yc, size float32) { place(i.C, x, yc-size/2, size, size) }

func (i *Icon) repaint() {
	var r fyne.Resource
	switch {
	case i.name == "":
		if i.C.Resource != nil {
			i.C.Resource = nil
			i.C.Hide()
		}
		return
	case i.glyph:
		r = glyphResource(i.name, Colour(i.colour), Colour(i.under))
	default:
		r = iconResource(i.name, Colour(i.colour))
	}
	if i.C.Resource == nil {
		i.C.Show()
	}
	if i.C.Resource == nil || i.C.Resource.Name() != r.Name() {
		i.C.Resource = r
		i.C.Refresh()
	}
}

// iconResource colours an icon. The colour is part of the resource's name:
// the toolkit keeps pictures by name only.
func iconResource(name string, c color.Color) fyne.Resource {
	h := hex(c)
	return fyne.NewStaticResource(name+h+".svg", bytes.ReplaceAll(assets.Icon(name), []byte("currentColor"), []byte(h)))
}

func glyphResource(name string, c, under color.Color) fyne.Resource {
	h, u := hex(c), hex(under)
	svg := bytes.ReplaceAll(assets.State(name), []byte("#010101"), []byte(h))
	svg = bytes.ReplaceAll(svg, []byte("#FEFEFE"), []byte(u))
	return fyne.NewStaticResource("state-"+name+h+u+".svg", svg)
}

// AppIcon returns the program's icon for the window.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("culvert.svg", assets.App("culvert")) }

// SmallAppIcon returns the program's icon for sizes below 48 pixels.
func SmallAppIcon() fyne.Resource {
	return fyne.NewStaticResource("culvert-small.svg", assets.App("culvert-small"))
}

func hex(c color.Color) string {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return fmt.Sprintf("#%02X%02X%02X", n.R, n.G, n.B)
}
