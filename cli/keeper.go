package cli

import (
	"context"
	"errors"
	"path/filepath"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// keeper keeps profiles: the Culvert that runs, or else their folder.
type keeper interface {
	Kept(ctx context.Context) (kept, error)
	CreateProfile(ctx context.Context, name string) (profiles.Profile, error)
	ChangeProfile(ctx context.Context, id string, c profiles.Change) error
	DeleteProfile(ctx context.Context, id string) (profiles.Deleted, error)
	Add(ctx context.Context, specs []tunnels.Spec) error
	Close()
}

// kept is what a keeper has.
type kept struct {
	profiles []profiles.Profile
	tunnels  tunnels.Snapshot // of a folder all are stopped
	runs     bool             // a Culvert runs
}

// openKeeper returns the Culvert that runs, or else the profiles' folder.
func openKeeper(ctx context.Context, d Deps) (keeper, error) {
	r, err := d.find(ctx)
	switch {
	case err == nil:
		return runningKeeper{r}, nil
	case !errors.Is(err, ErrNobody):
		return nil, err
	case d.Folder == "":
		return nil, &tunnels.Error{
			Op: "profiles", Err: errors.New("there is no folder for them"),
			Hint: "Set HOME or XDG_CONFIG_HOME to a folder of yours.", Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	var told warnings
	s := profiles.Open(profiles.Options{Dir: filepath.Join(d.Folder, profilesFolder), Warn: told.add})
	k := &folderKeeper{Store: s}
	if all := told.list(); len(all) > 0 { // of the folder: what is wrong with a file is in its profile
		k.trouble = all[0]
	}
	return k, nil
}

// runningKeeper is the Culvert that runs.
type runningKeeper struct{ *Running }

// Kept implements [keeper].
func (r runningKeeper) Kept(ctx context.Context) (kept, error) {
	snap, list, err := r.List(ctx)
	return kept{list, snap, true}, err
}

// Close implements [keeper].
func (r runningKeeper) Close() { r.Running.Close() }

// folderKeeper is the folder of the profiles.
type folderKeeper struct {
	*profiles.Store
	trouble error // why it cannot be read
}

// Kept implements [keeper].
func (f *folderKeeper) Kept(context.Context) (kept, error) {
	if f.trouble != nil {
		return kept{}, f.trouble
	}
	k := kept{profiles: f.Profiles()}
	for _, p := range k.profiles {
		for _, s := range p.Tunnels {
			k.tunnels = append(k.tunnels, tunnels.Status{Spec: s, State: tunnels.Stopped})
		}
	}
	return k, nil
}

// CreateProfile implements [keeper].
func (f *folderKeeper) CreateProfile(ctx context.Context, name string) (profiles.Profile, error) {
	return f.Create(ctx, name)
}

// ChangeProfile implements [keeper].
func (f *folderKeeper) ChangeProfile(ctx context.Context, id string, c profiles.Change) error {
	return f.Change(ctx, id, c)
}

// DeleteProfile implements [keeper].
func (f *folderKeeper) DeleteProfile(ctx context.Context, id string) (profiles.Deleted, error) {
	return f.Delete(ctx, id)
}
