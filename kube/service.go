package kube

import (
	"fmt"
	"slices"
	"strings"

	"culvert/tunnels"

	"k8s.io/apimachinery/pkg/labels"
)

// service is a Service as last seen.
type service struct {
	name     string
	external string // the name that an ExternalName service stands for; else empty
	headless bool
	selector string // of its pods, in the form of the API's query; empty for none
	ports    []servicePort
	unready  bool // it publishes pods that are not ready, too
}

func (o *serviceObject) service() service {
	s := service{
		name: string(o.Metadata.Name), headless: o.Spec.ClusterIP == "None",
		ports: o.Spec.Ports, unready: o.Spec.PublishNotReadyAddresses,
	}
	if o.Spec.Type == "ExternalName" {
		s.external = string(o.Spec.ExternalName)
	}
	set := labels.Set{}
	for k, v := range o.Spec.Selector {
		set[string(k)] = string(v)
	}
	s.selector = labels.SelectorFromSet(set).String()
	return s
}

// port returns the service's port that is asked for. ok is false with a nil error
// for a number that a headless service does not have: its clients go to the pods
// themselves.
func (s service) port(want tunnels.Port) (p servicePort, ok bool, err *tunnels.Error) {
	other := text("")
	for _, p := range s.ports {
		if want.Name != "" && string(p.Name) != want.Name || want.Name == "" && p.Port != want.Number {
			continue
		}
		if p.Protocol == "" || p.Protocol == "TCP" {
			return p, true, nil
		}
		other = p.Protocol
	}
	switch {
	case other != "":
		return p, false, s.portError(want, "Choose a TCP port of the service.", "the service has it for %s, and only TCP can be forwarded", other)
	case s.headless && want.Name == "":
		return p, false, nil
	case len(s.ports) == 0:
		return p, false, s.portError(want, "Give the number of a port of its pods.", "the service declares no ports")
	}
	hint := "Use one of these."
	for _, p := range s.ports {
		if t := p.TargetPort; want.Number != 0 && t.Number == want.Number || want.Name != "" && string(t.Name) == want.Name {
			hint = fmt.Sprintf("Use %d: the service passes it on to %s.", p.Port, want)
		}
	}
	return p, false, s.portError(want, hint, "the service has no such port, but %s", s.declared())
}

func (s service) portError(want tunnels.Port, hint, format string, args ...any) *tunnels.Error {
	return &tunnels.Error{
		Op: fmt.Sprintf("port %s of svc/%s", want, s.name), Err: fmt.Errorf(format, args...),
		Hint: hint, Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// declared lists the service's TCP ports for people.
func (s service) declared() string {
	var out []string
	for _, p := range s.ports {
		t := fmt.Sprint(p.Port)
		if p.Name != "" {
			t += " (" + string(p.Name) + ")"
		}
		if p.Protocol == "" || p.Protocol == "TCP" {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return "none for TCP"
	}
	return strings.Join(out, ", ")
}

// judge returns why no port that is asked for can be forwarded whatever pods
// there are, nil when one may.
func (s service) judge(ports []tunnels.Port) *tunnels.Error {
	if s.external != "" {
		return &tunnels.Error{
			Op:   "resolve svc/" + s.name,
			Err:  fmt.Errorf("it is only another name for %s, outside of the cluster", s.external),
			Hint: "Connect to that name directly, or name what runs in the cluster.", Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	var first *tunnels.Error
	for _, want := range ports {
		_, _, err := s.port(want)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// locals returns the service's own numbers of named ports.
func (s service) locals(ports []tunnels.Port) map[tunnels.Port]uint16 {
	locals := make(map[tunnels.Port]uint16)
	for _, want := range ports {
		if p, ok, _ := s.port(want); ok && want.Name != "" {
			locals[want] = p.Port
		}
	}
	return locals
}

// backend is one pod of a service, as an EndpointSlice has it.
type backend struct {
	context, namespace string
	pod, uid, node     string
	address            string
	ready, ending      bool
	ports              []slicePort
}

func (o *endpointSliceObject) backends(kubeContext string) []backend {
	var out []backend
	for _, e := range o.Endpoints {
		b := backend{
			context: kubeContext, namespace: string(o.Metadata.Namespace),
			node: string(e.NodeName), ports: o.Ports, ending: e.Conditions.Terminating,
			ready: e.Conditions.Ready == nil || *e.Conditions.Ready,
		}
		if len(e.Addresses) > 0 {
			b.address = string(e.Addresses[0])
		}
		if e.TargetRef != nil && e.TargetRef.Kind == "Pod" {
			b.pod, b.uid = string(e.TargetRef.Name), string(e.TargetRef.UID)
		}
		out = append(out, b)
	}
	return out
}

// number returns what a slice says the number of a service's port is in its
// pods; 0 when it has no such port.
func (b backend) number(p servicePort) uint16 {
	for _, sp := range b.ports {
		if sp.Name == p.Name && (sp.Protocol == "" || sp.Protocol == "TCP") {
			if sp.Port == nil {
				return p.Port
			}
			return *sp.Port
		}
	}
	return 0
}

// has says whether a slice leads to a port of that number.
func (b backend) has(number uint16) bool {
	return slices.ContainsFunc(b.ports, func(p slicePort) bool { return p.Port == nil || *p.Port == number })
}
