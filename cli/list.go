package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
)

// The formats of list.
const (
	asJSON = "json"
	asWide = "wide"
	asName = "name"
)

func newList(d Deps) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:        "list [PROFILE | TUNNEL | PATH]...",
		Aliases:    []string{"ls"},
		SuggestFor: []string{"ps"},
		Short:      "List the tunnels",
		Long: "Lists the tunnels of the Culvert that runs or, where none does, those of your profiles.\n\n" +
			"-o wide also shows profile, context and namespace, -o name prints PROFILE/NAME alone, and -o json one object:\n" +
			"its tunnels are as the control socket tells them, see docs/control.md.\n\n" + exitHelpListed,
		Example: "  culvert list\n" +
			"  culvert list dev -o wide\n" +
			"  culvert list -o json | jq -r '.tunnels[] | select(.state != \"ready\") | .title'",
		ValidArgsFunction: completeWords(d, profilesAndTunnels),
		Args:              cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"", asJSON, asWide, asName}, output) {
				return &usageError{fmt.Errorf("%q is not an output format: use json, wide or name, or leave it out", output), cmd.CommandPath()}
			}
			s, ps, err := listedNow(cmd, d)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				ids, err := pick(s, ps, args)
				if err != nil {
					return err
				}
				s = chosen(s, ids)
			}
			return printList(d, s, ps, output)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "the `format`: json, wide or name")
	mustComplete(cmd, "output", asJSON, asWide, asName)
	return cmd
}

// listedNow returns the tunnels of the Culvert that runs, or those that are kept.
func listedNow(cmd *cobra.Command, d Deps) (tunnels.Snapshot, []profiles.Profile, error) {
	k, err := openKeeper(cmd.Context(), d)
	if err != nil {
		return nil, nil, err
	}
	defer k.Close()
	all, err := k.Kept(cmd.Context())
	if err == nil && !all.runs {
		fmt.Fprintln(d.Err, "No Culvert runs: these are the tunnels of your profiles. A `culvert up` in a terminal shows its own there.")
	}
	return all.tunnels, all.profiles, err
}

// listJSON is what list prints in JSON.
type listJSON struct {
	Tunnels []control.Status `json:"tunnels"`
}

func printList(d Deps, s tunnels.Snapshot, ps []profiles.Profile, output string) error {
	switch output {
	case asJSON:
		out := listJSON{Tunnels: []control.Status{}}
		for _, st := range s {
			out.Tunnels = append(out.Tunnels, control.StatusOf(st))
		}
		return putJSON(d, out)
	case asName:
		return put(d, func(w io.Writer) {
			for _, st := range s {
				fmt.Fprintf(w, "%s/%s\n", plain(profileName(st.Spec.Profile, ps)), plain(st.Spec.Title()))
			}
		})
	}
	if len(s) == 0 {
		fmt.Fprintln(d.Err, "There are no tunnels yet: add some in the window, or write a file and use `culvert up -f FILE`.")
		return nil
	}
	lines := listLines(lookOf(d), s, ps, output == asWide)
	return put(d, func(w io.Writer) { fmt.Fprintln(w, strings.Join(lines, "\n")) })
}

// listLines draws the table of list.
func listLines(l look, s tunnels.Snapshot, ps []profiles.Profile, wide bool) []string {
	columns := []column{{title: "STATE"}, {title: "NAME", least: 6}, {title: "LOCAL", least: 15}, {title: "TARGET", least: 10, spare: true}, {title: "PROFILE", least: 7, last: true}}
	if wide {
		l.width = 0
		columns = append(columns, column{title: "CONTEXT"}, column{title: "NAMESPACE"}, column{title: "POD"}, column{title: "CONNECTIONS"}, column{title: "REASON"})
	}
	var rows [][]string
	for _, st := range s {
		row := []string{l.word(st.State), plain(st.Spec.Title()), addressesText(st), plain(targetText(st.Spec)), plain(profileName(st.Spec.Profile, ps))}
		if wide {
			t := st.Spec.Target
			row = append(row, orNone(plain(t.Context)), orNone(plain(t.Namespace)), orNone(podText(st)), fmt.Sprint(st.Conns), orNone(plain(st.Reason)))
		}
		rows = append(rows, row)
	}
	var out []string
	for i, line := range grid(l, columns, rows) {
		if i == 0 {
			out = append(out, join(line))
			continue
		}
		out = append(out, l.withAddresses(line, s[i-1])...)
	}
	return out
}
