//go:build !nogui

package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/systray"

	"culvert/cli"
	"culvert/tunnels/build"
	"culvert/tunnels/workspace"
	"culvert/ui"
	"culvert/ui/loginstart"
	"culvert/ui/motion"
	"culvert/ui/parts"
	"culvert/ui/trayhost"
)

// hiddenFlag has the program start without its window.
const hiddenFlag = "--hidden"

// background adds to the window what lets the program live without it.
func background(d *ui.Deps, o cli.WindowOptions) {
	if app, ok := d.App.(desktop.App); ok && hasTray() {
		d.Tray = &tray{app: app}
	}
	d.Hidden = o.Hidden
	d.Notify = notifier(d.App)
	d.Restore = restore
	d.Still = motion.Reduced
	d.Build, d.Folder = build.Of(version), o.Folder
	if dir, err := workspace.StateFolder(); err == nil && !o.Demo {
		d.State = dir
	}
	if !o.Demo && o.Folder != "" && o.Program != "" {
		d.Login = loginstart.Entry{
			ID: appID, Name: ui.Title, Comment: "Keeps Kubernetes port-forwards running",
			Program: programAtLogin(o.Program), Args: []string{hiddenFlag},
		}
	}
}

// programAtLogin is the path by which a program is there at the next login too: an
// AppImage runs from a folder that goes with it.
func programAtLogin(program string) string {
	if image := os.Getenv("APPIMAGE"); image != "" && filepath.IsAbs(image) {
		return image
	}
	return program
}

// tray is the toolkit's icon in the panel.
type tray struct {
	app   desktop.App
	set   bool // shown is shown
	shown parts.TrayIcon
}

// Watch implements [ui.Tray].
func (*tray) Watch(ctx context.Context, fn func(present bool)) { trayhost.Watch(ctx, fn) }

// Start implements [ui.Tray]. On macOS a click opens the menu, as people expect
// there.
func (t *tray) Start(menu *fyne.Menu, open func()) {
	if runtime.GOOS != "darwin" {
		systray.SetOnTapped(open)
		systray.SetTitle(ui.Title) // panels know the icon again by it; the toolkit may be too late
	}
	t.app.SetSystemTrayMenu(menu)
}

// Show implements [ui.Tray].
func (t *tray) Show(icon parts.TrayIcon, tip string) {
	if !t.set || icon != t.shown {
		t.set, t.shown = true, icon
		t.app.SetSystemTrayIcon(panelIcon(icon, runtime.GOOS))
	}
	systray.SetTooltip(tip)
}

// panelIcon returns the icon for a system's panels. Only macOS takes drawings, and
// colours them itself.
func panelIcon(icon parts.TrayIcon, system string) fyne.Resource {
	if system == "darwin" {
		return icon.Template()
	}
	return icon.Bitmap()
}
