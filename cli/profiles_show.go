package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
)

func newProfilesShow(d Deps) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "show PROFILE",
		Short: "Show the tunnels of a profile",
		Long: "Shows the tunnels of a profile with their states, or with -o yaml the profile as Culvert would write it.\n\n" +
			"With -o json one object comes, with the fields profile, as the control API has it, and tunnels: the statuses of its\n" +
			"tunnels, as `culvert status` prints them.\n\n" +
			"Exit status: 0, 1 when it could not be shown, 2 for a wrong command line, 3 when there is no such profile.",
		Example: "  culvert profiles show shop-dev\n" +
			"  culvert profiles show shop-dev -o yaml",
		Args:              oneProfile(),
		ValidArgsFunction: completeKept(d, 1, profileIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch output {
			case "", "json", "yaml":
			default:
				return &usageError{fmt.Errorf("%q is not an output format: use json or yaml, or leave it out", output), cmd.CommandPath()}
			}
			return withProfile(cmd.Context(), d, args[0], func(_ keeper, all kept, p profiles.Profile) error {
				switch output {
				case "json":
					return writeDocument(d.Out, all.shown(p))
				case "yaml":
					return writeProfile(d.Out, p)
				}
				return showProfile(d, all, p)
			})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "\"json\" prints one JSON object, \"yaml\" the profile")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"json", "yaml"}, cobra.ShellCompDirectiveNoFileComp)) // there is the flag
	return cmd
}

// shownJSON is what `culvert profiles show -o json` prints.
type shownJSON struct {
	Profile control.Profile  `json:"profile"`
	Tunnels []control.Status `json:"tunnels"`
}

// shown is a profile with the statuses of its tunnels.
func (k kept) shown(p profiles.Profile) shownJSON {
	out := shownJSON{control.ProfileOf(p), []control.Status{}}
	for _, s := range p.Tunnels {
		if st, ok := k.tunnels.Find(s.ID); ok {
			out.Tunnels = append(out.Tunnels, control.StatusOf(st))
		}
	}
	return out
}

// writeProfile writes a profile as its file would have it.
func writeProfile(out io.Writer, p profiles.Profile) error {
	data, err := profiles.Marshal(p)
	if err == nil {
		_, err = out.Write(data)
	}
	return err
}

func showProfile(d Deps, all kept, p profiles.Profile) error {
	fmt.Fprintf(d.Out, "%s (%s)\n", printable(p.Name), printable(or(p.Path, p.ID)))
	if len(p.Tags) > 0 {
		fmt.Fprintf(d.Out, "Tags: %s\n", strings.Join(p.Tags, ", "))
	}
	if p.Err != nil {
		fmt.Fprintf(d.Err, "%s: %v\n%s\n", printable(placeIn(p)), printable(p.Err.Err.Error()), p.Err.Hint)
	}
	if len(p.Tunnels) == 0 {
		_, err := fmt.Fprintln(d.Out, "There are no tunnels in it.")
		return err
	}
	return printTunnelsOf(d.Out, all, p)
}

func printTunnelsOf(out io.Writer, all kept, p profiles.Profile) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nTUNNEL\tSTATE\tPORTS\tTARGET\tNAMESPACE\tCONTEXT")
	for _, s := range p.Tunnels {
		state := none
		if st, ok := all.tunnels.Find(s.ID); ok && all.runs {
			state = cell(st.State.String())
		}
		cells := []string{s.Title(), state, mappingsText(s), s.Target.String(), or(s.Target.Namespace, none), or(s.Target.Context, none)}
		for i := range cells {
			cells[i] = printable(cells[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// mappingsText are the ports of a tunnel as a command line has them, with the
// addresses where these are not the usual ones.
func mappingsText(s tunnels.Spec) string {
	var out []string
	for _, m := range s.Mappings {
		out = append(out, m.String())
	}
	text := strings.Join(out, ",")
	if len(s.Listen) > 0 && (len(s.Listen) > 1 || s.Listen[0] != tunnels.Localhost) {
		text += " on " + strings.Join(s.Listen, ",")
	}
	return text
}
