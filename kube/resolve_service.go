package kube

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"culvert/tunnels"
)

// serviceInquiry is about the pods behind a Service.
type serviceInquiry struct {
	*inquiry
	object  follower[service]
	targets follower[endpointSlice]
	pods    follower[candidate]
}

// endpointSlice is an EndpointSlice as last seen.
type endpointSlice struct{ backends []backend }

func newServiceInquiry(q *inquiry) *serviceInquiry {
	s := &serviceInquiry{inquiry: q}
	followObjects(&s.object, q, q.key("service", servicesResource, q.target.Name, ""),
		func(_ string, o *serviceObject) service { return o.service() })
	return s
}

// followSlices makes the inquiry follow the service's EndpointSlices.
func (s *serviceInquiry) followSlices(name string) {
	followObjects(&s.targets, s.inquiry, s.key("slice", endpointSlicesResource, "", "kubernetes.io/service-name="+name),
		func(kubeContext string, o *endpointSliceObject) endpointSlice {
			return endpointSlice{o.backends(kubeContext)}
		})
}

func (s *serviceInquiry) resolve() (found tunnels.Resolution, told bool, err *tunnels.Error) {
	object := s.object.last()
	if len(object.items) == 0 {
		s.targets.drop()
		s.pods.drop()
		return found, object.told, object.err
	}
	svc := object.items[0]
	found.Locals = svc.locals(s.ports)
	if err := svc.judge(s.ports); err != nil {
		return found, true, err
	}
	s.followSlices(svc.name)
	if svc.selector == "" {
		s.pods.drop()
	} else {
		followPods(&s.pods, s.inquiry, "", svc.selector)
	}
	targets, pods := s.targets.last(), s.pods.last()
	denied := targets.err != nil && len(targets.items) == 0 &&
		(targets.err.Cause == tunnels.CauseForbidden || targets.err.Cause == tunnels.CauseProtocol) // or a server without slices
	switch {
	case !targets.told || svc.selector != "" && !pods.told:
		found.Partial = true // but the local ports may be bound
		return found, len(found.Locals) > 0, nil
	case denied && svc.selector == "":
		return found, true, targets.err
	case denied:
		s.fromPods(&found, svc, pods.items)
		return found, true, cmp.Or(pods.err, object.err)
	}
	if err := s.fromSlices(&found, svc, targets.items, pods); err != nil {
		return found, true, err
	}
	return found, true, cmp.Or(targets.err, object.err)
}

// fromPods finds the endpoints among the pods that the service selects, by what
// these declare.
func (s *serviceInquiry) fromPods(found *tunnels.Resolution, svc service, pods []candidate) {
	for _, p := range pods {
		if p.over() {
			continue
		}
		e := p.withPorts(nil)
		for _, want := range s.ports {
			e.Ports[want] = svc.inPod(want, p)
		}
		e.Ready = p.serves(svc)
		e.Reason = p.reasonOf(e.Ready)
		found.Endpoints = append(found.Endpoints, e)
	}
	if len(found.Endpoints) == 0 {
		found.Reason = svc.nobody()
	}
}

// serves says whether a service that selects a pod sends connections to it.
func (p candidate) serves(svc service) bool {
	return p.phase == "Running" && !p.endpoint.Terminating && (p.probed || svc.unready && len(p.running) > 0)
}

// inPod returns where a service's port leads in a pod, by what the pod declares.
func (s service) inPod(want tunnels.Port, p candidate) tunnels.PortResult {
	sp, ok, err := s.port(want)
	switch {
	case err != nil:
		return tunnels.PortResult{Err: err}
	case !ok:
		return p.port(want)
	case sp.TargetPort.Name != "":
		return p.port(tunnels.Port{Name: string(sp.TargetPort.Name)})
	case sp.TargetPort.Number != 0:
		return tunnels.PortResult{Number: sp.TargetPort.Number}
	}
	return tunnels.PortResult{Number: sp.Port}
}

// fromSlices finds the endpoints that the service's EndpointSlices name. What is
// known of the pods themselves is newer than these, and tells more.
func (s *serviceInquiry) fromSlices(found *tunnels.Resolution, svc service, targets []endpointSlice, pods said[candidate]) *tunnels.Error {
	known := make(map[string]candidate)
	for _, p := range pods.items {
		known[p.endpoint.UID] = p
	}
	merged := make(map[string]*tunnels.Endpoint)
	var strangers []string
	for _, t := range targets {
		for _, b := range t.backends {
			if b.uid == "" {
				strangers = append(strangers, b.address)
				continue
			}
			s.merge(merged, svc, b, known)
		}
	}
	for uid, p := range known {
		if merged[uid] == nil && !p.over() {
			e := p.withPorts(nil)
			for _, want := range s.ports {
				e.Ports[want] = svc.inPod(want, p)
			}
			e.Reason = cmp.Or(p.reasonOf(false), "not yet an endpoint of the service")
			merged[uid] = &e
		}
	}
	for _, uid := range slices.Sorted(maps.Keys(merged)) {
		found.Endpoints = append(found.Endpoints, *merged[uid])
	}
	if len(found.Endpoints) > 0 {
		return nil
	}
	if svc.selector == "" {
		return svc.podless(strangers)
	}
	found.Reason = svc.nobody()
	return nil
}

// merge adds what a slice says of a pod to what others have said: with two IP
// families each pod is in two slices, and ports with different numbers have
// slices of their own.
func (s *serviceInquiry) merge(merged map[string]*tunnels.Endpoint, svc service, b backend, known map[string]candidate) {
	e := merged[b.uid]
	if e == nil {
		fresh := s.endpoint(svc, b, known)
		e = &fresh
		merged[b.uid] = e
	}
	for _, want := range s.ports {
		if e.Ports[want].Number == 0 {
			e.Ports[want] = svc.inSlice(want, b, e.Ports[want])
		}
	}
}

func (s *serviceInquiry) endpoint(svc service, b backend, known map[string]candidate) tunnels.Endpoint {
	e := tunnels.Endpoint{
		Context: b.context, Namespace: b.namespace, Pod: b.pod, UID: b.uid, Node: b.node,
		Ready: b.ready && !b.ending, Terminating: b.ending, Ordinal: -1,
		Ports: make(map[tunnels.Port]tunnels.PortResult, len(s.ports)),
	}
	p, ok := known[b.uid]
	switch {
	case ok:
		ports := e.Ports
		e = p.endpoint
		e.Ports = ports
		e.Terminating = e.Terminating || b.ending
		e.Ready = b.ready && !e.Terminating && p.serves(svc)
		e.Reason = p.reasonOf(e.Ready)
		if e.Reason == "" && !e.Ready {
			e.Reason = "not ready for the service"
		}
	case b.ending:
		e.Reason = "Terminating"
	case !b.ready:
		e.Reason = "not ready"
	}
	return e
}

// inSlice returns where a service's port leads by a slice; before is what other
// slices have said.
func (s service) inSlice(want tunnels.Port, b backend, before tunnels.PortResult) tunnels.PortResult {
	sp, ok, err := s.port(want)
	switch {
	case err != nil:
		return tunnels.PortResult{Err: err}
	case !ok && b.has(want.Number):
		return tunnels.PortResult{Number: want.Number}
	case !ok:
		r := tunnels.PortResult{Number: want.Number}
		if len(s.ports) > 0 {
			r.Warning = fmt.Sprintf("svc/%s has no port %s, but %s: the number is taken as the pod's own", s.name, want, s.declared())
		}
		return r
	}
	if n := b.number(sp); n != 0 {
		return tunnels.PortResult{Number: n}
	}
	if before.Err != nil {
		return before
	}
	return tunnels.PortResult{Err: s.portError(want, "Declare it in the pod, or use another port of the service.",
		"pod %s declares no port named %s, to which the service passes it on", b.pod, cmp.Or(sp.TargetPort.Name, sp.Name))}
}

// nobody says why a service with a selector has no pods.
func (s service) nobody() string { return "no pods have the labels " + clean(s.selector, mostText) }

// podless says why a service without a selector leads to no pods.
func (s service) podless(strangers []string) *tunnels.Error {
	e := &tunnels.Error{
		Op: "resolve svc/" + s.name, Err: fmt.Errorf("it has no selector and no endpoints"),
		Hint: "Name what it should lead to, as a pod or deployment.", Cause: tunnels.CauseInvalid, Permanent: true,
	}
	if len(strangers) > 0 {
		const most = 3
		slices.Sort(strangers)
		e.Err = fmt.Errorf("it has no selector, and its endpoints are no pods: %s", strings.Join(strangers[:min(most, len(strangers))], ", "))
		e.Hint = "A port-forward needs a pod: connect to the address directly, or through a pod that can reach it."
	}
	return e
}
