package attach

import (
	"context"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// between is the engine between two sides: all is as it was, but stopped, and nothing can
// be done.
type between struct {
	tunnels  tunnels.Snapshot
	profiles []profiles.Profile
	settings workspace.Settings
}

var _ control.Engine = (*between)(nil)

func (b *between) Watch(ctx context.Context, fn func(tunnels.Snapshot)) {
	fn(b.tunnels)
	<-ctx.Done()
}

func (b *between) WatchProfiles(ctx context.Context, fn func([]profiles.Profile)) {
	fn(b.profiles)
	<-ctx.Done()
}

func (b *between) Follow(ctx context.Context, _ func(tunnels.Event)) error {
	<-ctx.Done()
	return ctx.Err()
}

func (b *between) Settings() workspace.Settings { return b.settings }

func (*between) Kick(tunnels.ID)                        {}
func (*between) Timeline(tunnels.ID) []tunnels.Event    { return nil }
func (*between) Connections(tunnels.ID) []tunnels.Conn  { return nil }
func (*between) Recent(tunnels.ID) []tunnels.Conn       { return nil }
func (*between) Put(tunnels.Spec) error                 { return control.ErrGone }
func (*between) Move(_, _ tunnels.ID) error             { return control.ErrGone }
func (*between) Swap(tunnels.ID, string) error          { return control.ErrGone }
func (*between) Extend(tunnels.ID, time.Duration) error { return control.ErrGone }

func (*between) Add(context.Context, []tunnels.Spec) error { return control.ErrGone }
func (*between) Remove(context.Context, tunnels.ID) error  { return control.ErrGone }
func (*between) Start(context.Context, tunnels.ID) error   { return control.ErrGone }
func (*between) Stop(context.Context, tunnels.ID) error    { return control.ErrGone }
func (*between) Dismiss(context.Context, string) error     { return control.ErrGone }
func (*between) StartOn(context.Context, tunnels.ID, map[tunnels.Mapping]uint16) error {
	return control.ErrGone
}

func (*between) NextFree(context.Context, []string, uint16) (uint16, error) {
	return 0, control.ErrGone
}

func (*between) Test(context.Context, tunnels.Spec) ([]tunnels.PortTest, error) {
	return nil, control.ErrGone
}

func (*between) CreateProfile(context.Context, string) (profiles.Profile, error) {
	return profiles.Profile{}, control.ErrGone
}

func (*between) ChangeProfile(context.Context, string, profiles.Change) error { return control.ErrGone }

func (*between) DuplicateProfile(context.Context, string, string) (profiles.Profile, error) {
	return profiles.Profile{}, control.ErrGone
}

func (*between) DeleteProfile(context.Context, string) (profiles.Deleted, error) {
	return profiles.Deleted{}, control.ErrGone
}

func (*between) RestoreProfile(context.Context, profiles.Deleted) error { return control.ErrGone }

func (*between) SetSettings(context.Context, workspace.Settings) error { return control.ErrGone }

func (b *between) List(context.Context) (tunnels.Snapshot, []profiles.Profile, error) {
	return b.tunnels, b.profiles, nil
}

func (*between) Bring(context.Context, workspace.Guests) (profiles.Profile, error) {
	return profiles.Profile{}, control.ErrGone
}

func (*between) Hold(context.Context, []tunnels.ID) (func(ctx context.Context) error, error) {
	return nil, control.ErrGone
}
