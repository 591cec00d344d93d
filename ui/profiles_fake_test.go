package ui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// fakeProfiles keeps profiles that do what they are told at once; their tunnels are
// those of f.
type fakeProfiles struct {
	f     *fakeTunnels
	mu    sync.Mutex
	list  []profiles.Profile
	calls []string
	fail  error // of all changes
	dirty chan struct{}
}

func (p *fakeProfiles) change(call string, f func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, call)
	if p.fail != nil {
		return p.fail
	}
	p.list = slices.Clone(p.list)
	f()
	slices.SortFunc(p.list, func(a, b profiles.Profile) int { return cmp.Compare(a.Name, b.Name) })
	select {
	case p.dirty <- struct{}{}:
	default:
	}
	return nil
}

// edit is a change from outside.
func (p *fakeProfiles) edit(id string, f func(*profiles.Profile)) {
	_ = p.change("", func() {
		for i := range p.list {
			if p.list[i].ID == id {
				f(&p.list[i])
			}
		}
	})
}

func (p *fakeProfiles) called() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.calls), func(s string) bool { return s == "" })
}

func (p *fakeProfiles) WatchProfiles(ctx context.Context, fn func([]profiles.Profile)) {
	for {
		p.mu.Lock()
		list := p.list
		p.mu.Unlock()
		fn(list)
		select {
		case <-ctx.Done():
			return
		case <-p.dirty:
		}
	}
}

func (p *fakeProfiles) CreateProfile(_ context.Context, name string) (profiles.Profile, error) {
	made := profiles.Profile{ID: strings.ToLower(name), Name: name, Path: "/home/me/.config/culvert/profiles/" + strings.ToLower(name) + ".yaml"}
	err := p.change("create "+name, func() { p.list = append(p.list, made) })
	return made, err
}

func (p *fakeProfiles) ChangeProfile(_ context.Context, id string, c profiles.Change) error {
	said := "change " + id
	return p.change(said, func() {
		for i := range p.list {
			if p.list[i].ID != id {
				continue
			}
			if c.Name != nil {
				p.list[i].Name = *c.Name
			}
			if c.Tags != nil {
				p.list[i].Tags = *c.Tags
			}
			if c.Quiet != nil {
				p.list[i].Quiet = *c.Quiet
			}
		}
	})
}

func (p *fakeProfiles) DuplicateProfile(_ context.Context, id, name string) (profiles.Profile, error) {
	made := profiles.Profile{ID: strings.ToLower(name), Name: name}
	return made, p.change("duplicate "+id+" "+name, func() { p.list = append(p.list, made) })
}

func (p *fakeProfiles) DeleteProfile(ctx context.Context, id string) (profiles.Deleted, error) {
	var d profiles.Deleted
	if err := ctx.Err(); err != nil {
		return d, err
	}
	err := p.change("delete "+id, func() {
		p.list = slices.DeleteFunc(p.list, func(x profiles.Profile) bool {
			if x.ID == id {
				d.Profile = x
			}
			return x.ID == id
		})
	})
	if err != nil {
		return d, err
	}
	for _, st := range inProfile(p.f.all(), id) {
		d.Profile.Tunnels = append(d.Profile.Tunnels, st.Spec)
		err = errors.Join(err, p.f.Remove(ctx, st.Spec.ID))
	}
	return d, err
}

func (p *fakeProfiles) RestoreProfile(_ context.Context, d profiles.Deleted) error {
	err := p.change("restore "+d.Profile.ID, func() { p.list = append(p.list, d.Profile) })
	if err != nil {
		return err
	}
	for _, s := range d.Profile.Tunnels {
		err = errors.Join(err, p.f.Put(s))
	}
	return err
}

// in returns a tunnel kept in a profile.
func in(profile string, st tunnels.Status) tunnels.Status {
	st.Spec.Profile = profile
	return st
}

// threeProfiles have four tunnels: web and redis in Default, api in Shop, dev, which
// needs attention, and none in On call.
func threeProfiles() (*fakeTunnels, []profiles.Profile) {
	api := in("dev", readyStatus(spec("api", "dev", "shop", "api-0", "8080")))
	api.State, api.Reason = tunnels.Degraded, "target refuses 8080"
	f := newFakeTunnels(
		in("", readyStatus(spec("web", "dev", "shop", "web-7d4b9c6f5-x2x9k", "6000:5000"))),
		in("default", stopped(spec("redis", "dev", "data", "redis-0", "6379"))),
		api,
		in("dev", stopped(spec("jaeger", "dev", "shop", "jaeger-0", "16686"))),
	)
	return f, []profiles.Profile{
		{ID: "default", Name: "Default", Path: "/home/me/.config/culvert/profiles/default.yaml"},
		{ID: "on-call", Name: "On call", Path: "/home/me/.config/culvert/profiles/on-call.yaml", Quiet: true},
		{ID: "dev", Name: "Shop, dev", Path: "/home/me/.config/culvert/profiles/dev.yaml", Tags: []string{"team-a"}},
	}
}

// newProfileWorld is a window over three profiles.
func newProfileWorld(t *testing.T) (*world, *fakeProfiles) {
	t.Helper()
	f, list := threeProfiles()
	return newWorldWithProfiles(t, f, list)
}

func newWorldWithProfiles(t *testing.T, f *fakeTunnels, list []profiles.Profile) (*world, *fakeProfiles) {
	t.Helper()
	p := &fakeProfiles{f: f, list: list, dirty: make(chan struct{}, 1)}
	w := newWorldOf(t, f, newFakeCatalog(), func(d *Deps) { d.Profiles = p })
	w.until("the profiles are drawn", func() bool { return len(w.app.book.list) == len(list) })
	return w, p
}

// names of the profiles in the rail, with their counts.
func (w *world) railProfiles() []string {
	var out []string
	for _, v := range w.app.rail.profiles.views {
		out = append(out, v.name+" "+v.count())
	}
	return out
}
