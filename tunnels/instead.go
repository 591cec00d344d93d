package tunnels

import (
	"context"
	"maps"
	"slices"
)

// StartOn makes a tunnel listen on other local ports than its spec says, without
// changing the spec: local tells them by mapping, and the mappings that it does not
// name stay where they are. To name the port of the spec ends what stood in for it.
// A stopped tunnel is started; of one that runs only the listeners change, and its
// connections go on. What stands in does so until the next Stop, or until Put
// starts the tunnel anew. See Start for when it returns: a port that is taken, too,
// is state and no error. Of CauseInvalid is the error for what is no mapping of the
// tunnel, and for ports that cannot be.
func (m *Manager) StartOn(ctx context.Context, id ID, local map[Mapping]uint16) error {
	t, err := m.find(id)
	if err != nil {
		return err
	}
	if err := t.take(ctx); err != nil {
		return err
	}
	defer t.release()
	r, merged, invalid := t.withInstead(local)
	switch {
	case invalid != nil:
		return invalid
	case r == nil:
		return t.startTurn(ctx, merged)
	}
	return r.moveTo(ctx, move{local: merged})
}

// withInstead returns the run and what stands in for its ports together with local, and an
// error where that cannot be.
func (t *tunnel) withInstead(local map[Mapping]uint16) (*run, map[Mapping]uint16, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	merged := maps.Clone(t.instead)
	if merged == nil {
		merged = make(map[Mapping]uint16)
	}
	maps.Copy(merged, local)
	return t.run, merged, validateInstead(t.spec.Mappings, merged)
}

func validateInstead(ms []Mapping, local map[Mapping]uint16) error {
	for m, port := range local {
		switch {
		case !slices.Contains(ms, m):
			return invalid("mapping", "%s is not one of the tunnel's", m)
		case port == 0:
			return invalid("local port", "0 cannot stand in for that of %s: give one from 1 to 65535", m)
		}
	}
	taken := make(map[uint16]Mapping)
	for _, m := range ms {
		port := m.Local.Fixed()
		if n, ok := local[m]; ok {
			port = n
		}
		if other, ok := taken[port]; ok && port != 0 {
			return invalid("local port", "%d is wanted by both %s and %s: change one of them", port, other, m)
		}
		taken[port] = m
	}
	return nil
}

// move asks a run to listen elsewhere: with ports that stand in for the spec's or
// with other local ports in the spec.
type move struct {
	local    map[Mapping]uint16 // all that stand in from now on; immutable
	mappings []Mapping          // instead of those so far, in their order; nil for the same
	done     chan struct{}      // closed when it has been tried
}

// moveTo changes the ports of a run, whose tunnel's turn the caller has.
func (r *run) moveTo(ctx context.Context, mv move) error {
	mv.done = make(chan struct{})
	select {
	case r.moving <- mv:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-mv.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// relocate does what moveTo asks for. It belongs to the goroutine of listen.
func (r *run) relocate(ctx context.Context, mv move, binders []*binder) {
	defer close(mv.done)
	var moved []*binder
	if mv.mappings != nil {
		r.t.keepInstead(mv.mappings)
		moved = remap(binders, mv.mappings)
	} else {
		r.t.setInstead(mv.local)
		for _, b := range binders {
			if port, ok := mv.local[b.mapping]; ok && b.standIn(port) {
				moved = append(moved, b)
			}
		}
	}
	for _, b := range moved { // all have let go: they may want each other's ports
		r.bind(ctx, b, binders)
	}
	if len(moved) == 0 {
		r.tellBound(binders)
	}
}

// remap gives binders other mappings and returns those that let go of their ports
// for it.
func remap(binders []*binder, to []Mapping) (moved []*binder) {
	for i, b := range binders {
		if b.mapping == to[i] {
			continue // what stands in for its port may go on
		}
		b.serve(to[i])
		if b.standIn(to[i].Local.Fixed()) {
			moved = append(moved, b)
		}
	}
	return moved
}

// standIn gives up the port of a mapping for another one, which the next bind
// takes. It returns false when that is the port already.
func (b *binder) standIn(port uint16) bool {
	b.instead = port != b.mapping.Local.Fixed()
	if b.port == port {
		return false
	}
	b.drop()
	b.port = port
	return true
}

func (t *tunnel) setInstead(local map[Mapping]uint16) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.setInsteadLocked(local)
	t.m.feed.notify()
}

// keepInstead forgets what stands in for ports of mappings that are no more.
func (t *tunnel) keepInstead(ms []Mapping) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := maps.Clone(t.instead)
	maps.DeleteFunc(kept, func(m Mapping, _ uint16) bool { return !slices.Contains(ms, m) })
	t.setInsteadLocked(kept)
	t.m.feed.notify()
}

// setInsteadLocked tells what stands in; the ports of the spec itself do not.
func (t *tunnel) setInsteadLocked(local map[Mapping]uint16) {
	t.instead = maps.Clone(local)
	maps.DeleteFunc(t.instead, func(m Mapping, port uint16) bool { return port == m.Local.Fixed() })
	if len(t.instead) == 0 {
		t.instead = nil
	}
}
