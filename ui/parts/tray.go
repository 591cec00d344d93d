package parts

import (
	"bytes"
	"image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/theme"

	"culvert/assets"
)

// TrayIcon is what the icon in the desktop's panel says.
type TrayIcon uint8

// The icons, from the calmest.
const (
	TrayIdle    TrayIcon = iota // nothing runs
	TrayRunning                 // all that runs is well
	TrayWorking                 // something is on its way
	TrayNeeds                   // something waits for the user
)

func (i TrayIcon) file() string {
	switch i {
	case TrayRunning:
		return "running"
	case TrayWorking:
		return "working"
	case TrayNeeds:
		return "needs"
	case TrayIdle:
	}
	return "idle"
}

// Resource returns the icon in colours of its own, which read on light and dark
// panels.
func (i TrayIcon) Resource() fyne.Resource {
	return fyne.NewStaticResource("tray-"+i.file()+".svg", assets.Tray(i.file()))
}

// trayPixels is how wide and high a bitmap of an icon is: panels make it smaller.
const trayPixels = 64

// Bitmap returns what Resource does, drawn, for panels that take no drawings. It is
// called on the toolkit's goroutine. The toolkit (Fyne 2.8.1) would draw an icon by
// itself, but on a goroutine of its tray, which ends the program when another image is
// drawn at that moment.
func (i TrayIcon) Bitmap() fyne.Resource {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(i.Resource()))
	c.Resize(fyne.NewSquareSize(trayPixels))
	var out bytes.Buffer
	if err := png.Encode(&out, c.Capture()); err != nil {
		return i.Resource() // a picture of that size can be encoded
	}
	return fyne.NewStaticResource("tray-"+i.file()+".png", out.Bytes())
}

// Template returns the icon for a panel that colours it.
func (i TrayIcon) Template() fyne.Resource {
	name := i.file() + "-template"
	return theme.NewThemedResource(fyne.NewStaticResource("tray-"+name+".svg", assets.Tray(name)))
}
