package ui

import (
	"context"

	"culvert/kube"
)

// Access is what the window does to contexts and to the clusters that the user
// signs in to; *kube.Clusters implements it. The methods may block for the
// network, the keyring or a disk, and their errors are *tunnels.Errors.
type Access interface {
	Login(ctx context.Context, r kube.LoginRequest) (kube.LoginResult, error)
	Logout(ctx context.Context, name string) (left []error, err error)
	Inspect(path string) (kube.Import, error)
	Import(path string) error
	Imports() []kube.Import
	Forget(path string) error
	Consent(kubeContext, hash string) error
	MarkProduction(kubeContext string, production bool) error
	LocatePlugin(command, path string) error
}

// access is what is open of it, and what it remembers of this process.
type access struct {
	signing   *signing   // nil while no sheet is open
	importing *importing // nil while no sheet is open
	// inMemory are the contexts whose token ends with this process.
	inMemory map[string]bool
	// choose lets the user choose a file, chooseFolder a folder, and each calls got
	// with its path; save lets the user say where a file of that name is to be.
	choose, chooseFolder func(title string, got func(path string))
	save                 func(title, name string, got func(path string))
}

func newAccess(a *App) access {
	return access{inMemory: make(map[string]bool), choose: a.chooseFile, chooseFolder: a.chooseFolder, save: a.chooseNewFile}
}

// can says whether contexts can be added and changed here: the demo has nowhere
// to keep what it would learn.
func (a *App) can() bool { return a.deps.Access != nil }

// applyAccess draws the sheets that are open.
func (a *App) applyAccess() {
	if a.access.signing != nil {
		a.access.signing.apply()
	}
	if a.access.importing != nil {
		a.access.importing.apply()
	}
}

// contextNamed returns a context of the catalog.
func (a *App) contextNamed(name string) (kube.Context, bool) {
	for _, c := range a.browser.Contexts().items {
		if c.Name == name {
			return c, true
		}
	}
	return kube.Context{}, false
}

// changeAccess does something to contexts away from the window, and tells what
// went wrong.
func (a *App) changeAccess(what string, do func() error) {
	a.spawn(func(ctx context.Context) {
		err := do()
		if ctx.Err() != nil {
			return
		}
		a.do(func() {
			if err != nil {
				a.tell(what, complaint(err))
			}
			a.apply()
		})
	})
}
