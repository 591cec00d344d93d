package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
)

// targetGroup is a part of a namespace's targets, which is listed by itself.
type targetGroup uint8

const (
	serviceGroup targetGroup = iota
	workloadGroup
	podGroup
	targetGroups = iota // how many there are
)

// plural is the group in small letters.
func (g targetGroup) plural() string {
	switch g {
	case serviceGroup:
		return lang.L("services")
	case workloadGroup:
		return lang.L("workloads")
	default:
		return lang.L("pods")
	}
}

// title is the group's heading.
func (g targetGroup) title() string { return capital(g.plural()) }

// groupOf names a group of targets in a namespace.
type groupOf struct {
	podsOf
	group targetGroup
}

// offer is a target that can be chosen. It is immutable.
type offer struct {
	target tunnels.Target // without context and namespace
	text   string         // as the sheet's field has it: "svc/web", a pod by its bare name
	state  string         // what stands in the way, or how many pods it has; empty when all is said
	dim    bool           // it cannot be forwarded to now
	ports  []offeredPort  // TCP, each once
	note   string         // beside it in a list: what is in the way, else its ports
}

// offeredPort is a port that a target declares.
type offeredPort struct {
	number uint16
	name   string
}

func (p offeredPort) label() string { return strings.TrimSpace(fmt.Sprintf("%d %s", p.number, p.name)) }

// is says whether a remote port means this one, by number or by name.
func (p offeredPort) is(remote tunnels.Port) bool {
	return p.number == remote.Number || p.name != "" && p.name == remote.Name
}

// noted returns the offer with its note.
func (o offer) noted() offer {
	if o.dim {
		o.note = o.state
		return o
	}
	labels := make([]string, 0, len(o.ports))
	for _, p := range o.ports {
		labels = append(labels, p.label())
	}
	ports := strings.Join(labels, ", ")
	o.note = o.state + ports
	if o.state != "" && ports != "" {
		o.note = o.state + " · " + ports
	}
	return o
}

func newOffer(t tunnels.Target) offer {
	t.Context, t.Namespace = "", ""
	return offer{target: t, text: targetText(t)}
}

func offerService(s kube.Service) offer {
	o := newOffer(s.Target())
	if s.ExternalName != "" {
		o.dim, o.state = true, "ExternalName"
	}
	for _, p := range s.Ports {
		o.addPort(p.Port, p.Name, p.Protocol)
	}
	return o
}

func offerWorkload(w kube.Workload) offer {
	o := newOffer(w.Target())
	o.dim, o.state = w.Ready == 0, workloadState(w.Status)
	for _, p := range w.Ports {
		o.addPort(p.Number, p.Name, p.Protocol)
	}
	return o
}

// workloadState says how a workload stands.
func workloadState(status string) string {
	switch {
	case status == "waiting":
		return lang.L("waiting")
	case status == "idle":
		return lang.L("idle")
	case status == "complete":
		return lang.L("complete")
	case status == "failed":
		return lang.L("failed")
	case strings.Contains(status, "/"):
		return lang.L("{{.Count}} ready", vars{"Count": status})
	}
	return said(status)
}

func offerPod(p kube.Pod) offer {
	o := newOffer(p.Target())
	if !p.Ready {
		o.dim, o.state = true, p.Status
	}
	for _, c := range p.Ports {
		o.addPort(c.Number, c.Name, c.Protocol)
	}
	return o
}

func (o *offer) addPort(number uint16, name, protocol string) {
	if protocol != "" && protocol != "TCP" {
		return
	}
	for _, p := range o.ports {
		if p.number == number {
			return
		}
	}
	o.ports = append(o.ports, offeredPort{number, name})
}

// offersOf returns a listing of offers with what is known of objects.
func offersOf[T any](l kube.Listing[T], makeOffer func(T) offer) kube.Listing[offer] {
	out := kube.Listing[offer]{Complete: l.Complete, Err: l.Err, Missing: l.Missing}
	if len(l.Items) > 0 {
		out.Items = make([]offer, 0, len(l.Items))
	}
	for _, item := range l.Items {
		out.Items = append(out.Items, makeOffer(item).noted())
	}
	return out
}

// findOffer returns the offer that a field's text means: "service/web" is
// svc/web.
func findOffer(items []offer, typed string) (offer, bool) {
	t, err := tunnels.ParseTarget(strings.TrimSpace(typed))
	if err != nil {
		return offer{}, false
	}
	for _, o := range items {
		if o.target == t {
			return o, true
		}
	}
	return offer{}, false
}
