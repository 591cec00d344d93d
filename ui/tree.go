package ui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

type treeKind uint8

const (
	treeContext   treeKind = iota
	treeNamespace          // of a context
	treePod                // of a namespace
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
	pod       string
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
	case treePod:
		return "tree:" + r.context + "/" + r.namespace + "/" + r.pod
	case treeTypeName:
		return "tree:" + r.context + "/type-a-namespace"
	case treeRemedy:
		return "tree:" + r.context + "/remedy"
	case treeNote, treeError:
	}
	return "tree-note:" + r.context + "/" + r.namespace
}

// catalogView is what the tree is made from; browser implements it.
type catalogView interface {
	Contexts() listing[kube.Context]
	Namespaces(kubeContext string) listing[kube.Namespace]
	Pods(podsOf) listing[kube.Pod]
}

// treeInput is what the user did to the tree.
type treeInput struct {
	open   map[podsOf]bool     // a context alone has no namespace
	typed  map[string][]string // namespaces that the user named, by context
	filter string
	now    time.Time
}

// treeRows returns the visible lines of the Cluster tree.
func treeRows(cat catalogView, in treeInput) []treeRow {
	contexts := cat.Contexts()
	var out []treeRow
	if contexts.loaded && len(contexts.items) == 0 { // the window says why, where there is more room
		return []treeRow{{kind: treeNote, text: "There are no contexts."}}
	}
	if contexts.err != nil {
		out = append(out, treeRow{kind: treeError, text: complaint(contexts.err)})
	}
	if !contexts.loaded {
		return append(out, treeRow{kind: treeNote, text: "Reading the kubeconfig…"})
	}
	filter := strings.ToLower(strings.TrimSpace(in.filter))
	for i, c := range contexts.items {
		below, found := contextRows(cat, c, in, filter)
		if filter != "" && !found && !strings.Contains(strings.ToLower(c.Name), filter) {
			continue
		}
		out = append(out, treeRow{
			kind: treeContext, context: c.Name, text: c.Name, dot: stripe(i),
			open: in.open[podsOf{c.Name, ""}], trouble: c.Err != nil || cat.Namespaces(c.Name).err != nil && !cat.Namespaces(c.Name).refused,
			note: currentNote(c),
		})
		out = append(out, below...)
	}
	if len(out) == 0 && filter != "" {
		out = append(out, treeRow{kind: treeNote, text: "Nothing that is open here is called so. Open a context or namespace to search in it."})
	}
	return out
}

func currentNote(c kube.Context) string {
	switch {
	case c.Production: // there is no room for both words
		return "PROD"
	case c.Current:
		return "current"
	}
	return ""
}

// contextRows returns what lies below a context; found says whether the filter
// matched any of it.
func contextRows(cat catalogView, c kube.Context, in treeInput, filter string) (rows []treeRow, found bool) {
	if !in.open[podsOf{c.Name, ""}] {
		return nil, false
	}
	if c.Err != nil {
		return brokenRows(c), false
	}
	ns := cat.Namespaces(c.Name)
	names := namespaceNames(ns, in.typed[c.Name])
	switch {
	case !ns.loaded:
		rows = append(rows, treeRow{kind: treeNote, depth: 1, context: c.Name, text: waitingText("Asking for namespaces", ns.since, in.now)})
	case ns.refused:
		rows = append(rows, treeRow{kind: treeNote, depth: 1, context: c.Name, text: "You may not list the namespaces here: type the name of yours."})
	case ns.err != nil:
		rows = append(rows, treeRow{kind: treeError, depth: 1, context: c.Name, text: complaint(ns.err)})
	}
	for _, name := range names {
		key := podsOf{c.Name, name}
		below, hit := namespaceRows(cat, key, in, filter)
		if filter != "" && !hit && !strings.Contains(strings.ToLower(name), filter) {
			continue
		}
		found = true
		row := treeRow{kind: treeNamespace, depth: 1, context: c.Name, namespace: name, text: name, open: in.open[key]}
		if l := cat.Pods(key); row.open && l.loaded && l.err == nil {
			row.note = countText(l)
		}
		rows = append(rows, row)
		rows = append(rows, below...)
	}
	if filter == "" {
		rows = append(rows, treeRow{kind: treeTypeName, depth: 1, context: c.Name, text: "Type a namespace…"})
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

func namespaceRows(cat catalogView, key podsOf, in treeInput, filter string) (rows []treeRow, found bool) {
	if !in.open[key] {
		return nil, false
	}
	l := cat.Pods(key)
	note := func(kind treeKind, text string) {
		rows = append(rows, treeRow{kind: kind, depth: 2, context: key.context, namespace: key.namespace, text: text})
	}
	if l.err != nil {
		note(treeError, complaint(l.err))
	}
	switch {
	case !l.loaded:
		note(treeNote, waitingText("Asking for pods", l.since, in.now))
	case len(l.items) == 0 && l.err == nil:
		note(treeNote, "There are no pods in this namespace.")
	}
	for _, p := range l.items {
		if filter != "" && !strings.Contains(strings.ToLower(p.Name), filter) {
			continue
		}
		found = true
		row := treeRow{kind: treePod, depth: 2, context: key.context, namespace: key.namespace, pod: p.Name, text: p.Name}
		if !p.Ready {
			row.dim, row.note = true, p.Status
		}
		rows = append(rows, row)
	}
	return rows, found
}

// countText says how many there are, as far as that is known.
func countText(l listing[kube.Pod]) string {
	if l.partial {
		return fmt.Sprintf("%d…", len(l.items))
	}
	return fmt.Sprint(len(l.items))
}

// waitingText says that an answer is awaited, and after a while for how long.
func waitingText(what string, since, now time.Time) string {
	if d := now.Sub(since); !since.IsZero() && d >= 3*time.Second {
		return fmt.Sprintf("%s… no answer for %s.", what, untilText(d))
	}
	return what + "…"
}

func isForbidden(err error) bool {
	var e *tunnels.Error
	return errors.As(err, &e) && e.Cause == tunnels.CauseForbidden
}

// podOptions returns the pods to pick from: those whose name has what is typed.
func podOptions(l listing[kube.Pod], typed string) []parts.Option {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var out []parts.Option
	for _, p := range l.items {
		if !strings.Contains(strings.ToLower(p.Name), typed) {
			continue
		}
		o := parts.Option{Key: p.Name, Text: p.Name, Note: declaredText(p), Dim: !p.Ready}
		if !p.Ready {
			o.Note = p.Status
		}
		out = append(out, o)
	}
	return out
}

// declared returns the TCP ports that a pod declares, each once.
func declared(p kube.Pod) []kube.ContainerPort {
	var out []kube.ContainerPort
	seen := make(map[uint16]bool)
	for _, c := range p.Ports {
		if c.Protocol != "" && c.Protocol != "TCP" || seen[c.Number] {
			continue
		}
		seen[c.Number] = true
		out = append(out, c)
	}
	return out
}

func portLabel(c kube.ContainerPort) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", c.Number, c.Name))
}

func declaredText(p kube.Pod) string {
	var out []string
	for _, c := range declared(p) {
		out = append(out, portLabel(c))
	}
	return strings.Join(out, ", ")
}

func findPod(l listing[kube.Pod], name string) (kube.Pod, bool) {
	for _, p := range l.items {
		if p.Name == name {
			return p, true
		}
	}
	return kube.Pod{}, false
}
