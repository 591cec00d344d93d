package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

func newProfiles(d Deps) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List the profiles, and change them",
		Long: "Lists the profiles: lists of tunnels that you keep together, each in a file that you can read, edit and share. A\n" +
			"file that cannot be read is told with the line that is wrong. Where a Culvert runs, it is asked, and changes are\n" +
			"made by it.\n\n" +
			"PROFILE is the name of its file without .yaml, or the name that is shown.\n\n" +
			"With -o json one object comes, with the fields running and profiles. Each of the profiles has id, name, path, tags,\n" +
			"tunnels and running (numbers), and guest for one that a file outside of the profiles' folder has brought; where its\n" +
			"file cannot be read also error, hint, line and column.\n\n" +
			"Exit status: 0; 1 when something could not be done, 2 for a wrong command line, 3 when there is no such profile.",
		Example: "  culvert profiles\n" +
			"  culvert profiles -o name             # for scripts: one ID in each line\n" +
			"  culvert profiles create \"Shop, dev\"\n" +
			"  culvert profiles edit shop-dev       # in $EDITOR; the file is checked afterwards\n" +
			"  cat \"$(culvert profiles path shop-dev)\"",
		Args:              wrongUsage(cobra.NoArgs),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch output {
			case "", "json", "name":
			default:
				return &usageError{fmt.Errorf("%q is not an output format: use json or name, or leave it out", output), cmd.CommandPath()}
			}
			return withKeeper(cmd.Context(), d, func(_ keeper, all kept) error { return listProfiles(d, all, output) })
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "\"json\" prints one JSON object, \"name\" one ID in each line")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"json", "name"}, cobra.ShellCompDirectiveNoFileComp)) // there is the flag
	cmd.AddCommand(newProfilesShow(d), newProfilesCreate(d), newProfilesRename(d), newProfilesDelete(d), newProfilesPath(d), newProfilesEdit(d))
	return cmd
}

// withKeeper opens what keeps the profiles for as long as do runs.
func withKeeper(ctx context.Context, d Deps, do func(k keeper, all kept) error) error {
	k, err := openKeeper(ctx, d)
	if err != nil {
		return err
	}
	defer k.Close()
	all, err := k.Kept(ctx)
	if err != nil {
		return err
	}
	return do(k, all)
}

// withProfile is withKeeper for a verb about the profile that a word names.
func withProfile(ctx context.Context, d Deps, word string, do func(k keeper, all kept, p profiles.Profile) error) error {
	return withKeeper(ctx, d, func(k keeper, all kept) error {
		p, err := profiles.Find(all.profiles, word)
		if err != nil {
			return unfoundWord(err)
		}
		return do(k, all, p)
	})
}

// oneProfile is the check of the arguments of a verb about one profile.
func oneProfile() cobra.PositionalArgs {
	return wrongUsage(func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return errors.New("name one profile; `culvert profiles` shows them")
		}
		return nil
	})
}

// profileIDs are what completes the name of a profile.
func profileIDs(k kept) []string {
	var out []string
	for _, p := range k.profiles {
		out = append(out, p.ID)
	}
	return out
}

// runningIn counts the tunnels of a profile that are not stopped.
func (k kept) runningIn(p profiles.Profile) int {
	n := 0
	for _, s := range p.Tunnels {
		if st, ok := k.tunnels.Find(s.ID); ok && st.State != tunnels.Stopped {
			n++
		}
	}
	return n
}

// profilesJSON is what `culvert profiles -o json` prints.
type profilesJSON struct {
	Running  bool          `json:"running"` // a Culvert runs, and was asked
	Profiles []profileJSON `json:"profiles"`
}

type profileJSON struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Path    string   `json:"path,omitempty"`
	Tags    []string `json:"tags"`
	Tunnels int      `json:"tunnels"`
	Running int      `json:"running"`
	Guest   bool     `json:"guest,omitempty"`
	Error   string   `json:"error,omitempty"`
	Hint    string   `json:"hint,omitempty"`
	Line    int      `json:"line,omitempty"`
	Column  int      `json:"column,omitempty"`
}

func listProfiles(d Deps, all kept, output string) error {
	switch output {
	case "json":
		return printProfilesJSON(d, all)
	case "name":
		for _, p := range all.profiles {
			if _, err := fmt.Fprintln(d.Out, p.ID); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all.profiles) == 0 {
		fmt.Fprintln(d.Err, "There are no profiles yet: make one with `culvert profiles create NAME`, or import tunnels with `culvert import FILE`.")
		return nil
	}
	w := tabwriter.NewWriter(d.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PROFILE\tNAME\tTUNNELS\tRUNNING\tFILE")
	for _, p := range all.profiles {
		running := none
		if all.runs {
			running = fmt.Sprint(all.runningIn(p))
		}
		path := or(p.Path, none)
		switch {
		case p.Err != nil:
			path = placeIn(p) + " (cannot be read)"
		case p.Guest:
			path += " (brought by `culvert up`)"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", printable(p.ID), printable(p.Name), len(p.Tunnels), running, printable(path))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range all.profiles {
		if p.Err != nil {
			fmt.Fprintf(d.Err, "%s: %v\n%s\n", printable(placeIn(p)), printable(p.Err.Err.Error()), p.Err.Hint)
		}
	}
	return nil
}

func printProfilesJSON(d Deps, all kept) error {
	out := profilesJSON{Running: all.runs, Profiles: []profileJSON{}}
	for _, p := range all.profiles {
		j := profileJSON{
			ID: p.ID, Name: p.Name, Path: p.Path, Tags: append([]string{}, p.Tags...), Tunnels: len(p.Tunnels),
			Running: all.runningIn(p), Guest: p.Guest, Line: p.Line, Column: p.Column,
		}
		if p.Err != nil {
			j.Error, j.Hint = p.Err.Error(), p.Err.Hint
		}
		out.Profiles = append(out.Profiles, j)
	}
	return writeDocument(d.Out, out)
}

// guestsAreNotKept refuses to change what a file has brought.
func guestsAreNotKept(p profiles.Profile) error {
	if !p.Guest {
		return nil
	}
	return &tunnels.Error{
		Err:  fmt.Errorf("%q is not kept among your profiles", p.Name),
		Hint: "Edit " + or(p.Path, "what it came from") + " and run `culvert up` again, or move its tunnels to a profile with `culvert import`.", Cause: tunnels.CauseInvalid, Permanent: true,
	}
}
