package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

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
	name  string // of the group or the tunnel

	// of a group
	key       groupKey
	note      string
	answer    string // how its context's API server answers
	answerBad bool
	closed    bool
	menu      bool // there are verbs for it

	// of a tunnel
	id          tunnels.ID
	profile     string // its ID
	glyph       string
	glyphColour fyne.ThemeColorName
	wordColour  fyne.ThemeColorName
	word, short string
	reason      string
	urgent      bool
	below       string // the name: where it runs
	tagged      bool   // its context is marked as production, and no group row says so
	lines       [2]localLine
	more        int
	target, pod string
	rate        string
	spark       *parts.Curve // nil where there is no rate
	sparkColour fyne.ThemeColorName
	conns       string
	help        verb // what the user can do about it at once; without a key there is nothing
	on          bool
	dim         bool

	// of both
	guest      bool // a file has brought it: its order is the file's
	context    string
	production bool // the context is marked so
	stripe     fyne.ThemeColorName
}

// tableInput is what the table is made from.
type tableInput struct {
	snap     tunnels.Snapshot
	rates    *meter
	filter   filter
	search   string
	group    grouping
	order    sortOrder
	closed   map[groupKey]bool      // groups whose rows are folded away
	words    map[string]contextWord // what is known of contexts
	help     map[tunnels.ID]verb
	defaults targetNames
	profiles map[string]profileView
	busy     map[tunnels.ID]string // what the user asked for and is not done yet
	failed   map[tunnels.ID]*tunnels.Error
	now      time.Time
	say      *phrases // nil for those of now
	whole    bool     // neither a profile nor anything else narrows snap
}

// targetNames fills in what a target leaves to the kubeconfig.
type targetNames struct {
	current    string            // the current context
	namespaces map[string]string // each context's own namespace
	places     map[string]int    // each context's place in the kubeconfig
	production map[string]bool   // contexts marked so
	profiles   map[string]profileWords
}

func (n targetNames) context(t tunnels.Target) string {
	if t.Context != "" {
		return t.Context
	}
	if n.current != "" {
		return n.current
	}
	return lang.L("current context")
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

// tableRows returns the rows of the table: a group row for each group, in the
// order in which they first appear in the user's own order, each followed by its
// tunnels. Without groups there are tunnels only.
func tableRows(in tableInput) []rowView {
	if in.say == nil {
		in.say = newPhrases()
	}
	shown := make([]*tunnels.Status, 0, len(in.snap))
	for i := range in.snap {
		if st := &in.snap[i]; in.filter.takes(st.State) && matches(st, in.defaults, in.search) {
			shown = append(shown, st)
		}
	}
	var groups []groupKey
	members := make(map[groupKey][]*tunnels.Status)
	for _, st := range shown {
		k := in.group.keyOf(st.Spec, in.defaults)
		if _, known := members[k]; !known {
			groups = append(groups, k)
		}
		members[k] = append(members[k], st)
	}
	if in.group == groupByProfile && len(shown) == len(in.snap) {
		groups = in.withEmpty(groups)
	}
	slices.SortStableFunc(groups, func(a, b groupKey) int {
		return cmp.Or(order(a.last(), b.last()), cmp.Compare(in.place(a), in.place(b)))
	})
	out := make([]rowView, 0, len(shown)+len(groups))
	for _, k := range groups {
		if in.group != groupByNone {
			out = append(out, groupRow(k, members[k], in))
		}
		if in.closed[k] {
			continue
		}
		in.order.sort(members[k], in.rates)
		for _, st := range members[k] {
			out = append(out, tunnelRow(st, k, in))
		}
	}
	return out
}

// withEmpty adds the groups of profiles without tunnels, into which some can be
// dragged. What narrows the table leaves them out.
func (in *tableInput) withEmpty(groups []groupKey) []groupKey {
	if !in.whole || len(groups) == 0 {
		return groups
	}
	for id, v := range in.profiles {
		if v.total == 0 {
			groups = append(groups, groupKey{by: groupByProfile, name: id})
		}
	}
	return groups
}

// place is where a group of tunnels of a profile comes among the others, those
// without tunnels last; the other groups stay as they are.
func (in *tableInput) place(k groupKey) int {
	if k.by != groupByProfile {
		return 0
	}
	p, ok := in.profiles[k.name]
	if !ok {
		return len(in.profiles)
	}
	if p.total == 0 {
		return len(in.profiles) + 1 + p.place
	}
	return p.place
}

// order puts what is not so before what is.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
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
// target, one of its ports or tags, its profile, or the word for its state.
func matches(st *tunnels.Status, names targetNames, search string) bool {
	if search == "" {
		return true
	}
	t := st.Spec.Target
	word, short := stateWord(*st, st.RetryAt) // without a countdown
	hay := []string{st.Spec.Title(), t.String(), names.context(t), names.namespace(t), st.Pod, word, short}
	hay = append(hay, st.Pods...)
	hay = append(hay, names.profile(st.Spec))
	hay = append(hay, names.tags(st.Spec)...)
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

// tunnelRow returns the row of a tunnel in a group.
func tunnelRow(st *tunnels.Status, k groupKey, in tableInput) rowView {
	look := lookOf(st.State)
	word, short := stateWord(*st, in.now)
	lines, more := localLines(*st, in.say)
	stopped := st.State == tunnels.Stopped
	c := in.defaults.context(st.Spec.Target)
	r := rowView{
		key: k, context: c, stripe: in.defaults.stripe(c), production: in.defaults.production[c],
		id: st.Spec.ID, profile: profileOf(st.Spec), guest: in.defaults.guest(st.Spec), glyph: look.glyph, glyphColour: look.colour, wordColour: look.word,
		word: word, short: short, reason: stateReason(*st, in.now), urgent: st.State == tunnels.NeedsUser,
		name: st.Spec.Title(), below: in.defaults.namespace(st.Spec.Target),
		lines: lines, more: more,
		target: targetText(st.Spec.Target) + ":" + portsText(st.Spec.Mappings), pod: podLine(st, in.say),
		rate: "–", conns: "–", help: in.help[st.Spec.ID], on: !stopped, dim: stopped,
	}
	if k.context == "" { // then only the colour of the edge would tell
		r.below, r.tagged = r.below+" · "+c, r.production
	}
	if doing := in.busy[st.Spec.ID]; doing != "" {
		r.reason = doing
	}
	if e := in.failed[st.Spec.ID]; e != nil {
		r.reason = capital(said(e.Err.Error()))
		if !brief(r.reason) {
			r.reason = in.say.failed
		}
		r.glyph, r.glyphColour, r.wordColour = "needs", parts.Red, parts.Red
	}
	if stopped {
		return r
	}
	r.conns = strconv.Itoa(st.Conns)
	if st.In+st.Out > 0 || st.State.Serving() {
		f := in.rates.of(st.Spec.ID)
		r.rate, r.spark, r.sparkColour = rateText(f.in+f.out), in.rates.curve(st.Spec.ID), parts.Text3
		if st.State.Serving() && !r.spark.Flat() {
			r.sparkColour = parts.Green
		}
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
func podLine(st *tunnels.Status, say *phrases) string {
	switch {
	case len(st.Pods) > 1:
		return st.Pods[0] + " +" + strconv.Itoa(len(st.Pods)-1)
	case st.Pod != "" && st.Pod != st.Spec.Target.Name:
		return st.Pod
	case st.Pod != "" && st.Transport != "" && st.Reconnects == 0:
		return say.noReconnects
	case st.Pod != "" && st.Transport != "":
		return plural(st.Reconnects, "1 reconnect", "{{.N}} reconnects", nil)
	case st.State == tunnels.Stopped:
		return ""
	}
	return say.noSession
}

// rowOf returns the place of a tunnel's row; -1 when it is not shown.
func rowOf(rows []rowView, id tunnels.ID) int {
	return slices.IndexFunc(rows, func(r rowView) bool { return !r.group && r.id == id })
}
