package ui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/command"
	"culvert/tunnels/exchange"
)

// OpenFiles shows what files and folders have of tunnels, for the user to choose what
// is added. It may be called from any goroutine, and does not wait.
func (a *App) OpenFiles(paths []string) {
	a.do(func() { a.takeFiles(paths) })
}

// takeFiles opens the sheet with what files have.
func (a *App) takeFiles(paths []string) {
	if len(paths) > 0 {
		a.openTaking(a.book.home()).readPaths(paths)
	}
}

// readPaths reads files and folders. A kubeconfig alone goes where it can be
// imported.
func (t *taking) readPaths(paths []string) {
	var found []exchange.Found
	kubeconfig := false
	t.do(lang.L("Reading"), func(ctx context.Context) (err error) {
		found, err = exchange.ReadPaths(ctx, paths)
		if kubeconfig = len(paths) == 1 && isKubeconfig(err) && t.app.can(); kubeconfig {
			return nil
		}
		if err != nil && len(found) > 0 {
			return &unread{found[0].Name, err}
		}
		return err
	}, func() {
		if kubeconfig {
			t.close()
			t.app.openImporting(paths[0], "")
			return
		}
		t.show(found)
	})
}

// unread is why a file or a folder has nothing to show.
type unread struct {
	name string // as it can be shown
	error
}

func (u *unread) Unwrap() error { return u.error }

// chooseFile lets the user choose a file to read.
func (t *taking) chooseFile() {
	t.app.access.choose(lang.L("Import tunnels from a file"), func(path string) { t.readPaths([]string{path}) })
}

// chooseFolder lets the user choose a folder to read.
func (t *taking) chooseFolder() {
	t.app.access.chooseFolder(lang.L("Import tunnels from a folder"), func(path string) { t.readPaths([]string{path}) })
}

// readClipboard reads the text that is on the clipboard.
func (t *taking) readClipboard() { t.readText(t.app.deps.App.Clipboard().Content()) }

// readText reads a text away from the window.
func (t *taking) readText(text string) {
	var f exchange.Found
	t.do(lang.L("Reading"), func(context.Context) (err error) {
		if strings.TrimSpace(text) == "" {
			return &tunnels.Error{
				Err: errors.New(lang.L("there is no text on the clipboard")), Cause: tunnels.CauseInvalid,
				Hint: lang.L("Copy the commands, or what another program exports, and try again."),
			}
		}
		f, err = exchange.Read("", []byte(text))
		return err
	}, func() { t.show([]exchange.Found{f}) })
}

// dropped takes what was dropped on the window.
func (a *App) dropped(_ fyne.Position, what []fyne.URI) {
	var paths []string
	for _, u := range what {
		if u.Scheme() == "file" {
			paths = append(paths, u.Path())
		}
	}
	a.takeFiles(paths)
}

// pasteHere makes tunnels of what is on the clipboard, if that is a command or several.
func (a *App) pasteHere() {
	switch text := a.deps.App.Clipboard().Content(); {
	case forwardsIn(text) > 1:
		a.offerSeveral(text)
	case len(text) <= mostPasted && len(command.ReadScript(text, 1).Forwards) > 0:
		a.pasteCommand()
	}
}

const (
	// mostPasted is how much of what is pasted is looked through for commands, in
	// bytes.
	mostPasted = 64 << 10
	// mostCounted bounds how many commands of it are counted.
	mostCounted = 500
)

// forwardsIn counts the port-forwards of a text.
func forwardsIn(text string) int {
	if len(text) > mostPasted || strings.Count(text, "forward") < 2 {
		return 0
	}
	return len(command.ReadScript(text, mostCounted).Forwards)
}

// offerSeveral offers to import all port-forwards of a text that was pasted where one
// is read, if there are several.
func (a *App) offerSeveral(text string) {
	n := forwardsIn(text)
	if n < 2 {
		return
	}
	a.ask(question{
		mark: "several", title: lang.L("There are {{.N}} port-forwards in this text", vars{"N": n}),
		text: lang.L("One is read here. All of them can be looked at and imported together; nothing is started by that."),
		ok:   lang.L("Import all {{.N}}", vars{"N": n}),
		yes: func() {
			if a.editor != nil {
				a.editor.close()
			}
			a.openTaking(a.book.home()).readText(text)
		},
	})
}
