package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// source is where tunnels that are to be brought up come from.
type source struct {
	name    string            // as the user knows it
	guests  *workspace.Guests // of a file; nil for what is kept already
	tunnels []tunnels.Spec    // those of a file without ID and Profile
}

// wanted returns what the arguments of a verb ask for: profiles, tunnels, files,
// and where they are silent the project's file.
func wanted(ctx context.Context, d Deps, engine control.Engine, args, files []string) ([]source, error) {
	snapshot, ps, err := engine.List(ctx)
	if err != nil {
		return nil, err
	}
	var out []source
	for _, arg := range args {
		s, err := wantedOne(ctx, d, snapshot, ps, arg)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	for _, file := range files {
		s, err := wantedFile(ctx, d, ps, file)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		folder, err := projectHere()
		if err != nil {
			return nil, err
		}
		g, err := readProject(d, folder)
		if err != nil {
			return nil, err
		}
		out = append(out, sourceOf(g))
	}
	return distinct(out)
}

// projectHere returns the folder of the project that the verb was called in.
func projectHere() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	folder, err := projectOf(dir)
	if errors.Is(err, errNoProject) {
		return "", &statusError{&tunnels.Error{
			Err:  err,
			Hint: "Name a profile, a tunnel or a file; `culvert list` shows what there is.",
		}, ExitNothing}
	}
	return folder, err
}

func sourceOf(g workspace.Guests) source {
	name := g.Path
	if name == "" {
		name = g.Name
	}
	return source{name: name, guests: &g, tunnels: g.Tunnels}
}

// wantedOne returns what one argument names. What the user keeps comes first: a
// file that happens to be here takes no profile's name.
func wantedOne(ctx context.Context, d Deps, snapshot tunnels.Snapshot, ps []profiles.Profile, arg string) (source, error) {
	kept, _ := keptAndGuests(ps)
	p, err := profileOf(kept, arg)
	switch {
	case err != nil:
		return source{}, err
	case p != nil:
		return sourceOfProfile(*p)
	case isPath(arg):
		return wantedPath(ctx, d, snapshot, ps, arg)
	}
	ids, err := pickOne(snapshot, ps, arg)
	if err == nil {
		return source{name: arg, tunnels: specsOf(snapshot, ids)}, nil
	}
	if _, missing := os.Stat(arg); missing == nil {
		return wantedFile(ctx, d, ps, arg)
	}
	return source{}, err
}

// wantedPath returns the tunnels of a path, or those that are written like one, as
// PROFILE/TUNNEL.
func wantedPath(ctx context.Context, d Deps, snapshot tunnels.Snapshot, ps []profiles.Profile, arg string) (source, error) {
	_, missing := os.Stat(arg)
	if missing != nil {
		if ids, err := pickOne(snapshot, ps, arg); err == nil {
			return source{name: arg, tunnels: specsOf(snapshot, ids)}, nil
		}
	}
	return wantedFile(ctx, d, ps, arg)
}

// wantedFile returns the tunnels of a file. One that is a profile's is that profile.
func wantedFile(ctx context.Context, d Deps, ps []profiles.Profile, arg string) (source, error) {
	for _, p := range ps {
		if !p.Guest && p.Path != "" && arg != standardInput && leadsTo(p.Path) == leadsTo(arg) {
			return sourceOfProfile(p)
		}
	}
	g, err := readGuests(ctx, d, arg)
	return sourceOf(g), err
}

func sourceOfProfile(p profiles.Profile) (source, error) {
	switch {
	case p.Err != nil && len(p.Tunnels) == 0:
		return source{}, p.Err
	case len(p.Tunnels) == 0:
		return source{}, &tunnels.Error{Err: fmt.Errorf("the profile %s has no tunnels", p.Name), Hint: "Add some in the window, or in " + p.Path + "."}
	}
	return source{name: "profile " + p.Name, tunnels: p.Tunnels}, nil
}

// isPath says whether an argument is meant as a file or a folder.
func isPath(arg string) bool {
	return strings.ContainsAny(arg, `/`+string(filepath.Separator)) || filepath.Ext(arg) != "" || arg == "." || arg == ".."
}

// distinct refuses two sources that want the same local port, before anything is
// started. The same profile or file twice is one.
func distinct(sources []source) ([]source, error) {
	var out []source
	for _, s := range sources {
		if slices.ContainsFunc(out, func(o source) bool { return o.name == s.name && o.name != "" }) {
			continue
		}
		out = append(out, s)
	}
	for i, s := range out {
		for _, before := range out[:i] {
			if err := samePort(before, s); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func samePort(a, b source) error {
	for _, s := range a.tunnels {
		for _, t := range b.tunnels {
			port := commonPort(s, t)
			if port == 0 || s.ID != "" && s.ID == t.ID {
				continue
			}
			return &tunnels.Error{
				Err: fmt.Errorf("the local port %d is wanted twice: by %q in %s, and by %q in %s",
					port, plain(s.Title()), a.name, plain(t.Title()), b.name),
				Hint:  "Give one of them another port, or none for a free one (\":REMOTE\"). Nothing was started.",
				Cause: tunnels.CausePortBusy, Permanent: true,
			}
		}
	}
	return nil
}

// commonPort returns a local port that both tunnels want on the same address, or 0.
func commonPort(a, b tunnels.Spec) uint16 {
	if !meet(a.Listen, b.Listen) {
		return 0
	}
	for _, m := range a.Mappings {
		same := func(n tunnels.Mapping) bool { return n.Local.Fixed() == m.Local.Fixed() }
		if m.Local.Fixed() != 0 && slices.ContainsFunc(b.Mappings, same) {
			return m.Local.Fixed()
		}
	}
	return 0
}

// meet says whether two lists of addresses have one in common.
func meet(a, b []string) bool {
	others := tunnels.ListenAddrs(b)
	return slices.ContainsFunc(tunnels.ListenAddrs(a), func(x netip.Addr) bool {
		return slices.ContainsFunc(others, func(y netip.Addr) bool { return tunnels.Overlap(x, y) })
	})
}

// specsOf returns the specs of tunnels, in the order of the IDs.
func specsOf(snapshot tunnels.Snapshot, ids []tunnels.ID) []tunnels.Spec {
	var out []tunnels.Spec
	for _, id := range ids {
		if st, ok := snapshot.Find(id); ok {
			out = append(out, st.Spec)
		}
	}
	return out
}
