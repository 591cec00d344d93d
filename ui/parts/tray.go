package parts

import (
	"fyne.io/fyne/v2"
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

// Template returns the icon for a panel that colours it.
func (i TrayIcon) Template() fyne.Resource {
	name := i.file() + "-template"
	return theme.NewThemedResource(fyne.NewStaticResource("tray-"+name+".svg", assets.Tray(name)))
}
