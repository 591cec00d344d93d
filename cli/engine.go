package cli

import (
	"context"
	"errors"
	"path/filepath"
	"sync"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/workspace"
)

// Find returns the Culvert that runs, or ErrNobody. It takes a few seconds at most.
type Find func(ctx context.Context) (*Running, error)

// ErrNobody means that no Culvert runs whose tunnels others can act on.
var ErrNobody = errors.New("no Culvert runs")

// Running is a Culvert that keeps tunnels, and whose are acted on.
type Running struct {
	control.Engine
	// Kubeconfigs are the files that it reads.
	Kubeconfigs []string
	// Own says that it is in this process, and ends with the verb.
	Own bool
	// Close ends the connection to it, or itself.
	Close func()
	// Gone is closed when it has ended by itself; nil for one that does not.
	Gone <-chan struct{}
	// Quit ends it; nil for one that nobody else may end, as a window.
	Quit func(ctx context.Context) error
}

// errEnded means that the Culvert that was acted on has ended meanwhile.
var errEnded = &tunnels.Error{Err: errors.New("the Culvert that kept the tunnels has ended"), Hint: "Start them again with `culvert up`."}

// Watch is [control.Engine]'s, and also returns when there is nobody any more.
func (r *Running) Watch(ctx context.Context, fn func(tunnels.Snapshot)) {
	if r.Gone == nil {
		r.Engine.Watch(ctx, fn)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { // until ctx is done
		select {
		case <-r.Gone:
			cancel()
		case <-ctx.Done():
		}
	})
	r.Engine.Watch(ctx, fn)
	cancel()
}

// hintNobody says what to do where no Culvert runs.
const hintNobody = "Start one with `culvert up --detach`, or open the window. A `culvert up` in a terminal shows its tunnels there, and nobody else finds them."

// find looks for the Culvert that runs. The error wraps ErrNobody when there is none.
func (d Deps) find(ctx context.Context) (*Running, error) {
	if d.Find != nil {
		return d.Find(ctx)
	}
	return findFirst(ctx, d)
}

// running is find for a verb that can do nothing without.
func (d Deps) running(ctx context.Context) (*Running, error) {
	r, err := d.find(ctx)
	if errors.Is(err, ErrNobody) {
		return nil, &statusError{&tunnels.Error{Err: ErrNobody, Hint: hintNobody}, ExitNothing}
	}
	return r, err
}

// own makes a Culvert in this process. Events are those of its tunnels; nil drops
// them. What runs in one that is passing is not remembered as having run.
func (d Deps) own(kubeconfig string, passing bool, warn func(error), events func(tunnels.Event)) (*Running, error) {
	warn = d.logging(warn)
	clusters, err := d.open(kube.Options{Path: kubeconfig, Warn: warn, Shell: kube.ShellForMissing})
	if err != nil {
		return nil, err
	}
	manager := NewManager(clusters, d.Log, d.Crashes, events)
	options := workspaceOptions(d.Folder, warn)
	options.Manager, options.Passing, options.Crashes = manager, passing, d.Crashes
	space := workspace.Open(options)
	var once sync.Once
	return &Running{Engine: space, Kubeconfigs: clusters.Kubeconfigs(), Own: true, Close: func() {
		once.Do(func() {
			space.Close()
			clusters.Close()
		})
	}}, nil
}

// workspaceOptions say where the user's profiles are; without a folder all is in
// memory.
func workspaceOptions(folder string, warn func(error)) workspace.Options {
	o := workspace.Options{Warn: warn}
	if folder == "" {
		return o
	}
	o.Profiles = filepath.Join(folder, "profiles")
	o.Settings = filepath.Join(folder, "settings.yaml")
	dir, err := workspace.StateFolder()
	if err != nil {
		warn(err)
		return o
	}
	o.State = filepath.Join(dir, "state.json")
	return o
}
