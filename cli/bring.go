package cli

import (
	"context"
	"errors"
	"slices"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
)

// brought are tunnels that a verb has found or put.
type brought struct {
	ids []tunnels.ID
	new []string // the IDs of guests that were not there before
}

// bring puts the tunnels of files beside those that are kept, all of them stopped or
// as they were, and asks before that about those that would be dangerous to start.
func bring(ctx context.Context, d Deps, r *Running, sources []source, k known, yes bool) (brought, error) {
	snapshot, ps, err := r.List(ctx)
	if err != nil {
		return brought{}, err
	}
	var specs []tunnels.Spec
	for _, s := range sources {
		specs = append(specs, unstarted(snapshot, ps, s)...)
	}
	c := &consent{known: k, yes: yes}
	if err := c.ask(ctx, d, specs); err != nil {
		return brought{}, err
	}
	var out brought
	for _, s := range sources {
		if s.guests == nil {
			out.add(idsOf(s.tunnels))
			continue
		}
		p, err := r.Bring(ctx, *s.guests)
		if err != nil {
			return out, errors.Join(err, out.undo(ctx, r))
		}
		if !slices.ContainsFunc(ps, func(had profiles.Profile) bool { return had.ID == p.ID }) {
			out.new = append(out.new, p.ID)
		}
		out.add(idsOf(p.Tunnels))
	}
	if err := c.askAnew(ctx, d, r, out.ids); err != nil {
		return out, errors.Join(err, out.undo(ctx, r))
	}
	return out, nil
}

func (b *brought) add(ids []tunnels.ID) {
	for _, id := range ids {
		if !slices.Contains(b.ids, id) {
			b.ids = append(b.ids, id)
		}
	}
}

// undo lets guests go that were not there before, unless somebody else has them run by
// now, as another command of the same project.
func (b *brought) undo(ctx context.Context, engine control.Engine) error {
	if len(b.new) == 0 {
		return nil
	}
	snapshot, _, err := engine.List(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range b.new {
		if !slices.ContainsFunc(snapshot, func(st tunnels.Status) bool { return st.Spec.Profile == id && st.State != tunnels.Stopped }) {
			errs = append(errs, engine.Dismiss(ctx, id))
		}
	}
	b.new = nil
	return errors.Join(errs...)
}

// unstarted returns those tunnels of a source that do not run yet as they are meant:
// about the others the user was asked when they were started.
func unstarted(snapshot tunnels.Snapshot, ps []profiles.Profile, s source) []tunnels.Spec {
	var out []tunnels.Spec
	for _, spec := range s.tunnels {
		if !runs(snapshot, ps, s, spec) {
			out = append(out, spec)
		}
	}
	return out
}

func runs(snapshot tunnels.Snapshot, ps []profiles.Profile, s source, spec tunnels.Spec) bool {
	if s.guests == nil {
		st, ok := snapshot.Find(spec.ID)
		return ok && st.State != tunnels.Stopped && leadsAlike(st.Spec, spec)
	}
	for _, p := range ps {
		if !p.Guest || s.guests.Path == "" || p.Path != s.guests.Path {
			continue
		}
		for _, st := range snapshot {
			same := st.Spec.Profile == p.ID && profiles.Key(st.Spec) == profiles.Key(spec)
			if same && leadsAlike(st.Spec, spec) && st.State != tunnels.Stopped {
				return true
			}
		}
	}
	return false
}

// leadsAlike says whether nobody needs to be asked who was asked about the other one.
func leadsAlike(a, b tunnels.Spec) bool {
	return a.Target.Context == b.Target.Context && slices.Equal(a.Listen, b.Listen)
}

// start starts tunnels, all that can be.
func start(ctx context.Context, engine control.Engine, ids []tunnels.ID) error {
	var errs []error
	for _, id := range ids {
		if err := engine.Start(ctx, id); err != nil && ctx.Err() == nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
