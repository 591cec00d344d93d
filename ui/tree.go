package ui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
)

type treeKind uint8

const (
	treeContext   treeKind = iota
	treeNamespace          // of a context
	treeGroup              // services, workloads or pods of a namespace
	treeTarget             // of a group
	treeTypeName           // "Type a namespace…"
	treeNote               // loading, empty
	treeError              // why a list cannot be had, in full
	treeRemedy             // what the user can do about it
)

// treeRow is one line of the Cluster tree; rows are compared with ==.
type treeRow struct {
	kind      treeKind
	depth     int
	context   string
	namespace string
	group     targetGroup
	target    string // as the sheet's field has it
	text      string
	note      string // at the right
	dot       fyne.ThemeColorName
	open      bool
	trouble   bool
	dim       bool
}

// mark names the row for those who drive the window.
func (r treeRow) mark() string {
	switch r.kind {
	case treeContext:
		return "tree:" + r.context
	case treeNamespace:
		return "tree:" + r.context + "/" + r.namespace
	case treeGroup:
		return "tree-group:" + r.context + "/" + r.namespace + "/" + r.group.plural()
	case treeTarget:
		return "tree:" + r.context + "/" + r.namespace + "/" + r.target
	case treeTypeName:
		return "tree:" + r.context + "/type-a-namespace"
	case treeRemedy:
		return "tree:" + r.context + "/remedy"
	case treeNote, treeError:
	}
	return "tree-note:" + r.context + "/" + r.namespace
}

// canOpen says whether something lies below the row.
func (r treeRow) canOpen() bool {
	return r.kind == treeContext || r.kind == treeNamespace || r.kind == treeGroup
}

// catalogView is what the tree is made from; browser implements it.
type catalogView interface {
	Contexts() listing[kube.Context]
	Namespaces(kubeContext string) listing[kube.Namespace]
	Targets(groupOf) listing[offer]
}

// treeInput is what the user did to the tree.
type treeInput struct {
	open   map[podsOf]bool     // a context alone has no namespace
	groups map[groupOf]bool    // that are open
	typed  map[string][]string // namespaces that the user named, by context
	filter string
	now    time.Time
}

// newTree returns the visible lines of the Cluster tree.
func newTree(cat catalogView, in treeInput) treeRows {
	contexts := cat.Contexts()
	var out treeRows
	if contexts.loaded && len(contexts.items) == 0 { // the window says why, where there is more room
		return treeOf(treeRow{kind: treeNote, text: lang.L("There are no contexts.")})
	}
	if contexts.err != nil {
		out.add(treeRow{kind: treeError, text: complaint(contexts.err)})
	}
	if !contexts.loaded {
		out.add(treeRow{kind: treeNote, text: lang.L("Reading the kubeconfig…")})
		return out
	}
	filter := strings.ToLower(strings.TrimSpace(in.filter))
	for i, c := range contexts.items {
		below, found := contextRows(cat, c, in, filter)
		if filter != "" && !found && !strings.Contains(strings.ToLower(c.Name), filter) {
			continue
		}
		out.add(treeRow{
			kind: treeContext, context: c.Name, text: c.Name, dot: contextStripe(c, i),
			open: in.open[podsOf{c.Name, ""}], trouble: c.Err != nil || cat.Namespaces(c.Name).err != nil && !cat.Namespaces(c.Name).refused,
			note: currentNote(c),
		})
		out.append(below)
	}
	if out.len() == 0 && filter != "" {
		out.add(treeRow{kind: treeNote, text: lang.L("Nothing that is open here is called so. Open a context, namespace or group to search in it.")})
	}
	return out
}

func currentNote(c kube.Context) string {
	switch {
	case c.Production: // there is no room for both words
		return production()
	case c.Current:
		return lang.L("current")
	}
	return ""
}

// contextRows returns what lies below a context; found says whether the filter
// matched any of it.
func contextRows(cat catalogView, c kube.Context, in treeInput, filter string) (rows treeRows, found bool) {
	if !in.open[podsOf{c.Name, ""}] {
		return rows, false
	}
	if c.Err != nil {
		return treeOf(brokenRows(c)...), false
	}
	ns := cat.Namespaces(c.Name)
	names := namespaceNames(ns, in.typed[c.Name])
	switch {
	case !ns.loaded:
		rows.waits = true
		rows.add(treeRow{kind: treeNote, depth: 1, context: c.Name, text: waitingText(lang.L("Asking for namespaces"), ns.since, in.now)})
	case ns.refused:
		rows.add(treeRow{kind: treeNote, depth: 1, context: c.Name, text: lang.L("You may not list the namespaces here: type the name of yours.")})
	case ns.err != nil:
		rows.add(treeRow{kind: treeError, depth: 1, context: c.Name, text: complaint(ns.err)})
	}
	for _, name := range names {
		key := podsOf{c.Name, name}
		below, hit := namespaceRows(cat, key, in, filter)
		if filter != "" && !hit && !strings.Contains(strings.ToLower(name), filter) {
			continue
		}
		found = true
		rows.add(treeRow{kind: treeNamespace, depth: 1, context: c.Name, namespace: name, text: name, open: in.open[key]})
		rows.append(below)
	}
	if filter == "" {
		rows.add(treeRow{kind: treeTypeName, depth: 1, context: c.Name, text: lang.L("Type a namespace…")})
	}
	return rows, found
}

func namespaceNames(l listing[kube.Namespace], typed []string) []string {
	var out []string
	known := make(map[string]bool)
	for _, n := range l.items {
		known[n.Name] = true
		out = append(out, n.Name)
	}
	for _, n := range typed {
		if !known[n] {
			known[n] = true
			out = append(out, n)
		}
	}
	return out
}

// namespaceRows returns the groups of a namespace with what is open of them.
// Trouble that several groups have is told once.
func namespaceRows(cat catalogView, key podsOf, in treeInput, filter string) (rows treeRows, found bool) {
	if !in.open[key] {
		return rows, false
	}
	told := make(map[string]bool)
	for g := range targetGroup(targetGroups) {
		of := groupOf{key, g}
		row := treeRow{kind: treeGroup, depth: 2, context: key.context, namespace: key.namespace, group: g, text: g.title(), open: in.groups[of]}
		if !row.open {
			if filter == "" {
				rows.add(row)
			}
			continue
		}
		l := cat.Targets(of)
		if l.loaded && l.err == nil {
			row.note = countText(l)
		}
		below, hit := targetRows(l, row, filter, in.now, told)
		if filter == "" || hit {
			rows.add(row)
			rows.append(below)
		}
		found = found || hit
	}
	return rows, found
}

// targetRows returns the targets of an open group, after what there is to say of
// the list.
func targetRows(l listing[offer], head treeRow, filter string, now time.Time, told map[string]bool) (rows treeRows, found bool) {
	base := treeRow{depth: 3, context: head.context, namespace: head.namespace, group: head.group}
	note := func(kind treeKind, text string) {
		if text != "" && !told[text] {
			told[text] = kind == treeError
			r := base
			r.kind, r.text = kind, text
			rows.add(r)
		}
	}
	lacks := lackOf(head.group, l)
	for _, text := range lacks.troubles {
		note(treeError, text)
	}
	note(treeNote, lacks.refusal(lang.L("type the name of one in New tunnel.")))
	switch {
	case !l.loaded:
		rows.waits = true
		note(treeNote, waitingText(lang.L("Asking for {{.What}}", vars{"What": head.group.plural()}), l.since, now))
	case len(l.items) == 0 && l.err == nil && len(l.missing) == 0:
		note(treeNote, lang.L("There are no {{.What}} in this namespace.", vars{"What": head.group.plural()}))
	}
	base.kind = treeTarget
	return rows, rows.addTargets(base, l.items, filter)
}

// countText says how many there are, as far as that is known.
func countText(l listing[offer]) string {
	if l.partial {
		return fmt.Sprintf("%d…", len(l.items))
	}
	return fmt.Sprint(len(l.items))
}

// waitingText says that an answer is awaited, and after a while for how long.
func waitingText(what string, since, now time.Time) string {
	if d := now.Sub(since); !since.IsZero() && d >= 3*time.Second {
		return lang.L("{{.What}}… no answer for {{.Time}}.", vars{"What": what, "Time": untilText(d)})
	}
	return lang.L("{{.What}}…", vars{"What": what})
}

func isForbidden(err error) bool {
	var e *tunnels.Error
	return errors.As(err, &e) && e.Cause == tunnels.CauseForbidden
}
