package control

import (
	"context"
	"net/http"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// nothing is the body of a request that says all in its path.
var nothing = struct{}{}

// Put implements [Engine].
func (r *Remote) Put(spec tunnels.Spec) error {
	return r.quick(http.MethodPut, path("tunnels", string(spec.ID)), SpecOf(spec), nil)
}

// Add implements [Engine].
func (r *Remote) Add(ctx context.Context, specs []tunnels.Spec) error {
	for _, s := range specs {
		if err := s.Validate(); err != nil { // one without an ID is to be refused here as there
			return err
		}
	}
	return r.call(ctx, http.MethodPost, "tunnels", newTunnels{orEmpty(each(specs, SpecOf))}, nil)
}

// Remove implements [Engine].
func (r *Remote) Remove(ctx context.Context, id tunnels.ID) error {
	return r.call(ctx, http.MethodDelete, path("tunnels", string(id)), nil, nil)
}

// Move implements [Engine].
func (r *Remote) Move(id, before tunnels.ID) error {
	return r.quick(http.MethodPost, path("tunnels", string(id), "move"), moving{string(before)}, nil)
}

// Start implements [Engine].
func (r *Remote) Start(ctx context.Context, id tunnels.ID) error {
	return r.call(ctx, http.MethodPost, path("tunnels", string(id), "start"), starting{}, nil)
}

// StartOn implements [Engine].
func (r *Remote) StartOn(ctx context.Context, id tunnels.ID, local map[tunnels.Mapping]uint16) error {
	on := orEmpty(insteadOf(local))
	return r.call(ctx, http.MethodPost, path("tunnels", string(id), "start"), starting{&on}, nil)
}

// Stop implements [Engine].
func (r *Remote) Stop(ctx context.Context, id tunnels.ID) error {
	return r.call(ctx, http.MethodPost, path("tunnels", string(id), "stop"), nothing, nil)
}

// Kick implements [Engine].
func (r *Remote) Kick(id tunnels.ID) {
	_ = r.quick(http.MethodPost, path("tunnels", string(id), "kick"), nothing, nil) // it has no error
}

// Swap implements [Engine].
func (r *Remote) Swap(id tunnels.ID, pod string) error {
	return r.quick(http.MethodPost, path("tunnels", string(id), "swap"), swapping{pod}, nil)
}

// Extend implements [Engine].
func (r *Remote) Extend(id tunnels.ID, d time.Duration) error {
	return r.quick(http.MethodPost, path("tunnels", string(id), "extend"), extending{Duration(d)}, nil)
}

// NextFree implements [Engine].
func (r *Remote) NextFree(ctx context.Context, listen []string, from uint16) (uint16, error) {
	var out portFound
	err := r.call(ctx, http.MethodPost, "next-free", freePort{listen, from}, &out)
	return out.Port, err
}

// Test implements [Engine].
func (r *Remote) Test(ctx context.Context, spec tunnels.Spec) ([]tunnels.PortTest, error) {
	in := trial{Tunnel: SpecOf(spec)}
	if until, ok := ctx.Deadline(); ok {
		in.Within = Duration(max(time.Until(until), time.Nanosecond))
	}
	var out testResult
	err := r.call(ctx, http.MethodPost, "test", in, &out)
	return each(some(out.Ports), PortTest.Parse), err
}

// Timeline implements [Engine]. It returns nil when the first does not answer.
func (r *Remote) Timeline(id tunnels.ID) []tunnels.Event {
	var out eventList
	if r.quick(http.MethodGet, path("tunnels", string(id), "timeline"), nil, &out) != nil {
		return nil
	}
	events, err := tryEach(out.Events, Event.Parse)
	if err != nil {
		return nil
	}
	return events
}

// Connections implements [Engine]. It returns nil when the first does not answer.
func (r *Remote) Connections(id tunnels.ID) []tunnels.Conn { return r.connections(id, "connections") }

// Recent implements [Engine]. It returns nil when the first does not answer.
func (r *Remote) Recent(id tunnels.ID) []tunnels.Conn { return r.connections(id, "recent") }

func (r *Remote) connections(id tunnels.ID, which string) []tunnels.Conn {
	var out connList
	if r.quick(http.MethodGet, path("tunnels", string(id), which), nil, &out) != nil {
		return nil
	}
	conns, err := tryEach(out.Connections, Conn.Parse)
	if err != nil {
		return nil
	}
	return conns
}

// CreateProfile implements [Engine].
func (r *Remote) CreateProfile(ctx context.Context, name string) (profiles.Profile, error) {
	var out Profile
	err := r.call(ctx, http.MethodPost, "profiles", profileName{name}, &out)
	return out.Parse(), err
}

// ChangeProfile implements [Engine].
func (r *Remote) ChangeProfile(ctx context.Context, id string, c profiles.Change) error {
	if c.Tags != nil {
		tags := orEmpty(*c.Tags) // none is not the same as not to change them
		c.Tags = &tags
	}
	return r.call(ctx, http.MethodPatch, path("profiles", id), Change(c), nil)
}

// DuplicateProfile implements [Engine].
func (r *Remote) DuplicateProfile(ctx context.Context, id, name string) (profiles.Profile, error) {
	var out Profile
	err := r.call(ctx, http.MethodPost, path("profiles", id, "duplicate"), profileName{name}, &out)
	return out.Parse(), err
}

// DeleteProfile implements [Engine].
func (r *Remote) DeleteProfile(ctx context.Context, id string) (profiles.Deleted, error) {
	var out Deleted
	if err := r.call(ctx, http.MethodDelete, path("profiles", id), nil, &out); err != nil {
		return profiles.Deleted{}, err
	}
	return out.Parse()
}

// RestoreProfile implements [Engine].
func (r *Remote) RestoreProfile(ctx context.Context, d profiles.Deleted) error {
	return r.call(ctx, http.MethodPost, path("profiles", d.Profile.ID, "restore"), DeletedOf(d), nil)
}

// SetSettings implements [Engine].
func (r *Remote) SetSettings(ctx context.Context, s workspace.Settings) error {
	if err := r.call(ctx, http.MethodPut, "settings", s, nil); err != nil {
		return err
	}
	r.settings.set(s) // who asks next is not to wait for the stream
	return nil
}

// List implements [Engine].
func (r *Remote) List(ctx context.Context) (tunnels.Snapshot, []profiles.Profile, error) {
	var out everything
	if err := r.call(ctx, http.MethodGet, "list", nil, &out); err != nil {
		return nil, nil, err
	}
	all, err := tryEach(out.Tunnels, Status.Parse)
	if err != nil {
		return nil, nil, stranger(r.client.process(), printable(err.Error()))
	}
	return all, each(some(out.Profiles), Profile.Parse), nil
}

// Bring implements [Engine].
func (r *Remote) Bring(ctx context.Context, g workspace.Guests) (profiles.Profile, error) {
	var out Profile
	err := r.call(ctx, http.MethodPost, "guests", GuestsOf(g), &out)
	return out.Parse(), err
}

// Dismiss implements [Engine].
func (r *Remote) Dismiss(ctx context.Context, id string) error {
	return r.call(ctx, http.MethodDelete, path("guests", id), nil, nil)
}
