package cli

import (
	"fmt"
	"strings"
	"time"

	"culvert/tunnels"
)

// liveColumns are those of the table that a terminal shows while tunnels run.
var liveColumns = [...]column{
	{title: "STATE"},
	{title: "NAME", least: 6},
	{title: "LOCAL", least: 15},
	{title: "TARGET", least: 10, spare: true},
	{title: "POD", least: 8, last: true},
	{title: "RATE", last: true},
}

// liveLines draws tunnels as they are now: a line for each, and below it what is
// wrong and what to do.
func liveLines(l look, statuses []tunnels.Status, now time.Time) []string {
	var rows [][]string
	for _, st := range statuses {
		rows = append(rows, []string{
			l.word(st.State), plain(st.Spec.Title()), addressesText(st), plain(targetText(st.Spec)), orNone(podText(st)), orNone(rateText(st)),
		})
	}
	var out []string
	for i, line := range grid(l, liveColumns[:], rows) {
		if i == 0 {
			out = append(out, l.paint(join(line), faint))
			continue
		}
		st := statuses[i-1]
		out = append(out, l.withAddresses(line, st)...)
		out = append(out, l.reasons(st, now)...)
	}
	return out
}

// localColumn is where a table of tunnels has their addresses.
const localColumn = 2

// withAddresses writes a tunnel's line of a grid and, where its addresses had to be cut,
// another one with all of them: a port is never hidden.
func (l look) withAddresses(line []string, st tunnels.Status) []string {
	all := addressesText(st)
	short := strings.TrimRight(line[localColumn], " ") != all
	line[0] = l.paint(line[0], appearanceOf(st.State).colour)
	out := []string{join(line)}
	if short {
		out = append(out, l.below(all)...)
	}
	return out
}

// word is a state's sign and word.
func (l look) word(s tunnels.State) string {
	a := appearanceOf(s)
	if l.ascii {
		return a.ascii + " " + a.word
	}
	return a.sign + " " + a.word
}

func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

// podText is the pod that serves, and how many others do.
func podText(st tunnels.Status) string {
	if n := len(st.Pods); n > 1 {
		return fmt.Sprintf("%s +%d", plain(st.Pod), n-1)
	}
	return plain(st.Pod)
}

// reasons are the lines below a tunnel that say why it is as it is, and what to do.
func (l look) reasons(st tunnels.Status, now time.Time) []string {
	text := plain(st.Reason)
	if st.Err != nil {
		text = plain(st.Err.Error())
	}
	if text != "" && !st.RetryAt.IsZero() && st.RetryAt.After(now) {
		text += fmt.Sprintf(" (again in %ds)", int(st.RetryAt.Sub(now).Seconds()+1))
	}
	var out []string
	if text != "" {
		out = append(out, l.below(text)...)
	}
	if st.Err != nil && st.Err.Hint != "" {
		out = append(out, l.below(plain(st.Err.Hint))...)
	}
	for _, w := range st.Warnings {
		out = append(out, l.below(plain(w))...)
	}
	return out
}

const indent = "    "

// below wraps a sentence into lines below a tunnel.
func (l look) below(text string) []string {
	if l.width == 0 {
		return []string{indent + text}
	}
	var out []string
	for _, line := range wrapped(text, max(20, l.width-len(indent)-1)) {
		out = append(out, cut(indent+line, l.width-1, l.mark()))
	}
	return out
}
