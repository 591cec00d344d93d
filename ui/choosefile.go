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
	a.showChooser(d, title, lang.L("Choose"), filepath.Join(a.home, ".kube")) // hidden folders are not shown, and this is where most of these files are
}

// chooseFolder lets the user choose a folder and calls got with its path.
func (a *App) chooseFolder(title string, got func(path string)) {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		switch {
		case err != nil:
			a.tell(lang.L("This folder cannot be read"), sentence(err.Error()))
		case u != nil:
			got(u.Path())
		}
	}, a.window)
	a.showChooser(d, title, lang.L("Choose"), a.home)
}

// chooseNewFile lets the user say where a file is to be, and calls got with its path;
// the toolkit asks before one is replaced.
func (a *App) chooseNewFile(title, name string, got func(path string)) {
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			a.tell(lang.L("This file cannot be written"), sentence(err.Error()))
		case w != nil:
			_ = w.Close() // its path alone is wanted
			got(w.URI().Path())
		}
	}, a.window)
	d.SetFileName(name)
	a.showChooser(d, title, lang.L("Save"), a.home)
}

// showChooser shows a dialog of the toolkit's at a folder.
func (a *App) showChooser(d *dialog.FileDialog, title, confirm, folder string) {
	if at, err := storage.ListerForURI(storage.NewFileURI(folder)); a.home != "" && err == nil {
		d.SetLocation(at)
	}
	d.SetTitleText(title)
	d.SetConfirmText(confirm)
	d.Show()
	size := a.window.Canvas().Size()
	d.Resize(fyne.NewSize(min(760, size.Width-48), min(560, size.Height-48))) // it knows its least size only now
	d.Refresh()                                                               // it is in the middle of the window then
}
