package workspace

import (
	"context"
	"fmt"
	"slices"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// Move gives a tunnel another place in its profile: right before another one of it
// or, where before is empty or begins the next profile, behind all of it. The order
// of [tunnels.Snapshot] is that of the profiles and, within each, this one. Guests are
// in the order of their file.
func (w *Workspace) Move(id, before tunnels.ID) error {
	ctx, release, err := w.take(w.ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, busyFor)
	defer cancel()
	if p, is := w.guests.of(id); is {
		return notKept(p)
	}
	ps := w.profiles()
	if before, err = landing(ps, id, before); err != nil {
		return err
	}
	if err := w.store.Move(ctx, id, before); err != nil {
		return err
	}
	ps = w.profiles()
	w.journal.place(placesOf(ps))
	w.Arrange(idsOf(specsOf(ps)))
	return nil
}

// landing returns before which tunnel of its own profile one lands that is to stand
// right before another one; empty for the end.
func landing(ps []profiles.Profile, id, before tunnels.ID) (tunnels.ID, error) {
	all := specsOf(ps)
	at := func(id tunnels.ID) int {
		return slices.IndexFunc(all, func(s tunnels.Spec) bool { return s.ID == id })
	}
	from, to := at(id), at(before)
	if before == "" || from < 0 || to < 0 || all[from].Profile == all[to].Profile {
		return before, nil
	}
	previous := to - 1
	if previous >= 0 && all[previous].Profile == all[from].Profile {
		return "", nil
	}
	return "", &tunnels.Error{
		Op: "move " + all[from].Title(), Err: fmt.Errorf("%s is in another profile", all[to].Title()),
		Hint:  "Give the tunnel that profile first.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

func specsOf(ps []profiles.Profile) []tunnels.Spec {
	var all []tunnels.Spec
	for _, p := range ps {
		all = append(all, p.Tunnels...)
	}
	return all
}

func idsOf(specs []tunnels.Spec) []tunnels.ID {
	ids := make([]tunnels.ID, len(specs))
	for i, s := range specs {
		ids[i] = s.ID
	}
	return ids
}
