package control

import (
	"strings"
	"time"

	"culvert/tunnels"
)

// Spec is a [tunnels.Spec]: what a user wants of one tunnel.
type Spec struct {
	ID        string `json:"id,omitempty"`
	Name      string `json:"name,omitempty"`      // shown to the user; empty means the target's
	Context   string `json:"context,omitempty"`   // empty means the current one
	Namespace string `json:"namespace,omitempty"` // empty means the context's own
	// Target is a kind, a slash and a name, as "svc/web".
	Target    string    `json:"target"`
	Listen    []string  `json:"listen,omitempty"` // "localhost" or IP addresses
	Mappings  []Mapping `json:"mappings"`
	Via       string    `json:"via,omitempty"`
	Policy    string    `json:"policy,omitempty"`
	Hold      Duration  `json:"hold,omitzero"`
	StopAfter Duration  `json:"stopAfter,omitzero"`
	Tags      []string  `json:"tags,omitempty"`
	Profile   string    `json:"profile,omitempty"` // the ID of the one that keeps it
	AutoStart bool      `json:"autoStart,omitempty"`
}

// SpecOf returns a spec in its form for JSON.
func SpecOf(s tunnels.Spec) Spec {
	out := Spec{
		ID: string(s.ID), Name: s.Name,
		Context: s.Target.Context, Namespace: s.Target.Namespace, Target: s.Target.String(),
		Listen: s.Listen, Mappings: each(s.Mappings, mappingOf), Via: string(s.Via), Policy: string(s.Policy),
		Hold: Duration(s.Hold), StopAfter: Duration(s.StopAfter), Tags: s.Tags, Profile: s.Profile, AutoStart: s.AutoStart,
	}
	if out.Mappings == nil {
		out.Mappings = []Mapping{}
	}
	return out
}

// Parse returns the spec, which is not validated. A kind may also be written as for
// [tunnels.ParseKind], and left out for a pod.
func (s Spec) Parse() tunnels.Spec {
	target := targetOf(s.Target)
	target.Context, target.Namespace = s.Context, s.Namespace
	return tunnels.Spec{
		ID: tunnels.ID(s.ID), Name: s.Name, Target: target,
		Listen: some(s.Listen), Mappings: each(some(s.Mappings), Mapping.tunnel), Via: tunnels.Via(s.Via), Policy: tunnels.Policy(s.Policy),
		Hold: time.Duration(s.Hold), StopAfter: time.Duration(s.StopAfter), Tags: some(s.Tags), Profile: s.Profile, AutoStart: s.AutoStart,
	}
}

// targetOf reads "svc/web"; what is wrong with it is told by who validates it.
func targetOf(s string) tunnels.Target {
	word, name, ok := strings.Cut(s, "/")
	if !ok {
		word, name = string(tunnels.KindPod), s
	}
	if kind, err := tunnels.ParseKind(word); err == nil {
		return tunnels.Target{Kind: kind, Name: name}
	}
	return tunnels.Target{Kind: tunnels.Kind(word), Name: name}
}

// some returns nil for a list without elements.
func some[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// Instead is a local port that stands in for that of a mapping.
type Instead struct {
	Mapping
	Port uint16 `json:"port"`
}
