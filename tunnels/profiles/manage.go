package profiles

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"culvert/tunnels"
)

// Create makes an empty profile. Its file is named after it.
func (s *Store) Create(ctx context.Context, name string) (p Profile, err error) {
	if err := checkTitle(name); err != nil {
		return Profile{}, err
	}
	err = s.update(ctx, func() error {
		f, err := s.make(slug(name), name)
		if err == nil {
			p = f.profile(s.shelf.path(f.base))
		}
		return err
	})
	return p, err
}

func checkTitle(name string) error {
	if strings.TrimSpace(name) == "" {
		return refused("name", "Type a name for the profile.", "it is empty")
	}
	return checkLine("name", name, maxName)
}

func checkTags(tags []string) error {
	if len(tags) > tunnels.MaxTags {
		return refused("tags", "", "%d are too many: give at most %d", len(tags), tunnels.MaxTags)
	}
	for i, tag := range tags {
		if err := tunnels.ValidateTag(tag); err != nil {
			return err
		}
		if slices.Contains(tags[:i], tag) {
			return refused("tags", "", "%q is there twice: remove one", tag)
		}
	}
	return nil
}

// make makes an empty profile under the ID, or one like it.
func (s *Store) make(id, name string) (*file, error) {
	return s.newFile(id, func(id string) ([]byte, error) { return Marshal(Profile{ID: id, Name: name}) })
}

// newFile makes a file of a new name with what content returns for its ID.
func (s *Store) newFile(id string, content func(id string) ([]byte, error)) (*file, error) {
	if len(s.files) >= maxFiles {
		return nil, refused("new profile", "Delete one first.", "there are %d already", maxFiles)
	}
	beside := make(map[string]bool)
	for {
		id := free(id, func(id string) bool { return beside[id] || s.taken(id) })
		data, err := content(id)
		if err != nil {
			return nil, err
		}
		base := id + endings[0]
		err = s.shelf.create(base, data)
		if errors.Is(err, fs.ErrExist) && !beside[id] { // it is no profile, or not of a kind that is read
			beside[id] = true
			continue
		}
		if err != nil {
			return nil, unwritable(base, err)
		}
		s.reload()
		f := s.files[id]
		if f == nil {
			return nil, unwritable(base, errVanished)
		}
		return f, nil
	}
}

// taken tells whether a profile has the ID, on any file system.
func (s *Store) taken(id string) bool {
	for other, f := range s.files {
		base, _ := idOf(f.base)
		if strings.EqualFold(other, id) || strings.EqualFold(base, id) {
			return true
		}
	}
	return false
}

// Change alters what is said of a profile itself. Its file keeps its name.
func (s *Store) Change(ctx context.Context, id string, c Change) error {
	if c.Name != nil {
		if err := checkTitle(*c.Name); err != nil {
			return err
		}
	}
	if c.Tags != nil {
		if err := checkTags(*c.Tags); err != nil {
			return err
		}
	}
	return s.update(ctx, func() error {
		f := s.files[id]
		if f == nil {
			return noProfile(id)
		}
		return s.edit(f, func(d *document) (*document, error) { return d.set(d.head.with(c, id)) }, slices.Clone(f.tunnels))
	})
}

// with returns what is said of a profile after a change.
func (h head) with(c Change, id string) head {
	if c.Name != nil && (h.name != "" || *c.Name != id) {
		h.name = *c.Name
	}
	if c.Tags != nil {
		h.tags = list(*c.Tags)
	}
	if c.Quiet != nil {
		h.notify = !*c.Quiet
	}
	return h
}

// Duplicate makes a profile with the same tunnels, under a name of its own. The
// file is copied with its comments.
func (s *Store) Duplicate(ctx context.Context, id, name string) (p Profile, err error) {
	if err := checkTitle(name); err != nil {
		return Profile{}, err
	}
	err = s.update(ctx, func() error {
		of := s.files[id]
		if of == nil {
			return noProfile(id)
		}
		if err := of.editable(); err != nil {
			return err
		}
		f, err := s.newFile(slug(name), func(id string) ([]byte, error) {
			d, err := of.doc.set(of.doc.head.with(Change{Name: &name}, id))
			if err != nil {
				return nil, inFile(of.base, err)
			}
			return d.data, nil
		})
		if err == nil {
			p = f.profile(s.shelf.path(f.base))
		}
		return err
	})
	return p, err
}

// Keep makes a profile with the tunnels, tags and the like of one that is none of the
// store's, under a name of its own. The tunnels have new IDs.
func (s *Store) Keep(ctx context.Context, of Profile, name string) (p Profile, err error) {
	if err := checkTitle(name); err != nil {
		return Profile{}, err
	}
	err = s.update(ctx, func() error {
		f, err := s.newFile(slug(name), func(id string) ([]byte, error) {
			return Marshal(Profile{ID: id, Name: name, Tags: of.Tags, Quiet: of.Quiet, Tunnels: of.Tunnels})
		})
		if err == nil {
			p = f.profile(s.shelf.path(f.base))
		}
		return err
	})
	return p, err
}

// Delete removes a profile with its file, also a broken one. What is returned
// brings it back. Of a link only the link is removed.
func (s *Store) Delete(ctx context.Context, id string) (d Deleted, err error) {
	err = s.update(ctx, func() error {
		f := s.files[id]
		if f == nil {
			return noProfile(id)
		}
		data, err := s.shelf.read(f.base)
		if err != nil {
			return unreadable(f.base, err)
		}
		if len(data) > maxSize {
			return unwritable(f.base, errTooLarge)
		}
		d = Deleted{Profile: f.profile(s.shelf.path(f.base)), base: f.base, data: data}
		if d.was, err = s.shelf.remove(f.base); err != nil {
			d = Deleted{}
			return unwritable(f.base, err)
		}
		s.reload()
		return nil
	})
	return d, err
}

// Undelete brings a profile back with the bytes that its file had. Where another
// file has its name now, it gets another one.
func (s *Store) Undelete(ctx context.Context, d Deleted) error {
	id, ok := idOf(d.base)
	if !ok {
		return noProfile(d.Profile.ID)
	}
	return s.update(ctx, func() error {
		for _, spec := range d.Profile.Tunnels { // so that they are known again
			if f, _ := s.find(spec.ID); f == nil && !slices.ContainsFunc(s.gone, func(g gone) bool { return g.spec.ID == spec.ID }) {
				s.remember([]gone{{spec: spec}})
			}
		}
		if !s.taken(id) {
			switch err := s.shelf.restore(d.base, d.data, d.was); {
			case err == nil:
				s.reload()
				return nil
			case !errors.Is(err, fs.ErrExist):
				return unwritable(d.base, err)
			}
		}
		_, err := s.newFile(id, func(string) ([]byte, error) { return d.data, nil })
		return err
	})
}
