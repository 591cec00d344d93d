package workspace

import (
	"context"

	"culvert/tunnels/profiles"
)

// CreateProfile makes a profile without tunnels.
func (w *Workspace) CreateProfile(ctx context.Context, name string) (profiles.Profile, error) {
	ctx, release, err := w.take(ctx)
	if err != nil {
		return profiles.Profile{}, err
	}
	defer release()
	return w.store.Create(ctx, name)
}

// ChangeProfile changes what a profile says of itself. That of guests is not changed
// here.
func (w *Workspace) ChangeProfile(ctx context.Context, id string, c profiles.Change) error {
	ctx, release, err := w.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if p, is := w.guests.find(id); is {
		return notKept(p)
	}
	if err := w.store.Change(ctx, id, c); err != nil {
		return err
	}
	w.follow("") // another name may be another place
	return nil
}

// DuplicateProfile makes a profile with the same tunnels, which are stopped. Thus
// guests are kept, too.
func (w *Workspace) DuplicateProfile(ctx context.Context, id, name string) (profiles.Profile, error) {
	ctx, release, err := w.take(ctx)
	if err != nil {
		return profiles.Profile{}, err
	}
	defer release()
	var p profiles.Profile
	if guest, is := w.guests.find(id); is {
		p, err = w.store.Keep(ctx, guest, name)
	} else {
		p, err = w.store.Duplicate(ctx, id, name)
	}
	if err == nil {
		w.follow("")
	}
	return p, err
}

// DeleteProfile deletes a profile, and stops and removes its tunnels. Guests are
// dismissed, and their file stays.
func (w *Workspace) DeleteProfile(ctx context.Context, id string) (profiles.Deleted, error) {
	if profiles.IsGuest(id) {
		p, err := w.dismiss(ctx, id)
		return profiles.Deleted{Profile: p}, err
	}
	ctx, release, err := w.take(ctx)
	if err != nil {
		return profiles.Deleted{}, err
	}
	defer release()
	d, err := w.store.Delete(ctx, id)
	if err == nil {
		w.follow(id)
	}
	return d, err
}

// RestoreProfile brings a deleted profile back, its tunnels stopped.
func (w *Workspace) RestoreProfile(ctx context.Context, d profiles.Deleted) error {
	if p := d.Profile; p.Guest {
		if _, again := w.guests.find(p.ID); again {
			return nil // its file has brought it since
		}
		_, err := w.Bring(ctx, Guests{Path: p.Path, Name: p.Name, Tunnels: p.Tunnels})
		return err
	}
	ctx, release, err := w.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := w.store.Undelete(ctx, d); err != nil {
		return err
	}
	w.follow("")
	return nil
}

// Settings returns what the user has chosen for the whole program.
func (w *Workspace) Settings() Settings { return w.settings.get() }

// SetSettings keeps what the user has chosen. After an error all is as it was.
func (w *Workspace) SetSettings(ctx context.Context, s Settings) error {
	return w.settings.set(ctx, s)
}
