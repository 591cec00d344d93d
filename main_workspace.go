//go:build !nogui

package main

import (
	"context"
	"errors"
	"path/filepath"

	"culvert/cli"
	"culvert/tunnels"
	"culvert/tunnels/workspace"
)

// openWorkspace opens the user's profiles. Without a folder all is in memory, as in
// the demo, whose tunnels are then in a profile of their own and are started. The
// manager is the workspace's, but for an error.
func openWorkspace(ctx context.Context, o cli.WindowOptions, m *tunnels.Manager, warn func(error)) (*workspace.Workspace, error) {
	options := workspace.Options{Manager: m, Warn: warn, Crashes: o.Crashes}
	if o.Folder != "" {
		options.Profiles = filepath.Join(o.Folder, "profiles")
		options.Settings = settingsPath(o)
		if dir, err := workspace.StateFolder(); err == nil {
			options.State = filepath.Join(dir, "state.json")
		} else {
			warn(err)
		}
	}
	space := workspace.Open(options)
	if err := startDemo(ctx, space, o.Tunnels); err != nil {
		space.Close()
		return nil, err
	}
	return space, nil
}

func settingsPath(o cli.WindowOptions) string { return filepath.Join(o.Folder, "settings.yaml") }

// languageOf returns what the user has chosen for the window to speak; empty for the
// system's language.
func languageOf(o cli.WindowOptions) (string, error) {
	if o.Folder == "" {
		return "", nil
	}
	s, err := workspace.ReadSettings(settingsPath(o))
	return s.Language, err
}

// startDemo puts tunnels into a profile and starts them; without tunnels it does
// nothing.
func startDemo(ctx context.Context, space *workspace.Workspace, specs []tunnels.Spec) error {
	if len(specs) == 0 {
		return nil
	}
	demo, err := space.CreateProfile(ctx, "Demo")
	if err != nil {
		return err
	}
	for _, spec := range specs {
		spec.Profile = demo.ID
		if err := errors.Join(space.Put(spec), space.Start(ctx, spec.ID)); err != nil {
			return err
		}
	}
	return nil
}
