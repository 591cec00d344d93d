package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/storage"
)

// chooseFile lets the user choose a file, with the toolkit's dialog, and calls
// got with its path. Choosing none calls nothing.
func (a *App) chooseFile(title string, got func(path string)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			a.tell(lang.L("This file cannot be read"), sentence(err.Error()))
		case r != nil:
			_ = r.Close() // its path alone is wanted
			got(r.URI().Path())
		}
	}, a.window)
	if at, err := storage.ListerForURI(storage.NewFileURI(filepath.Join(a.home, ".kube"))); a.home != "" && err == nil {
		d.SetLocation(at) // hidden folders are not shown, and this is where most of these files are
	}
	d.SetTitleText(title)
	d.SetConfirmText(lang.L("Choose"))
	d.Show()
	size := a.window.Canvas().Size()
	d.Resize(fyne.NewSize(min(760, size.Width-48), min(560, size.Height-48))) // it knows its least size only now
	d.Refresh()                                                               // it is in the middle of the window then
}
