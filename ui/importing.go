package ui

import (
	"context"
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/ui/parts"
)

// importing is the sheet that shows what a kubeconfig file would do, before and
// after it is imported. It shows the file as it was when it was read: what is
// allowed is what was seen.
type importing struct {
	app     *App
	path    string
	first   string // the context that the sheet was opened for; empty for none
	in      kube.Import
	read    bool              // in is the file's
	have    bool              // the file is imported already
	allowed map[string]string // hashes by context, to be stored with the import
	doing   string
	since   time.Time // that it is being done
	failed  error

	overlay *parts.Overlay
	sheet   *importSheet
}

// importFile lets the user choose a kubeconfig and shows it.
func (a *App) importFile() {
	if !a.can() {
		return
	}
	a.access.choose(lang.L("Import a kubeconfig"), func(path string) { a.openImporting(path, "") })
}

// review shows the file of an imported context.
func (a *App) review(c kube.Context) { a.openImporting(c.File, c.Name) }

func (a *App) openImporting(path, first string) {
	if !a.can() || a.access.importing != nil {
		return
	}
	i := &importing{app: a, path: path, first: first, allowed: make(map[string]string)}
	a.access.importing = i
	i.sheet = newImportSheet(i)
	i.overlay = parts.NewOverlay(a.window.Canvas(), i.sheet, true, func(win fyne.Size) (x, y, w, h float32) {
		w = min(680, win.Width-24)
		h = min(i.sheet.height(w), win.Height-24)
		return floor((win.Width - w) / 2), floor((win.Height - h) / 2), w, h
	})
	i.overlay.OnDismiss = i.close
	i.inspect()
	i.overlay.Open()
	i.apply()
}

// inspect reads the file away from the window.
func (i *importing) inspect() {
	var in kube.Import
	path := i.path
	i.do(lang.L("Reading the file"), func() (err error) {
		in, err = i.app.deps.Access.Inspect(path)
		return err
	}, func() {
		i.in, i.read, i.path = in, true, in.Path
	})
}

// do runs something away from the window and shows its error; then follows what
// is done when there was none.
func (i *importing) do(what string, f func() error, then func()) {
	if i.doing != "" {
		return
	}
	a := i.app
	i.doing, i.since, i.failed = what, a.deps.Now(), nil
	i.tick(i.since)
	a.spawn(func(ctx context.Context) {
		err := f()
		imports := a.deps.Access.Imports()
		if ctx.Err() != nil {
			return
		}
		a.do(func() {
			i.doing, i.failed = "", err
			if err == nil {
				then()
			}
			i.have = slices.ContainsFunc(imports, func(f kube.Import) bool { return f.Path == i.path })
			i.apply()
		})
	})
}

// tick shows for how long something has been going on.
func (i *importing) tick(since time.Time) {
	if i.app.access.importing == i && i.doing != "" && i.since.Equal(since) {
		i.apply()
		i.app.later(time.Second, func() { i.tick(since) })
	}
}

// allow takes or gives back the consent to what a context does, as it is shown.
func (i *importing) allow(name, hash string) {
	if i.doing != "" {
		return
	}
	if !i.have {
		if i.allowed[name] == hash {
			delete(i.allowed, name)
		} else {
			i.allowed[name] = hash
		}
		i.apply()
		return
	}
	i.do(lang.L("Allowing"), func() error { return i.app.deps.Access.Consent(name, hash) }, func() { i.allowed[name] = hash })
}

// submit imports the file and stores what was allowed.
func (i *importing) submit() {
	if !i.read || i.have {
		return
	}
	access, path, allowed := i.app.deps.Access, i.path, maps.Clone(i.allowed)
	i.do(lang.L("Importing"), func() error {
		if err := access.Import(path); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(allowed)) {
			if err := access.Consent(name, allowed[name]); err != nil {
				return err
			}
		}
		return nil
	}, i.close)
}

// forget asks, and takes the file back.
func (i *importing) forget() {
	a, path := i.app, i.path
	i.close()
	a.ask(question{
		mark: "forget", title: lang.L("Forget this file?"), ok: lang.L("Forget it"),
		text: lang.L("{{.File}} stays where it is, but its contexts go from Culvert, with what you have allowed and said of them. Tunnels to them stay, and wait for you.", vars{"File": path}),
		do:   func(context.Context) (string, error) { return "", a.deps.Access.Forget(path) },
	})
}

func (i *importing) close() {
	if i.app.access.importing == i {
		i.app.access.importing = nil
	}
	i.sheet.busy.Set("")
	i.overlay.Close()
	i.app.apply()
}

// apply draws the sheet.
func (i *importing) apply() {
	if i.app.access.importing != i {
		return
	}
	i.sheet.apply(importViewOf(i, i.app.browser.Contexts().items, i.app.deps.Now()))
}
