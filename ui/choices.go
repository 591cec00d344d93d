package ui

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// targetLists are the groups of a namespace's targets as last seen.
type targetLists [targetGroups]listing[offer]

// find returns the offer that a field's text means.
func (l *targetLists) find(typed string) (offer, bool) {
	for g := range l {
		if o, ok := findOffer(l[g].items, typed); ok {
			return o, true
		}
	}
	return offer{}, false
}

// loaded says whether all first answers have come.
func (l *targetLists) loaded() bool {
	for g := range l {
		if !l[g].loaded {
			return false
		}
	}
	return true
}

// count returns how many targets are known.
func (l *targetLists) count() int {
	n := 0
	for g := range l {
		n += len(l[g].items)
	}
	return n
}

// lack returns what cannot be listed of all groups.
func (l *targetLists) lack() lack {
	var out lack
	for g := range l {
		k := lackOf(targetGroup(g), l[g])
		out.refused = append(out.refused, k.refused...)
		for _, text := range k.troubles {
			out.addTrouble(text)
		}
	}
	return out
}

// choices are the options that the lists make, kept until the lists or what is
// searched for change: there may be ten thousand.
type choices struct {
	of      [targetGroups]*offer // the first items; lists are replaced, not changed
	counts  [targetGroups]int
	only    targetGroup
	typed   string
	options []parts.Option
}

// allGroups stands for every group.
const allGroups = targetGroups

// update returns the targets of a group, or those of all groups whose text has what
// is typed, with a heading before each.
func (c *choices) update(lists *targetLists, only targetGroup, typed string) []parts.Option {
	next := choices{only: only, typed: strings.ToLower(strings.TrimSpace(typed))}
	for g := range lists {
		if items := lists[g].items; len(items) > 0 {
			next.of[g], next.counts[g] = &items[0], len(items)
		}
	}
	if c.of == next.of && c.counts == next.counts && c.only == next.only && c.typed == next.typed {
		return c.options
	}
	for g := range lists {
		if only == allGroups {
			next.options = appendGroup(next.options, targetGroup(g), lists[g].items, next.typed)
		} else if only == targetGroup(g) {
			next.options = plainGroup(lists[g].items)
		}
	}
	*c = next
	return c.options
}

// appendGroup appends the options of a group.
func appendGroup(options []parts.Option, g targetGroup, items []offer, typed string) []parts.Option {
	head := len(options)
	for _, o := range items {
		if !strings.Contains(o.text, typed) {
			continue
		}
		if len(options) == head {
			options = append(options, parts.Option{})
		}
		options = append(options, parts.Option{Key: o.text, Text: o.text, Note: o.note, Dim: o.dim})
	}
	if n := len(options) - head - 1; n > 0 {
		options[head] = parts.Option{Text: g.title(), Note: fmt.Sprint(n), Head: true}
	}
	return options
}

// portsHead says that a target declares no ports.
func portsHead(t tunnels.Target) string {
	if t.Kind == tunnels.KindService {
		return lang.L("This service has no TCP ports.")
	}
	if t.Kind == tunnels.KindPod {
		return lang.L("This pod declares no ports: type the one that it listens on.")
	}
	return lang.L("Its pods declare no ports: type the one that they listen on.")
}

// withTyped returns options and, unless one of them is just that, what is typed as one
// more: a target need not be there yet.
func withTyped(options []parts.Option, typed string) []parts.Option {
	t, err := tunnels.ParseTarget(strings.TrimSpace(typed))
	if err != nil {
		return options
	}
	key := targetText(t)
	if slices.ContainsFunc(options, func(o parts.Option) bool { return o.Key == key }) {
		return options
	}
	return append(slices.Clip(options), parts.Option{Key: key, Text: lang.L("Use “{{.Target}}”", vars{"Target": t.String()}), Icon: "plus"})
}

// plainGroup returns the options of a group that stands alone: a service's kind goes
// without saying.
func plainGroup(items []offer) []parts.Option {
	out := make([]parts.Option, 0, len(items))
	for _, o := range items {
		text := o.text
		if o.target.Kind == tunnels.KindService {
			text = o.target.Name
		}
		out = append(out, parts.Option{Key: o.text, Text: text, Note: o.note, Dim: o.dim})
	}
	return out
}

// groupOfKind is the group in which targets of a kind are.
func groupOfKind(k tunnels.Kind) targetGroup {
	if k == tunnels.KindService {
		return serviceGroup
	}
	if k == tunnels.KindPod {
		return podGroup
	}
	return workloadGroup
}

// matches says whether a target's text has what is typed.
func (l *targetLists) matches(typed string) bool {
	typed = strings.ToLower(strings.TrimSpace(typed))
	for g := range l {
		if slices.ContainsFunc(l[g].items, func(o offer) bool { return strings.Contains(o.text, typed) }) {
			return true
		}
	}
	return false
}
