//go:build !nogui

package main

import (
	"context"
	"errors"
	"slices"
	"sync"

	"culvert/cli"
	"culvert/tunnels"
	"culvert/tunnels/attach"
	"culvert/tunnels/control"
	"culvert/tunnels/workspace"
)

// engines opens what has the tunnels that the window shows: a background process, or a
// workspace of this process, which others find then.
//
// Only what ran before the program began is started by itself, and only in a workspace of
// this process. One that is opened later, because a background process has ended, starts
// nothing: see package attach.
type engines struct {
	o           cli.WindowOptions
	dir         string // of the sockets; empty means the user's own
	clusters    tunnels.Backend
	kubeconfigs func() []string
	warn        func(error)

	mu    sync.Mutex
	begin []tunnels.ID // see workspace.ToRestore
	first bool         // something has been opened
}

// open implements [attach.Open].
func (e *engines) open(ctx context.Context) (attach.Side, error) {
	if e.o.Demo {
		return e.own(ctx, nil)
	}
	server, other, err := control.Claim(ctx, control.Options{
		Role: control.RoleTunnels, Dir: e.dir, Version: e.o.Version, Warn: e.warn, Log: e.o.Log, Crashes: e.o.Crashes,
		About: func() control.About { return control.About{Kind: control.KindWindow, Kubeconfigs: e.kubeconfigs()} },
	})
	switch {
	case errors.Is(err, control.ErrNoPlace): // claim has warned
		return e.own(ctx, nil)
	case err != nil:
		return attach.Side{}, err
	case server != nil:
		return e.own(ctx, server)
	}
	return e.other(other), nil
}

// own opens a workspace of this process and serves it to others; server is nil where
// nobody can find it.
func (e *engines) own(ctx context.Context, server *control.Server) (attach.Side, error) {
	manager := cli.NewManager(e.clusters, e.o.Log, e.o.Crashes, nil)
	space, err := openWorkspace(ctx, e.o, manager, e.warn)
	if err != nil {
		manager.Close()
		if server != nil {
			server.Close()
		}
		return attach.Side{}, err
	}
	e.opened(space)
	return attach.Side{Engine: space, Close: serveSpace(server, space)}, nil
}

// opened notes what is to be started of the first that is opened.
func (e *engines) opened(space *workspace.Workspace) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.first && space != nil {
		e.begin = space.ToRestore()
	}
	e.first = true
}

// toBegin are the tunnels that are to be started with the window.
func (e *engines) toBegin() []tunnels.ID {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.begin)
}

// serveSpace serves a workspace until it is closed. Whoever comes at the end waits
// for all of it, so that tunnels have let go of their ports and of the file of what
// is state.
func serveSpace(server *control.Server, space *workspace.Workspace) (end func()) {
	if server == nil {
		return space.Close
	}
	ended := make(chan struct{})
	go func() { // the server's Close ends it
		defer close(ended)
		server.ServeEngine(space)
	}()
	return func() {
		server.Leave()
		space.Close()
		server.Close()
		<-ended
	}
}

// other passes to another process.
func (e *engines) other(first *control.Client) attach.Side {
	e.opened(nil)
	remote := first.Engine()
	about := remote.First()
	side := attach.Side{Engine: remote, Gone: remote.Gone(), Left: remote.Left, Close: remote.Close, PID: about.PID}
	if (start{kubeconfigs: about.Kubeconfigs}).others(e.kubeconfigs()) {
		side.Kubeconfigs = about.Kubeconfigs
	}
	return side
}
