package workspace

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// maxGuests bounds how many files bring guests at a time.
const maxGuests = 500

// Guests are tunnels from a file that is not among the user's profiles, as a
// project's own. They are there until they are dismissed, and are kept by nobody.
type Guests struct {
	// Path is the file's, absolute, by which guests are known again; empty where
	// they come from no file, as from a pipe: then Name is.
	Path string `json:"path,omitempty"`
	// Name is shown to the user; empty means the file's.
	Name string `json:"name,omitempty"`
	// Tunnels have neither ID nor Profile, and AutoStart of them counts for nothing.
	Tunnels []tunnels.Spec `json:"tunnels"`
}

// Bring puts guests, stopped and behind all profiles, and returns the profile that
// stands for them. Those of the same file take the place of what it has brought
// before, as an edit of a profile's file would, see the package's documentation: IDs
// stay as far as tunnels can be known again, and what is no more is stopped. What a
// profile's file may not say is refused, as is a file that is a profile; then nothing
// has changed.
func (w *Workspace) Bring(ctx context.Context, g Guests) (profiles.Profile, error) {
	for {
		_, release, err := w.take(ctx)
		if err != nil {
			return profiles.Profile{}, err
		}
		p, err := w.receive(g)
		if err != nil {
			release()
			return profiles.Profile{}, err
		}
		left := w.leavingOf(idsOf(p.Tunnels)...)
		if left == nil {
			w.guests.put(p)
			w.follow("")
			release()
			return p, nil
		}
		release()
		select {
		case <-left:
		case <-ctx.Done(): // take says why
		}
	}
}

// receive returns the profile that is to stand for guests. The caller has the turn.
func (w *Workspace) receive(g Guests) (profiles.Profile, error) {
	all := w.profiles()
	id := profiles.GuestID(g.Path, g.Name)
	taken := make(map[tunnels.ID]bool)
	var before []tunnels.Spec
	guests, known := 0, false
	for _, p := range all {
		switch {
		case p.Guest:
			guests++
		case g.Path != "" && p.Path == filepath.Clean(g.Path):
			return profiles.Profile{}, refusal("bring "+p.Path, "Start that profile.", "it is the file of the profile %q", p.Name)
		}
		if p.ID == id {
			before, known = p.Tunnels, true
			continue
		}
		for _, s := range p.Tunnels {
			taken[s.ID] = true
		}
	}
	if !known && guests >= maxGuests {
		return profiles.Profile{}, refusal("bring tunnels", "Dismiss some first.", "there are %d files already that have brought some", guests)
	}
	return profiles.Guest(g.Path, g.Name, g.Tunnels, before, taken)
}

// Dismiss stops guests and forgets them; id is their profile's. Their random ports are
// had again when they are brought within 30 days.
func (w *Workspace) Dismiss(ctx context.Context, id string) error {
	_, err := w.dismiss(ctx, id)
	return err
}

// dismiss returns the profile that stood for them.
func (w *Workspace) dismiss(ctx context.Context, id string) (profiles.Profile, error) {
	_, release, err := w.take(ctx)
	if err != nil {
		return profiles.Profile{}, err
	}
	defer release()
	p, ok := w.guests.find(id)
	if !ok {
		e := refusal("dismiss tunnels", "Name the file that has brought them.", "nothing is there that %q has brought", id)
		e.Cause = tunnels.CauseNotFound
		return profiles.Profile{}, e
	}
	w.guests.drop(id)
	w.follow(id)
	return p, nil
}

// profiles returns all profiles in their order: those of the store and, behind them,
// the guests. A tunnel that is in the store by now is no guest any more.
func (w *Workspace) profiles() []profiles.Profile {
	return joined(w.store.Profiles(), w.guests.list())
}

func joined(stored, guests []profiles.Profile) []profiles.Profile {
	if len(guests) == 0 {
		return stored
	}
	kept := make(map[tunnels.ID]bool)
	for _, s := range specsOf(stored) {
		kept[s.ID] = true
	}
	all := slices.Clone(stored)
	for _, g := range guests {
		if slices.ContainsFunc(g.Tunnels, func(s tunnels.Spec) bool { return kept[s.ID] }) {
			g.Tunnels = slices.DeleteFunc(slices.Clone(g.Tunnels), func(s tunnels.Spec) bool { return kept[s.ID] })
		}
		all = append(all, g)
	}
	return all
}

// putGuest is Put of a tunnel that is to be among guests: it may be as it is, or come
// back as it was, also from the profile into which it was put.
func (w *Workspace) putGuest(ctx context.Context, spec tunnels.Spec) error {
	p, there := w.guests.find(spec.Profile)
	if !there {
		return refusal("tunnel "+spec.Title(), "Choose another profile.", "its file's tunnels have been dismissed")
	}
	if !w.guests.knows(spec) {
		return notKept(p)
	}
	if slices.Contains(idsOf(specsOf(w.store.Profiles())), spec.ID) {
		if err := w.store.Remove(ctx, spec.ID); err != nil {
			return err
		}
	}
	w.guests.putBack(spec)
	return w.carry(spec)
}

// notKept says that guests are not edited here.
func notKept(p profiles.Profile) *tunnels.Error {
	from := "no file"
	if p.Path != "" {
		from = p.Path
	}
	return refusal("tunnels of "+p.Name,
		"Edit the file and run `culvert up` again, or move the tunnel to a profile.",
		"they come from %s, and are not changed here", from)
}

func refusal(op, hint, format string, args ...any) *tunnels.Error {
	return &tunnels.Error{Op: op, Err: fmt.Errorf(format, args...), Hint: hint, Cause: tunnels.CauseInvalid, Permanent: true}
}
