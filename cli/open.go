package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/speaks"
)

type openFlags struct {
	port  string
	print bool
}

func newOpen(d Deps) *cobra.Command {
	var f openFlags
	cmd := &cobra.Command{
		Use:   "open TUNNEL",
		Short: "Open what a tunnel leads to in the browser",
		Long: "Asks the port behind a tunnel that runs whether it speaks HTTP or HTTPS, and opens its address in the browser.\n\n" +
			"TUNNEL is the tunnel's name, PROFILE/NAME where several have it, its target as svc/web, or a local port.\n\n" +
			"Exit status: 0 when it is open or printed, 1 when it could not be opened, as when the tunnel is not running,\n" +
			"2 for a wrong command line, 3 when there is no such tunnel or no Culvert runs.",
		Example: "  culvert open grafana\n" +
			"  culvert open api --port 9090          # one of several ports\n" +
			"  curl \"$(culvert open grafana --print)\"",
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("name one tunnel; `culvert list` shows them")
			}
			return nil
		}),
		ValidArgsFunction: completeKept(d, 1, runningTitles),
		RunE: func(cmd *cobra.Command, args []string) error {
			url, err := f.find(cmd, d, args[0])
			switch {
			case err != nil:
				return err
			case f.print:
				_, err = fmt.Fprintln(d.Out, url)
				return err
			}
			fmt.Fprintf(d.Err, "Opening %s\n", url)
			return d.browse(url)
		},
	}
	cmd.Flags().StringVar(&f.port, "port", "", "which `PORT` of several: the remote or the local one")
	cmd.Flags().BoolVar(&f.print, "print", false, "print the address, and open nothing")
	_ = cmd.RegisterFlagCompletionFunc("port", cobra.NoFileCompletions) // there is the flag
	return cmd
}

// browse opens an address in the browser.
func (d Deps) browse(url string) error {
	if d.Browser != nil {
		return d.Browser(url)
	}
	return openBrowser(url)
}

// runningTitles are the names of the tunnels that can be opened.
func runningTitles(k kept) []string {
	var out []string
	for _, st := range k.tunnels {
		if len(st.Bound) > 0 {
			out = append(out, st.Spec.Title())
		}
	}
	return out
}

// find returns the address of what a tunnel leads to.
func (f openFlags) find(cmd *cobra.Command, d Deps, word string) (string, error) {
	ctx := cmd.Context()
	r, err := d.running(ctx)
	if err != nil {
		return "", err
	}
	defer r.Close()
	all, list, err := r.List(ctx)
	if err != nil {
		return "", err
	}
	st, err := profiles.FindTunnel(all, list, word)
	if err != nil {
		return "", unfoundWord(err)
	}
	doors, err := f.doors(st)
	if err != nil {
		if _, known := errors.AsType[*tunnels.Error](err); !known {
			err = &usageError{err, cmd.CommandPath()}
		}
		return "", err
	}
	ask := d.Ask
	if ask == nil {
		ask = speaks.Port
	}
	speaks.Ask(ctx, doors, ask)
	return f.choose(cmd, d, st, doors)
}

// unfoundWord gives the error of a word its exit status: there is nothing of that
// name, or it is not clear which.
func unfoundWord(err error) error {
	if tunnels.AsError(err).Cause == tunnels.CauseNotFound {
		return &statusError{err, ExitNothing}
	}
	return &statusError{err, ExitUsage}
}

// doors are those of the tunnel that are asked for. Its error is an *tunnels.Error
// unless the command line is wrong.
func (f openFlags) doors(st tunnels.Status) ([]speaks.Door, error) {
	doors := speaks.Doors(st)
	name := st.Spec.Title()
	switch {
	case len(doors) == 0 && st.State == tunnels.Stopped:
		return nil, &tunnels.Error{Err: fmt.Errorf("%q is not running", name), Hint: "Start it with `culvert up " + shellWord(name) + "`."}
	case len(doors) == 0:
		return nil, &tunnels.Error{Err: fmt.Errorf("%q does not listen now: %s", name, or(st.Reason, st.State.String())), Hint: "See `culvert status " + shellWord(name) + "`."}
	case !st.State.Serving():
		return nil, &tunnels.Error{
			Err:  fmt.Errorf("%q does not reach its pod now: %s", name, or(st.Reason, st.State.String())),
			Hint: "Wait for it with `culvert wait " + shellWord(name) + " --for=ready`.",
		}
	case f.port == "":
		return doors, nil
	}
	chosen := slices.DeleteFunc(slices.Clone(doors), func(d speaks.Door) bool { return !f.is(d) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("%q has no port %s: use one of %s", name, f.port, listOf(remotesOf(doors)))
	}
	return chosen, nil
}

// is says whether a door is the one of --port.
func (f openFlags) is(d speaks.Door) bool {
	return d.Mapping.Remote.String() == f.port || strconv.Itoa(int(d.Addr.Port())) == f.port
}

func remotesOf(doors []speaks.Door) []string {
	var out []string
	for _, d := range doors {
		out = append(out, d.Mapping.Remote.String())
	}
	return out
}

// choose returns the address that a browser can open; of several the user says which.
func (f openFlags) choose(cmd *cobra.Command, d Deps, st tunnels.Status, doors []speaks.Door) (string, error) {
	open := slices.DeleteFunc(slices.Clone(doors), func(d speaks.Door) bool { return d.URL() == "" })
	switch {
	case len(open) == 0:
		return "", nothingToOpen(st, doors)
	case len(open) == 1:
		return open[0].URL(), nil
	case d.Terminal == nil || f.print:
		return "", &usageError{fmt.Errorf("%q has several ports that speak HTTP: say which one, with --port %s", st.Spec.Title(), strings.Join(remotesOf(open), " or --port ")), cmd.CommandPath()}
	}
	for i, door := range open {
		fmt.Fprintf(d.Err, "%d) %s  (%s)\n", i+1, door.URL(), door.Mapping.Remote)
	}
	answer, err := d.Terminal.Ask(cmd.Context(), fmt.Sprintf("Which one? [1-%d] ", len(open)))
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimSpace(answer))
	if err != nil || n < 1 || n > len(open) {
		return "", &tunnels.Error{Err: errors.New("none was chosen"), Hint: "Type the number that stands before it."}
	}
	return open[n-1].URL(), nil
}

// nothingToOpen says what was found where no port speaks HTTP.
func nothingToOpen(st tunnels.Status, doors []speaks.Door) error {
	var told []string
	for _, d := range doors {
		told = append(told, doorText(st, d))
	}
	return &tunnels.Error{
		Err:  fmt.Errorf("there is nothing to open: %s", strings.Join(told, "; ")),
		Hint: "What speaks something else needs a program of its own, at " + listOf(addressesOfDoors(doors)) + ".",
	}
}

func addressesOfDoors(doors []speaks.Door) []string {
	var out []string
	for _, d := range doors {
		out = append(out, d.Addr.String())
	}
	return out
}

func doorText(st tunnels.Status, d speaks.Door) string {
	what := fmt.Sprintf("%s in %s", d.Mapping.Remote, or(st.Pod, st.Spec.Target.String()))
	switch said := printable(d.Found.Said); {
	case d.Err != nil:
		return d.Addr.String() + " cannot be reached now"
	case d.Found.TLS && said != "":
		return what + fmt.Sprintf(" speaks TLS, but not HTTP (it sent %q)", said)
	case d.Found.TLS:
		return what + " speaks TLS, but not HTTP"
	case d.Found.Echo:
		return what + " does not speak HTTP (it sends back what it gets)"
	case said != "":
		return what + fmt.Sprintf(" does not speak HTTP (it sent %q)", said)
	}
	return what + " does not speak HTTP (it said nothing that could be read)"
}
