package profiles

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"culvert/tunnels"
)

// Add puts several new tunnels behind the others of their profiles, or none of
// them: each file is written once, and after an error all are as before. Those that
// name no profile go into the one named Default, see Put.
func (s *Store) Add(ctx context.Context, specs []tunnels.Spec) error {
	var ids []string // of the profiles
	by := make(map[string][]tunnels.Spec)
	seen := make(map[tunnels.ID]bool)
	for _, spec := range specs {
		err := spec.Validate()
		if err == nil {
			err = check(spec)
		}
		if err == nil && seen[spec.ID] {
			err = errTwice
		}
		if err != nil {
			return inTunnel(spec, err)
		}
		seen[spec.ID] = true
		id := cmp.Or(spec.Profile, defaultID)
		if by[id] == nil {
			ids = append(ids, id)
		}
		by[id] = append(by[id], spec)
	}
	return s.update(ctx, func() error {
		for _, spec := range specs {
			if f, _ := s.find(spec.ID); f != nil {
				return inTunnel(spec, errTwice)
			}
		}
		if err := s.have(ids); err != nil {
			return err
		}
		return s.addAll(ids, by)
	})
}

var errTwice = refused("", "Add it under an ID of its own.", "another one has its ID")

// inTunnel names the tunnel that an error is about.
func inTunnel(spec tunnels.Spec, err error) error {
	e := *tunnels.AsError(err)
	e.Op, e.Err = titled(spec), err
	return &e
}

// have sees to it that the profiles are there.
func (s *Store) have(ids []string) error {
	for _, id := range ids {
		if s.files[id] != nil {
			continue
		}
		if id != defaultID {
			return noProfile(id)
		}
		if _, err := s.make(defaultID, defaultName); err != nil {
			return err
		}
	}
	return nil
}

// addAll writes one file after the other, and all back as they were when one of
// them cannot be written.
func (s *Store) addAll(ids []string, by map[string][]tunnels.Spec) error {
	before := make(map[string]file)
	for _, id := range ids {
		f, specs := s.files[id], by[id]
		before[id] = *f
		err := s.edit(f, func(d *document) (*document, error) { return d.addAll(specs) }, slices.Concat(f.tunnels, specs))
		if err == nil {
			continue
		}
		delete(before, id)
		return errors.Join(err, s.putBack(before))
	}
	return nil
}

func (s *Store) putBack(before map[string]file) error {
	var errs []error
	for id, f := range before {
		if err := s.shelf.write(f.base, s.files[id].data, f.data); err != nil {
			errs = append(errs, unwritable(f.base, err))
			continue
		}
		*s.files[id] = f
	}
	return errors.Join(errs...)
}
