package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
)

// mostEvents is how many of the last events status shows.
const mostEvents = 5

func newStatus(d Deps) *cobra.Command {
	var watch bool
	var output string
	cmd := &cobra.Command{
		Use:        "status [PROFILE | TUNNEL | PATH]...",
		SuggestFor: []string{"logs", "describe"},
		Short:      "Show how tunnels are: why, since when, and what happened last",
		Long: "Shows the details of tunnels: state and reason with what to do, addresses, pod, connections, bytes, and the last\n" +
			"events. Without an argument it shows those that run.\n\n" +
			"--watch shows them anew as they change, until Ctrl+C; with -o json each line is then one object, as all of them\n" +
			"are at that moment.\n\n" + exitHelpActs,
		Example: "  culvert status postgres\n" +
			"  culvert status dev --watch\n" +
			"  culvert status -o json | jq '.tunnels[] | {title, state, reason}'",
		ValidArgsFunction: completeWords(d, profilesAndTunnels),
		Args:              cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			inJSON, err := parseOutput(output)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			r, err := d.running(cmd.Context())
			if err != nil {
				return err
			}
			defer r.Close()
			if watch {
				return watchStatus(cmd.Context(), d, r, args, inJSON)
			}
			s, ps, err := r.List(cmd.Context())
			if err == nil {
				s, err = statusesOf(s, ps, args)
			}
			if err != nil {
				return err
			}
			return printStatus(d, r, s, ps, inJSON)
		},
	}
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "go on, and show what changes")
	cmd.Flags().StringVarP(&output, "output", "o", "", "\"json\" prints one JSON object")
	return cmd
}

// statusesOf returns the tunnels that are named, or those that run.
func statusesOf(s tunnels.Snapshot, ps []profiles.Profile, args []string) ([]tunnels.Status, error) {
	if len(args) == 0 {
		return listening(s, ps, nil)
	}
	ids, err := pick(s, ps, args)
	return chosen(s, ids), err
}

func printStatus(d Deps, engine control.Engine, s []tunnels.Status, ps []profiles.Profile, inJSON bool) error {
	switch {
	case inJSON:
		return putJSON(d, statusJSON(s))
	case len(s) == 0:
		fmt.Fprintln(d.Err, "Nothing is running.")
		return nil
	}
	lines := statusLines(lookOf(d), engine, s, ps, time.Now())
	return put(d, func(w io.Writer) { fmt.Fprintln(w, strings.Join(lines, "\n")) })
}

func statusJSON(s []tunnels.Status) listJSON {
	out := listJSON{Tunnels: []control.Status{}}
	for _, st := range s {
		out.Tunnels = append(out.Tunnels, control.StatusOf(st))
	}
	return out
}

// statusLines are the details of tunnels, with an empty line between two.
func statusLines(l look, engine control.Engine, s []tunnels.Status, ps []profiles.Profile, now time.Time) []string {
	var out []string
	for i, st := range s {
		if i > 0 {
			out = append(out, "")
		}
		events := engine.Timeline(st.Spec.ID)
		out = append(out, l.details(st, profileName(st.Spec.Profile, ps), events, now)...)
	}
	return out
}

// details are the lines about one tunnel. Events are the oldest first.
func (l look) details(st tunnels.Status, profile string, events []tunnels.Event, now time.Time) []string {
	a := appearanceOf(st.State)
	out := []string{plain(st.Spec.Title()) + "  " + l.paint(l.word(st.State), a.colour)}
	out = append(out, l.reasons(st, now)...)
	add := func(name, text string) {
		if text != "" && text != none {
			out = append(out, fmt.Sprintf("%s%-12s %s", indent, name, l.fit(text, len(indent)+13)))
		}
	}
	t := st.Spec.Target
	add("profile", plain(profile))
	add("context", plain(t.Context))
	add("namespace", plain(t.Namespace))
	add("target", plain(targetText(st.Spec)))
	for _, b := range st.Bound {
		add("address", fmt.Sprintf("%s -> %s", b.Addr, b.Mapping.Remote))
	}
	for _, u := range st.Unbound {
		add("not on", fmt.Sprintf("%s: %v", u.Addr, u.Err))
	}
	add("pod", podText(st))
	add("transport", plain(st.Transport))
	if st.Latency > 0 {
		add("latency", st.Latency.Round(100*time.Microsecond).String())
	}
	if !st.Since.IsZero() {
		add("since", st.Since.Local().Format(time.DateTime)+", "+sinceText(st.Since, now))
	}
	if st.State != tunnels.Stopped {
		add("connections", fmt.Sprintf("%d now, %d in all, %d failed", st.Conns, st.Opened, st.Failed))
		add("bytes", bytesText(st.In)+" in, "+bytesText(st.Out)+" out")
		add("reconnects", fmt.Sprint(st.Reconnects))
	}
	for i, e := range events[max(0, len(events)-mostEvents):] {
		name := ""
		if i == 0 {
			name = "events"
		}
		line := fmt.Sprintf("%s%-12s %s", indent, name, l.fit(e.Time.Local().Format(time.TimeOnly)+"  "+eventText(e), len(indent)+13))
		out = append(out, line)
	}
	return out
}

// fit cuts a text that begins behind so many cells.
func (l look) fit(s string, behind int) string {
	if l.width == 0 {
		return s
	}
	return cut(s, max(10, l.width-behind-1), l.mark())
}

// eventText tells an event in a few words.
func eventText(e tunnels.Event) string {
	text := ""
	switch e.Kind {
	case tunnels.EventState:
		text = appearanceOf(e.State).word
		if e.Reason != "" {
			text += ": " + e.Reason
		}
	case tunnels.EventBound:
		text = fmt.Sprintf("listens on %s", e.Addr)
	case tunnels.EventUnbound:
		text = fmt.Sprintf("does not listen on %s", e.Addr)
	case tunnels.EventConn:
		text = "a connection"
	case tunnels.EventFailed:
		text = "a connection to port " + e.Mapping.Remote.String() + " failed"
	case tunnels.EventSession:
		text = fmt.Sprintf("session to pod %s is ready after %v", e.Pod, e.Took.Round(time.Millisecond))
	case tunnels.EventLost:
		text = "session to pod " + e.Pod + " has ended"
	case tunnels.EventWarning:
		text = e.Warning
	case tunnels.EventCrash:
		text = "a part of Culvert has failed"
	}
	if e.Err != nil && e.Kind != tunnels.EventState {
		text += ": " + e.Err.Error()
	}
	if e.Times > 1 {
		text += fmt.Sprintf(" (%d times)", e.Times)
	}
	return plain(text)
}

// watchStatus shows tunnels as they change, until ctx is done: in place on a
// terminal, else each time anew.
func watchStatus(ctx context.Context, d Deps, r *Running, args []string, inJSON bool) error {
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s, ps, err := r.List(inner)
	if err != nil {
		return err
	}
	if _, err := statusesOf(s, ps, args); err != nil {
		return err
	}
	var on *screen
	if !inJSON {
		on = screenOf(d)
	}
	last := ""
	show := func(s tunnels.Snapshot) {
		now, err := statusesOf(s, ps, args)
		if err != nil {
			fail(err) // the tunnel has been removed
			return
		}
		l := lookOf(d)
		if on != nil {
			_ = on.draw(statusLines(l, r, now, ps, time.Now())) // a terminal that is gone ends us by its signal
			return
		}
		var text string
		if inJSON {
			b, err := json.Marshal(statusJSON(now))
			if err != nil {
				fail(err)
				return
			}
			text = string(b)
		} else {
			text = strings.Join(statusLines(l, r, now, ps, time.Now()), "\n") + "\n"
		}
		if text == last {
			return
		}
		last = text
		if _, err := fmt.Fprintln(d.Out, text); err != nil {
			if err = unwritten(err); err == nil {
				err = context.Canceled // nobody reads any more
			}
			fail(err)
		}
	}
	r.watchAndTick(inner, on != nil, show)
	if inner.Err() == nil {
		return errEnded
	}
	return ended(inner, ctx)
}
