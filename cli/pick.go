package cli

import (
	"errors"
	"path/filepath"
	"strings"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// pick returns the tunnels that words name, in the order of the snapshot and each
// once: those of a profile by its ID, its name or its file, else a single one, see
// [profiles.FindTunnel].
func pick(snapshot tunnels.Snapshot, ps []profiles.Profile, words []string) ([]tunnels.ID, error) {
	chosen := make(map[tunnels.ID]bool)
	for _, word := range words {
		ids, err := pickOne(snapshot, ps, word)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			chosen[id] = true
		}
	}
	var out []tunnels.ID
	for _, st := range snapshot {
		if chosen[st.Spec.ID] {
			out = append(out, st.Spec.ID)
		}
	}
	return out, nil
}

func pickOne(snapshot tunnels.Snapshot, ps []profiles.Profile, word string) ([]tunnels.ID, error) {
	p, err := profileOf(ps, word)
	if err != nil {
		return nil, err
	}
	if p == nil {
		p = guestsOf(ps, word)
	}
	if p != nil {
		return idsOf(p.Tunnels), nil
	}
	st, err := profiles.FindTunnel(snapshot, ps, word)
	if err != nil {
		return nil, unfound(word, ps, err)
	}
	return []tunnels.ID{st.Spec.ID}, nil
}

// profileOf returns the profile that a word names; nil when there is none. What the
// user keeps comes before what a file has brought.
func profileOf(ps []profiles.Profile, word string) (*profiles.Profile, error) {
	kept, guests := keptAndGuests(ps)
	for _, list := range [...][]profiles.Profile{kept, guests} {
		p, err := profiles.Find(list, word)
		switch {
		case err == nil:
			return &p, nil
		case !isMissing(err):
			return nil, &statusError{err, ExitUsage}
		}
	}
	return nil, nil //nolint:nilnil // there is none, and that is no error
}

// keptAndGuests parts what the user keeps from what files have brought.
func keptAndGuests(ps []profiles.Profile) (kept, guests []profiles.Profile) {
	for _, p := range ps {
		if p.Guest {
			guests = append(guests, p)
		} else {
			kept = append(kept, p)
		}
	}
	return kept, guests
}

// guestsOf returns what a file, or a folder's project, has brought; nil for nothing.
func guestsOf(ps []profiles.Profile, word string) *profiles.Profile {
	path := leadsTo(word)
	for _, p := range ps {
		if p.Guest && p.Path != "" && (leadsTo(p.Path) == path || leadsTo(p.Path) == filepath.Join(path, projectFile)) {
			return &p
		}
	}
	return nil
}

// unfound is the error about a word of which FindTunnel says err.
func unfound(word string, ps []profiles.Profile, err error) error {
	e := tunnels.AsError(err)
	if !isMissing(e) {
		return &statusError{e, ExitUsage}
	}
	_, asProfile := profiles.Find(ps, word)
	told := *e
	told.Err = errors.New("there is no profile and no tunnel " + quote(word))
	if p := tunnels.AsError(asProfile); p != nil && strings.HasPrefix(p.Hint, "Do you mean") && !strings.HasPrefix(e.Hint, "Do you mean") {
		told.Hint = p.Hint
	}
	told.Hint = strings.TrimSpace(told.Hint + " See `culvert list`.")
	return &statusError{&told, ExitNothing}
}

func isMissing(err error) bool { return tunnels.AsError(err).Cause == tunnels.CauseNotFound }

// quote writes a word for people.
func quote(word string) string { return `"` + plain(word) + `"` }

func idsOf(specs []tunnels.Spec) []tunnels.ID {
	out := make([]tunnels.ID, len(specs))
	for i, s := range specs {
		out[i] = s.ID
	}
	return out
}

// profileName returns the name that a profile is shown with; its ID where it has none.
func profileName(id string, ps []profiles.Profile) string {
	for _, p := range ps {
		if p.ID == id && p.Name != "" {
			return p.Name
		}
	}
	return id
}
