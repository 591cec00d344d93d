package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// filter chooses which tunnels the table shows.
type filter uint8

const (
	filterAll filter = iota
	filterRunning
	filterAttention
)

// rowView is all that a row of the table shows. Rows are compared with ==, so
// that a snapshot that changes nothing visible draws nothing.
type rowView struct {
	group bool

	// of a group
	context string
	note    string
	closed  bool

	// of a tunnel
	id              tunnels.ID
	glyph           string
	glyphColour     fyne.ThemeColorName
	wordColour      fyne.ThemeColorName
	word, short     string
	reason          string
	urgent          bool
	name, namespace string
	lines           [2]localLine
	more            int
	target, pod     string
	rate, total     string
	conns           string
	on              bool
	dim             bool

	stripe fyne.ThemeColorName
}

// tableInput is what the table is made from.
type tableInput struct {
	snap     tunnels.Snapshot
	rates    *meter
	filter   filter
	search   string
	closed   map[string]bool // contexts whose rows are folded away
	defaults targetNames
	busy     map[tunnels.ID]string // what the user asked for and is not done yet
	failed   map[tunnels.ID]*tunnels.Error
	now      time.Time
}

// targetNames fills in what a target leaves to the kubeconfig.
type targetNames struct {
	current    string            // the current context
	namespaces map[string]string // each context's own namespace
	places     map[string]int    // each context's place in the kubeconfig
}

func (n targetNames) context(t tunnels.Target) string {
	if t.Context != "" {
		return t.Context
	}
	if n.current != "" {
		return n.current
	}
	return "current context"
}

func (n targetNames) namespace(t tunnels.Target) string {
	if t.Namespace != "" {
		return t.Namespace
	}
	if ns := n.namespaces[n.context(t)]; ns != "" {
		return ns
	}
	return "default"
}

// stripe is a context's colour; one that the kubeconfig does not have comes
// after all others.
func (n targetNames) stripe(kubeContext string) fyne.ThemeColorName {
	if place, ok := n.places[kubeContext]; ok {
		return stripe(place)
	}
	return stripe(len(n.places))
}

// tableRows returns the rows of the table: a group row for each context, in the
// order in which the contexts first appear, each followed by its tunnels.
func tableRows(in tableInput) []rowView {
	var order []string
	byContext := make(map[string][]rowView)
	for _, st := range in.snap {
		if !in.filter.takes(st.State) || !matches(st, in.defaults, in.search) {
			continue
		}
		c := in.defaults.context(st.Spec.Target)
		if _, ok := byContext[c]; !ok {
			order = append(order, c)
		}
		byContext[c] = append(byContext[c], tunnelRow(st, in))
	}
	var out []rowView
	for _, c := range order {
		rows := byContext[c]
		out = append(out, rowView{
			group: true, context: c, stripe: in.defaults.stripe(c), closed: in.closed[c],
			note: count(len(rows), "tunnel", "tunnels"),
		})
		if !in.closed[c] {
			out = append(out, rows...)
		}
	}
	return out
}

func (f filter) takes(s tunnels.State) bool {
	switch f {
	case filterRunning:
		return running(s)
	case filterAttention:
		return needsAttention(s)
	case filterAll:
	}
	return true
}

// matches says whether each word of the search is in the tunnel's name, its
// target or one of its ports.
func matches(st tunnels.Status, names targetNames, search string) bool {
	if search == "" {
		return true
	}
	t := st.Spec.Target
	hay := []string{st.Spec.Title(), t.String(), names.context(t), names.namespace(t), st.Pod}
	for _, m := range st.Spec.Mappings {
		hay = append(hay, m.String())
	}
	for _, b := range st.Bound {
		hay = append(hay, b.Addr.String())
	}
	all := strings.ToLower(strings.Join(hay, "\n"))
	for _, word := range strings.Fields(strings.ToLower(search)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

func tunnelRow(st tunnels.Status, in tableInput) rowView {
	look := lookOf(st.State)
	word, short := stateWord(st, in.now)
	lines, more := localLines(st)
	stopped := st.State == tunnels.Stopped
	r := rowView{
		context: in.defaults.context(st.Spec.Target), stripe: in.defaults.stripe(in.defaults.context(st.Spec.Target)),
		id: st.Spec.ID, glyph: look.glyph, glyphColour: look.colour, wordColour: look.word,
		word: word, short: short, reason: stateReason(st, in.now), urgent: st.State == tunnels.NeedsUser,
		name: st.Spec.Title(), namespace: in.defaults.namespace(st.Spec.Target),
		lines: lines, more: more,
		target: targetText(st.Spec.Target) + ":" + portsText(st.Spec.Mappings), pod: podLine(st),
		rate: "–", conns: "–", on: !stopped, dim: stopped,
	}
	if doing := in.busy[st.Spec.ID]; doing != "" {
		r.reason = doing
	}
	if e := in.failed[st.Spec.ID]; e != nil {
		r.reason = capital(e.Err.Error())
		if !brief(r.reason) {
			r.reason = "Not done: see details"
		}
		r.glyph, r.glyphColour, r.wordColour = "needs", parts.Red, parts.Red
	}
	if !stopped {
		r.conns = fmt.Sprint(st.Conns)
	}
	if !stopped && (st.In+st.Out > 0 || st.State.Serving()) {
		f := in.rates.of(st.Spec.ID)
		r.rate, r.total = rateText(f.in+f.out), bytesText(st.In+st.Out)
	}
	return r
}

// targetText names a target in the table, where a pod is what one expects.
func targetText(t tunnels.Target) string {
	if t.Kind == tunnels.KindPod {
		return t.Name
	}
	return t.String()
}

// podLine is the line below the target: the pod that serves, where the target
// does not say it already, else how steady its session is.
func podLine(st tunnels.Status) string {
	switch {
	case len(st.Pods) > 1:
		return fmt.Sprintf("%s +%d", st.Pods[0], len(st.Pods)-1)
	case st.Pod != "" && st.Pod != st.Spec.Target.Name:
		return st.Pod
	case st.Pod != "" && st.Transport != "" && st.Reconnects == 0:
		return "no reconnects"
	case st.Pod != "" && st.Transport != "":
		return count(st.Reconnects, "reconnect", "reconnects")
	case st.State == tunnels.Stopped:
		return ""
	}
	return "no session"
}

// tally is how many tunnels are in each state.
type tally struct {
	total, running, attention int
	states                    [len(tunnels.States)]int
}

func tallyOf(snap tunnels.Snapshot) tally {
	var t tally
	for _, st := range snap {
		t.total++
		if running(st.State) {
			t.running++
		}
		if needsAttention(st.State) {
			t.attention++
		}
		if int(st.State) < len(t.states) {
			t.states[st.State]++
		}
	}
	return t
}

// stateCount is one word of the status strip.
type stateCount struct {
	state tunnels.State
	text  string
}

// strip says the tally in words, the usual first; states without tunnels are
// left out.
func (t tally) strip() []stateCount {
	words := []stateCount{
		{tunnels.Ready, "ready"},
		{tunnels.Starting, "starting"},
		{tunnels.Waiting, "waiting"},
		{tunnels.Reconnecting, "reconnecting"},
		{tunnels.Degraded, "degraded"},
		{tunnels.NeedsUser, "needs you"},
		{tunnels.Stopped, "stopped"},
	}
	var out []stateCount
	for _, w := range words {
		if n := t.states[w.state]; n > 0 {
			out = append(out, stateCount{w.state, fmt.Sprintf("%d %s", n, w.text)})
		}
	}
	return out
}

// rowOf returns the place of a tunnel's row; -1 when it is not shown.
func rowOf(rows []rowView, id tunnels.ID) int {
	return slices.IndexFunc(rows, func(r rowView) bool { return !r.group && r.id == id })
}
