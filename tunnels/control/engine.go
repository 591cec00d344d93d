package control

import (
	"context"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// Engine is what keeps tunnels: a workspace in this process, or the first's, see
// [Remote]. All methods may be called from any goroutine; those without a context
// take two seconds at most. Errors are *tunnels.Errors, or wrap [ErrGone].
type Engine interface {
	// As the methods of the same names of [workspace.Workspace].
	Put(spec tunnels.Spec) error
	Add(ctx context.Context, specs []tunnels.Spec) error
	Remove(ctx context.Context, id tunnels.ID) error
	Move(id, before tunnels.ID) error
	Start(ctx context.Context, id tunnels.ID) error
	StartOn(ctx context.Context, id tunnels.ID, local map[tunnels.Mapping]uint16) error
	Stop(ctx context.Context, id tunnels.ID) error
	Kick(id tunnels.ID)
	Swap(id tunnels.ID, pod string) error
	Extend(id tunnels.ID, d time.Duration) error
	NextFree(ctx context.Context, listen []string, from uint16) (uint16, error)
	Test(ctx context.Context, spec tunnels.Spec) ([]tunnels.PortTest, error)
	Watch(ctx context.Context, fn func(tunnels.Snapshot))
	Timeline(id tunnels.ID) []tunnels.Event
	Connections(id tunnels.ID) []tunnels.Conn
	Recent(id tunnels.ID) []tunnels.Conn

	WatchProfiles(ctx context.Context, fn func([]profiles.Profile))
	CreateProfile(ctx context.Context, name string) (profiles.Profile, error)
	ChangeProfile(ctx context.Context, id string, c profiles.Change) error
	DuplicateProfile(ctx context.Context, id, name string) (profiles.Profile, error)
	DeleteProfile(ctx context.Context, id string) (profiles.Deleted, error)
	RestoreProfile(ctx context.Context, d profiles.Deleted) error

	Settings() workspace.Settings
	SetSettings(ctx context.Context, s workspace.Settings) error

	// List returns all tunnels and all profiles as they are now.
	List(ctx context.Context) (tunnels.Snapshot, []profiles.Profile, error)
	// Follow blocks until ctx is done, or the engine has ended, and calls fn with each
	// event from now on, in order and never concurrently.
	Follow(ctx context.Context, fn func(tunnels.Event)) error
	// Bring puts guests, stopped, or puts those of the same file anew: what runs goes
	// on as far as an edit of its profile would let it. The profile that is returned
	// stands for them.
	Bring(ctx context.Context, g workspace.Guests) (profiles.Profile, error)
	// Dismiss stops guests and forgets them; id is their profile's.
	Dismiss(ctx context.Context, id string) error
	// Hold starts tunnels and has them run until release is called, or this process
	// ends: then those stop that nobody else holds and that did not run before.
	Hold(ctx context.Context, ids []tunnels.ID) (release func(ctx context.Context) error, err error)
}
