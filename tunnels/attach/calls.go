package attach

import (
	"context"
	"errors"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// How long a call waits for the next side: one without a context is to be short.
const (
	waitShort = 2 * time.Second
	waitLong  = 8 * time.Second
)

var errEnded = &tunnels.Error{
	Err: errors.New("the background Culvert has ended"), Hint: "Try again in a moment.", Cause: tunnels.CauseUnreachable,
}

// call makes a call to the side, and again to the next where it meets the side's end.
func (e *Engine) call(ctx context.Context, wait time.Duration, f func(side control.Engine) error) error {
	side, next := e.now()
	err := f(side.Engine)
	if !errors.Is(err, control.ErrGone) {
		return err
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	for errors.Is(err, control.ErrGone) {
		select {
		case <-next:
		case <-t.C:
			return errEnded
		case <-e.ctx.Done():
			return errEnded
		case <-ctx.Done():
			return tunnels.AsError(context.Cause(ctx))
		}
		side, next = e.now()
		err = f(side.Engine)
	}
	return err
}

// quick makes a call without a context, and long one with.
func (e *Engine) quick(f func(side control.Engine) error) error { return e.call(e.ctx, waitShort, f) }

func (e *Engine) long(ctx context.Context, f func(side control.Engine) error) error {
	return e.call(ctx, waitLong, f)
}

// Put implements [control.Engine].
func (e *Engine) Put(spec tunnels.Spec) error {
	return e.quick(func(s control.Engine) error { return s.Put(spec) })
}

// Add implements [control.Engine].
func (e *Engine) Add(ctx context.Context, specs []tunnels.Spec) error {
	return e.long(ctx, func(s control.Engine) error { return s.Add(ctx, specs) })
}

// Remove implements [control.Engine].
func (e *Engine) Remove(ctx context.Context, id tunnels.ID) error {
	return e.long(ctx, func(s control.Engine) error { return s.Remove(ctx, id) })
}

// Move implements [control.Engine].
func (e *Engine) Move(id, before tunnels.ID) error {
	return e.quick(func(s control.Engine) error { return s.Move(id, before) })
}

// Start implements [control.Engine].
func (e *Engine) Start(ctx context.Context, id tunnels.ID) error {
	return e.long(ctx, func(s control.Engine) error { return s.Start(ctx, id) })
}

// StartOn implements [control.Engine].
func (e *Engine) StartOn(ctx context.Context, id tunnels.ID, local map[tunnels.Mapping]uint16) error {
	return e.long(ctx, func(s control.Engine) error { return s.StartOn(ctx, id, local) })
}

// Stop implements [control.Engine]. Where the side has ended the tunnel has stopped with
// it.
func (e *Engine) Stop(ctx context.Context, id tunnels.ID) error {
	return e.long(ctx, func(s control.Engine) error { return s.Stop(ctx, id) })
}

// Kick implements [control.Engine].
func (e *Engine) Kick(id tunnels.ID) {
	side, _ := e.now()
	side.Kick(id)
}

// Swap implements [control.Engine].
func (e *Engine) Swap(id tunnels.ID, pod string) error {
	return e.quick(func(s control.Engine) error { return s.Swap(id, pod) })
}

// Extend implements [control.Engine].
func (e *Engine) Extend(id tunnels.ID, d time.Duration) error {
	return e.quick(func(s control.Engine) error { return s.Extend(id, d) })
}

// NextFree implements [control.Engine].
func (e *Engine) NextFree(ctx context.Context, listen []string, from uint16) (port uint16, err error) {
	err = e.long(ctx, func(s control.Engine) (err error) { port, err = s.NextFree(ctx, listen, from); return err })
	return port, err
}

// Test implements [control.Engine].
func (e *Engine) Test(ctx context.Context, spec tunnels.Spec) (found []tunnels.PortTest, err error) {
	err = e.long(ctx, func(s control.Engine) (err error) { found, err = s.Test(ctx, spec); return err })
	return found, err
}

// Timeline implements [control.Engine].
func (e *Engine) Timeline(id tunnels.ID) []tunnels.Event {
	side, _ := e.now()
	return side.Timeline(id)
}

// Connections implements [control.Engine].
func (e *Engine) Connections(id tunnels.ID) []tunnels.Conn {
	side, _ := e.now()
	return side.Connections(id)
}

// Recent implements [control.Engine].
func (e *Engine) Recent(id tunnels.ID) []tunnels.Conn {
	side, _ := e.now()
	return side.Recent(id)
}

// CreateProfile implements [control.Engine].
func (e *Engine) CreateProfile(ctx context.Context, name string) (p profiles.Profile, err error) {
	err = e.long(ctx, func(s control.Engine) (err error) { p, err = s.CreateProfile(ctx, name); return err })
	return p, err
}

// ChangeProfile implements [control.Engine].
func (e *Engine) ChangeProfile(ctx context.Context, id string, c profiles.Change) error {
	return e.long(ctx, func(s control.Engine) error { return s.ChangeProfile(ctx, id, c) })
}

// DuplicateProfile implements [control.Engine].
func (e *Engine) DuplicateProfile(ctx context.Context, id, name string) (p profiles.Profile, err error) {
	err = e.long(ctx, func(s control.Engine) (err error) { p, err = s.DuplicateProfile(ctx, id, name); return err })
	return p, err
}

// DeleteProfile implements [control.Engine].
func (e *Engine) DeleteProfile(ctx context.Context, id string) (d profiles.Deleted, err error) {
	err = e.long(ctx, func(s control.Engine) (err error) { d, err = s.DeleteProfile(ctx, id); return err })
	return d, err
}

// RestoreProfile implements [control.Engine].
func (e *Engine) RestoreProfile(ctx context.Context, d profiles.Deleted) error {
	return e.long(ctx, func(s control.Engine) error { return s.RestoreProfile(ctx, d) })
}

// Settings implements [control.Engine].
func (e *Engine) Settings() workspace.Settings {
	side, _ := e.now()
	return side.Settings()
}

// SetSettings implements [control.Engine].
func (e *Engine) SetSettings(ctx context.Context, to workspace.Settings) error {
	return e.long(ctx, func(s control.Engine) error { return s.SetSettings(ctx, to) })
}

// List implements [control.Engine].
func (e *Engine) List(ctx context.Context) (all tunnels.Snapshot, ps []profiles.Profile, err error) {
	err = e.long(ctx, func(s control.Engine) (err error) { all, ps, err = s.List(ctx); return err })
	return e.explain(all), ps, err
}

// Bring implements [control.Engine].
func (e *Engine) Bring(ctx context.Context, g workspace.Guests) (p profiles.Profile, err error) {
	err = e.long(ctx, func(s control.Engine) (err error) { p, err = s.Bring(ctx, g); return err })
	return p, err
}

// Dismiss implements [control.Engine].
func (e *Engine) Dismiss(ctx context.Context, id string) error {
	return e.long(ctx, func(s control.Engine) error { return s.Dismiss(ctx, id) })
}

// Hold implements [control.Engine]. What is held ends with its side.
func (e *Engine) Hold(ctx context.Context, ids []tunnels.ID) (release func(ctx context.Context) error, err error) {
	err = e.long(ctx, func(s control.Engine) (err error) { release, err = s.Hold(ctx, ids); return err })
	return release, err
}
