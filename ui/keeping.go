package ui

import (
	"context"

	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// Profiles is what the window does to profiles; *workspace.Workspace implements
// it. The tunnels in them are changed through [Tunnels]: Spec.Profile says which
// one is meant, and Put moves a tunnel whose profile has changed. Methods but the
// watch may block for a disk; their errors are *tunnels.Errors, and then nothing
// has changed.
type Profiles interface {
	// WatchProfiles calls fn with all profiles in the order in which they are shown,
	// now and after each change, never concurrently, until ctx is done.
	WatchProfiles(ctx context.Context, fn func([]profiles.Profile))
	CreateProfile(ctx context.Context, name string) (profiles.Profile, error)
	ChangeProfile(ctx context.Context, id string, c profiles.Change) error
	DuplicateProfile(ctx context.Context, id, name string) (profiles.Profile, error)
	// DeleteProfile stops and removes the tunnels too.
	DeleteProfile(ctx context.Context, id string) (profiles.Deleted, error)
	// RestoreProfile brings a deleted profile back, its tunnels stopped.
	RestoreProfile(ctx context.Context, d profiles.Deleted) error
}

// Settings keeps what the user has chosen for the whole program;
// *workspace.Workspace implements it. SetSettings may block for a disk.
type Settings interface {
	Settings() workspace.Settings
	SetSettings(ctx context.Context, s workspace.Settings) error
}
