package profiles

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"culvert/tunnels"
	"culvert/tunnels/durable"
)

// Where a tunnel goes that names no profile.
const (
	defaultID   = "default"
	defaultName = "Default"
)

// update lets one thing at a time change files, and no other process meanwhile. It
// begins with what is on the disk, once more when an editor is faster than the change,
// and tells the watchers at the end.
func (s *Store) update(ctx context.Context, change func() error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return unwritable("profiles", ctx.Err())
	}
	unlock, err := s.shelf.lock(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = durable.ErrBusy
	}
	if err != nil {
		return unwritable(cmp.Or(s.shelf.path(""), "profiles"), err)
	}
	defer unlock()
	defer s.publish()
	for n := 1; ; n++ {
		s.reload()
		if s.trouble != nil {
			return unreadable(s.shelf.path(""), s.trouble)
		}
		if err := change(); n == attempts || !errors.Is(err, durable.ErrChanged) {
			return err
		}
	}
}

// attempts is how often a change begins anew before it is given up.
const attempts = 5

// Put adds a tunnel behind the others of its profile, or replaces the one with its
// ID. Where the profile is another one, the tunnel moves there; an empty one means
// that it stays, and for a new tunnel a profile named Default, which is made when
// it is missing. Of a tunnel that was edited in its file at the same time only those
// fields change that the caller has changed.
func (s *Store) Put(ctx context.Context, spec tunnels.Spec) error {
	if err := spec.Validate(); err != nil {
		return err
	}
	if err := check(spec); err != nil {
		return err
	}
	var base tunnels.Spec
	if i := s.known(spec.ID); i != nil {
		base = *i
	}
	return s.update(ctx, func() error {
		f, i := s.find(spec.ID)
		if f == nil {
			return s.add(spec)
		}
		spec := spec // for each attempt
		if spec.Profile == "" {
			spec.Profile = f.id
		}
		if base.ID != "" {
			spec = merge(base, spec, f.tunnels[i])
		}
		if spec.Profile == f.id {
			return s.replace(f, i, spec)
		}
		return s.transfer(f, i, spec)
	})
}

// known returns a tunnel as watchers were told of it last, or nil.
func (s *Store) known(id tunnels.ID) *tunnels.Spec {
	for _, p := range s.Profiles() {
		for i := range p.Tunnels {
			if p.Tunnels[i].ID == id {
				return &p.Tunnels[i]
			}
		}
	}
	return nil
}

// find returns where a tunnel is; nil for nowhere.
func (s *Store) find(id tunnels.ID) (*file, int) {
	for _, f := range s.files {
		i := slices.IndexFunc(f.tunnels, func(t tunnels.Spec) bool { return t.ID == id })
		if i >= 0 {
			return f, i
		}
	}
	return nil, 0
}

// add puts a new tunnel into its profile. One that was removed before comes back
// as it was written.
func (s *Store) add(spec tunnels.Spec) error {
	var like *entry
	if i := slices.IndexFunc(s.gone, func(g gone) bool { return g.spec.ID == spec.ID }); i >= 0 {
		if s.gone[i].like.node != nil {
			like = &s.gone[i].like
		}
		spec.Profile = cmp.Or(spec.Profile, s.gone[i].spec.Profile)
	}
	spec.Profile = cmp.Or(spec.Profile, defaultID)
	f := s.files[spec.Profile]
	if f == nil && spec.Profile == defaultID {
		made, err := s.make(defaultID, defaultName)
		if err != nil {
			return err
		}
		f = made
	}
	if f == nil {
		return noProfile(spec.Profile)
	}
	return s.append(f, spec, like)
}

func (s *Store) append(f *file, spec tunnels.Spec, like *entry) error {
	return s.edit(f, func(d *document) (*document, error) { return d.add(spec, like) }, append(slices.Clone(f.tunnels), spec))
}

func (s *Store) replace(f *file, i int, spec tunnels.Spec) error {
	all := slices.Clone(f.tunnels)
	all[i] = spec
	return s.edit(f, func(d *document) (*document, error) { return d.put(i, spec) }, all)
}

// transfer moves a tunnel to another profile: it is written there before it is
// removed here, so that it is never nowhere.
func (s *Store) transfer(from *file, i int, spec tunnels.Spec) error {
	to := s.files[spec.Profile]
	if to == nil {
		return noProfile(spec.Profile)
	}
	if err := from.editable(); err != nil {
		return err
	}
	before := *to
	like := from.doc.cut(i)
	if err := s.append(to, spec, &like); err != nil {
		return err
	}
	err := s.take(from, i)
	if err == nil {
		return nil
	}
	if back := s.shelf.write(to.base, to.data, before.data); back != nil { // now it is in both, as two
		to.tunnels = slices.Clone(to.tunnels)
		to.tunnels[len(to.tunnels)-1].ID = ""
		s.identify()
		return errors.Join(err, unwritable(to.base, back))
	}
	*to = before
	return err
}

func (s *Store) take(f *file, i int) error {
	all := slices.Delete(slices.Clone(f.tunnels), i, i+1)
	return s.edit(f, func(d *document) (*document, error) { return d.remove(i) }, all)
}

// Remove takes a tunnel out of its profile. A Put of the same ID brings it back as
// it was written.
func (s *Store) Remove(ctx context.Context, id tunnels.ID) error {
	return s.update(ctx, func() error {
		f, i := s.find(id)
		if f == nil {
			return noTunnel(id)
		}
		was := f.without(f.tunnels[i : i+1])
		if err := s.take(f, i); err != nil {
			return err
		}
		s.remember(was)
		return nil
	})
}

// Move gives a tunnel another place in its profile: right before another one of the
// same profile or, where before is empty, behind all.
func (s *Store) Move(ctx context.Context, id, before tunnels.ID) error {
	return s.update(ctx, func() error {
		f, from := s.find(id)
		if f == nil {
			return noTunnel(id)
		}
		to := len(f.tunnels) - 1
		if before != "" {
			at := slices.IndexFunc(f.tunnels, func(t tunnels.Spec) bool { return t.ID == before })
			if at < 0 {
				return noTunnel(before)
			}
			to = at
			if from < at {
				to--
			}
			if from == at {
				to = from
			}
		}
		return s.edit(f, func(d *document) (*document, error) { return d.move(from, to) }, moved(f.tunnels, from, to))
	})
}

// edit changes a file; all are its tunnels afterwards.
func (s *Store) edit(f *file, change func(*document) (*document, error), all []tunnels.Spec) error {
	if err := f.editable(); err != nil {
		return err
	}
	doc, err := change(f.doc)
	if err != nil {
		return inFile(f.base, err)
	}
	if err := s.write(f, doc.data); err != nil {
		return err
	}
	for i := range all {
		all[i].Profile = f.id
		all[i] = tidy(all[i])
	}
	f.data, f.doc, f.tunnels = doc.data, doc, all
	return nil
}

// tidy returns a tunnel as it is read from a file.
func tidy(s tunnels.Spec) tunnels.Spec {
	s.Hold = max(s.Hold, noHold)
	s.Listen, s.Tags, s.Mappings = list(s.Listen), list(s.Tags), list(s.Mappings)
	return s
}

// list returns a copy, nil for an empty one.
func list[T any](all []T) []T {
	if len(all) == 0 {
		return nil
	}
	return slices.Clone(all)
}

func (s *Store) write(f *file, data []byte) error {
	if len(data) > maxSize {
		return unwritable(f.base, errTooLarge)
	}
	if string(f.data) == string(data) {
		return nil
	}
	if err := s.shelf.write(f.base, f.data, data); err != nil {
		return unwritable(f.base, err)
	}
	return nil
}

// editable says why a file must not be written; nil when it may.
func (f *file) editable() error {
	if f.err == nil {
		return nil
	}
	e := broken(f.base, f.err)
	e.Hint = "Correct the file first; Culvert does not write to one that it cannot read."
	return e
}

func inFile(base string, err error) error {
	e := *tunnels.AsError(err)
	if e.Op == "" {
		e.Op = "write " + base
	}
	return &e
}
