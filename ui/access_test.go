package ui

import (
	"context"
	"slices"
	"sync"

	"culvert/kube"
)

// fakeAccess answers as it is told and keeps what was asked of it.
type fakeAccess struct {
	mu       sync.Mutex
	calls    []string
	requests []kube.LoginRequest
	login    func(context.Context, kube.LoginRequest) (kube.LoginResult, error)
	left     []error
	fail     error // of all but Login and Inspect
	file     kube.Import
	noFile   error
	imports  []kube.Import
}

func (f *fakeAccess) call(s string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, s)
	return f.fail
}

func (f *fakeAccess) called() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

func (f *fakeAccess) Login(ctx context.Context, r kube.LoginRequest) (kube.LoginResult, error) {
	f.mu.Lock()
	f.requests = append(f.requests, r)
	f.mu.Unlock()
	return f.login(ctx, r)
}

func (f *fakeAccess) asked() []kube.LoginRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

func (f *fakeAccess) Logout(_ context.Context, name string) ([]error, error) {
	return f.left, f.call("logout " + name)
}

func (f *fakeAccess) Inspect(path string) (kube.Import, error) {
	in := f.file
	in.Path = path
	return in, f.noFile
}

func (f *fakeAccess) Import(path string) error {
	if err := f.call("import " + path); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.imports = append(f.imports, kube.Import{Path: path})
	return nil
}

func (f *fakeAccess) Imports() []kube.Import {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.imports)
}

func (f *fakeAccess) Forget(path string) error { return f.call("forget " + path) }

func (f *fakeAccess) Consent(kubeContext, hash string) error {
	return f.call("consent " + kubeContext + " " + hash)
}

func (f *fakeAccess) MarkProduction(kubeContext string, production bool) error {
	if production {
		return f.call("mark " + kubeContext)
	}
	return f.call("unmark " + kubeContext)
}

func (f *fakeAccess) LocatePlugin(command, path string) error {
	return f.call("locate " + command + " " + path)
}
