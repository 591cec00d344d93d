package ui

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

// grouping is what the rows of the table are put together by. The zero value is
// their contexts.
type grouping uint8

const (
	groupByContext grouping = iota
	groupByNamespace
	groupByTag
	groupByNone
	groupByProfile
)

// groupKey names a group of rows.
type groupKey struct {
	by      grouping
	context string // also of a namespace
	name    string // of a namespace or a tag; a profile's ID
}

// keyOf returns the group that a tunnel is in. One with several tags is in that
// of the first: a tunnel has one row.
func (g grouping) keyOf(spec tunnels.Spec, names targetNames) groupKey {
	k := groupKey{by: g}
	switch g {
	case groupByContext:
		k.context = names.context(spec.Target)
	case groupByNamespace:
		k.context, k.name = names.context(spec.Target), names.namespace(spec.Target)
	case groupByTag:
		if tags := names.tags(spec); len(tags) > 0 {
			k.name = tags[0]
		}
	case groupByProfile:
		k.name = profileOf(spec)
	case groupByNone:
	}
	return k
}

// last says whether the group comes after all others.
func (k groupKey) last() bool { return k.by == groupByTag && k.name == "" }

// title is what the group is called.
func (k groupKey) title(names targetNames) string {
	switch {
	case k.by == groupByProfile:
		return cmp.Or(names.profiles[k.name].name, k.name)
	case k.by == groupByContext:
		return k.context
	case k.last():
		return lang.L("No tag")
	}
	return k.name
}

// groupings are those that can be chosen for some tunnels: by tag only where
// there are tags, and by profile where there are several.
func groupings(snap tunnels.Snapshot, names targetNames) []grouping {
	out := []grouping{groupByContext, groupByNamespace}
	for _, st := range snap {
		if len(names.tags(st.Spec)) > 0 {
			out = append(out, groupByTag)
			break
		}
	}
	if len(names.profiles) > 1 {
		out = append(out, groupByProfile)
	}
	return append(out, groupByNone)
}

// word names what is grouped by.
func (g grouping) word() string {
	switch g {
	case groupByNamespace:
		return lang.L("Namespace")
	case groupByTag:
		return lang.L("Tag")
	case groupByNone:
		return lang.L("Nothing")
	case groupByProfile:
		return lang.L("Profile")
	case groupByContext:
	}
	return lang.L("Context")
}

// contextWord says in a few words how a context's API server answers. The zero
// value is for one of which nothing is known.
type contextWord struct {
	text string
	bad  bool
	full string // the same in a whole sentence, where there is more to say
}

// contextWordOf tells what the last check of a context found.
func contextWordOf(c kube.Context, k checked) contextWord {
	switch {
	case c.Err != nil:
		return contextWord{lang.L("Cannot be used"), true, complaint(c.Err)}
	case !k.done:
		return contextWord{}
	case k.err == nil:
		return contextWord{text: lang.L("API answers in {{.Time}}", vars{"Time": latencyText(k.took)})}
	}
	word := lang.L("No answer")
	if e := tunnels.AsError(k.err); e != nil {
		word = cmp.Or(contextTrouble(e.Cause), capital(needs(e)), word)
	}
	return contextWord{word, true, complaint(k.err)}
}

// contextTrouble says in two words what is wrong with a context; "" for what is
// about a single tunnel.
func contextTrouble(c tunnels.Cause) string {
	switch c {
	case tunnels.CauseSignIn:
		return lang.L("Sign-in needed")
	case tunnels.CauseUnreachable:
		return lang.L("Unreachable")
	case tunnels.CauseTLS:
		return lang.L("Certificate not trusted")
	default:
		return ""
	}
}

// worse returns what a tunnel has found out about its context since, if that is
// a problem.
func (w contextWord) worse(st *tunnels.Status) contextWord {
	if w.bad || st.Err == nil || st.State.Serving() || st.State == tunnels.Stopped {
		return w
	}
	if word := contextTrouble(st.Err.Cause); word != "" {
		return contextWord{word, true, complaint(st.Err)}
	}
	return w
}

// groupRow returns the row above the tunnels of a group.
func groupRow(k groupKey, members []*tunnels.Status, in tableInput) rowView {
	r := rowView{group: true, key: k, guest: k.by == groupByProfile && in.profiles[k.name].guest, name: k.title(in.defaults), note: plural(len(members), "1 tunnel", "{{.N}} tunnels", nil), closed: in.closed[k]}
	if k.by == groupByProfile {
		return profileGroup(r, in.profiles[k.name])
	}
	if k.context == "" {
		return r
	}
	r.context, r.stripe, r.production = k.context, in.defaults.stripe(k.context), in.defaults.production[k.context]
	w := in.words[k.context]
	for _, st := range members {
		w = w.worse(st)
	}
	r.answer, r.answerBad = w.text, w.bad
	if k.by == groupByNamespace {
		r.note = k.context + " · " + r.note
	}
	return r
}

// profileGroup adds to the row above a profile's tunnels what there is to say of the
// profile, filtered or not.
func profileGroup(r rowView, v profileView) rowView {
	r.menu = v.id != ""
	if v.id != "" {
		r.note = v.sentence()
	}
	if v.guest {
		r.note += " · " + guestWord()
	}
	if v.tags != "" {
		r.note += " · " + v.tags
	}
	if v.trouble != "" {
		r.answer, r.answerBad = lang.L("File cannot be read"), true
	}
	return r
}

// stripe is a context's colour: red for what is marked as production. One that
// the kubeconfig does not have comes after all others.
func (n targetNames) stripe(kubeContext string) fyne.ThemeColorName {
	if n.production[kubeContext] {
		return parts.Production
	}
	if place, ok := n.places[kubeContext]; ok {
		return stripe(place)
	}
	return stripe(len(n.places))
}
