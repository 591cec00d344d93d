package tray

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"github.com/godbus/dbus/v5"
)

// Item is a program's icon.
type Item struct {
	conn  *dbus.Conn
	owner string
	path  dbus.ObjectPath
}

// Properties are what an item says of itself.
type Properties struct {
	ID, Title, Status, Category string
	ToolTip                     string
	IsMenu                      bool // a click opens the menu
	Icon                        *image.NRGBA
	menu                        dbus.ObjectPath
}

// Properties asks for all of them.
func (i *Item) Properties(ctx context.Context) (Properties, error) {
	var got map[string]dbus.Variant
	err := i.conn.Object(i.owner, i.path).CallWithContext(ctx, properties+".GetAll", 0, itemFace).Store(&got)
	if err != nil {
		return Properties{}, fmt.Errorf("ask for the properties of the tray item: %w", err)
	}
	var p Properties
	var tip struct {
		Icon        string
		Pixmap      []pixmap
		Title, Text string
	}
	var icons []pixmap
	for name, into := range map[string]any{
		"Id": &p.ID, "Title": &p.Title, "Status": &p.Status, "Category": &p.Category, "ToolTip": &tip,
		"ItemIsMenu": &p.IsMenu, "IconPixmap": &icons, "Menu": &p.menu,
	} {
		if v, ok := got[name]; ok {
			if err := v.Store(into); err != nil {
				return p, fmt.Errorf("read the property %s: %w", name, err)
			}
		}
	}
	p.ToolTip = tip.Title + tip.Text
	if len(icons) > 0 {
		p.Icon, err = icons[0].picture()
	}
	return p, err
}

// Activate is a click on the icon.
func (i *Item) Activate(ctx context.Context) error {
	err := i.conn.Object(i.owner, i.path).CallWithContext(ctx, itemFace+".Activate", 0, int32(1), int32(1)).Err
	if err != nil {
		return fmt.Errorf("activate the tray item: %w", err)
	}
	return nil
}

// pixmap is a picture as it goes over the bus: alpha, red, green and blue, a byte
// each.
type pixmap struct {
	W, H int32
	Data []byte
}

func (p pixmap) picture() (*image.NRGBA, error) {
	if p.W < 1 || p.H < 1 || int64(len(p.Data)) != 4*int64(p.W)*int64(p.H) {
		return nil, fmt.Errorf("the icon has %d bytes for %d×%d pixels", len(p.Data), p.W, p.H)
	}
	img := image.NewNRGBA(image.Rect(0, 0, int(p.W), int(p.H)))
	for n := 0; n < len(p.Data); n += 4 {
		x, y := n/4%int(p.W), n/4/int(p.W)
		img.SetNRGBA(x, y, color.NRGBA{A: p.Data[n], R: p.Data[n+1], G: p.Data[n+2], B: p.Data[n+3]})
	}
	return img, nil
}
