package kube

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"culvert/tunnels"
)

// candidate is a pod as last seen, before it is known which ports are asked
// for.
type candidate struct {
	endpoint tunnels.Endpoint // without Ready, Reason and Ports
	phase    string
	status   string
	running  map[string]bool // containers that run now
	probed   bool            // its Ready condition holds
	ready    int
	total    int
	ports    []ContainerPort
	owner    owner // that made it
	hash     string
}

func (o *podObject) candidate(kubeContext string) candidate {
	sum := o.summary()
	p := candidate{
		phase: string(o.Status.Phase), status: sum.status, ready: sum.ready, total: sum.total,
		running: make(map[string]bool), ports: o.ports(),
		probed: o.condition("Ready").Status == "True", owner: o.Metadata.controller(), hash: string(o.Metadata.Labels.TemplateHash),
		endpoint: tunnels.Endpoint{
			Context: kubeContext, Namespace: string(o.Metadata.Namespace), Pod: string(o.Metadata.Name),
			UID: string(o.Metadata.UID), Node: string(o.Spec.NodeName),
			Terminating: o.Metadata.DeletionTimestamp != nil,
			Since:       o.Metadata.CreationTimestamp,
			Created:     o.Metadata.CreationTimestamp,
			Restarts:    sum.restarts,
			Ordinal:     o.ordinal(),
		},
	}
	p.endpoint.Declared = p.numbers()
	var started time.Time
	for _, c := range slices.Concat(o.Status.ContainerStatuses, o.Status.InitContainerStatuses) {
		if c.State.Running == nil {
			continue
		}
		p.running[string(c.Name)] = true
		if c.State.Running.StartedAt.After(started) {
			started = c.State.Running.StartedAt
		}
	}
	if ready := o.condition("Ready"); ready.Status == "True" {
		started = ready.LastTransitionTime
	}
	if p.phase == "Running" && !started.IsZero() {
		p.endpoint.Since = started
	}
	return p
}

// ordinal returns the number of a pod of a StatefulSet, which its name tells on
// servers of all ages, or of an indexed Job; -1 for other pods.
func (o *podObject) ordinal() int {
	made := o.Metadata.controller()
	var digits string
	switch made.Kind {
	case "StatefulSet":
		digits, _ = strings.CutPrefix(string(o.Metadata.Name), string(made.Name)+"-")
	case "Job":
		digits = string(o.Metadata.Labels.JobIndex)
	}
	if n, err := strconv.Atoi(digits); err == nil && n >= 0 {
		return n
	}
	return -1
}

// resolve returns the endpoint for the ports of a pod that was asked for by its
// name: one that runs will do, see [Clusters.Watch].
func (p candidate) resolve(ports []tunnels.Port) tunnels.Endpoint {
	e := p.withPorts(ports)
	started := len(p.running) > 0
	for _, r := range e.Ports {
		for _, d := range p.ports {
			if d.Number == r.Number && d.Protocol == "TCP" && !p.running[d.Container] {
				started = false
			}
		}
	}
	e.Ready = p.phase == "Running" && !e.Terminating && started
	e.Reason = p.reason(e.Ready)
	return e
}

// resolveMember returns the endpoint for the ports of one of several pods: it has
// to be ready.
func (p candidate) resolveMember(ports []tunnels.Port) tunnels.Endpoint {
	e := p.withPorts(ports)
	e.Ready = p.phase == "Running" && !e.Terminating && p.probed
	e.Reason = p.reasonOf(e.Ready)
	return e
}

// withPorts returns the endpoint without Ready and Reason.
func (p candidate) withPorts(ports []tunnels.Port) tunnels.Endpoint {
	e := p.endpoint
	e.Ports = make(map[tunnels.Port]tunnels.PortResult, len(ports))
	for _, port := range ports {
		e.Ports[port] = p.port(port)
	}
	return e
}

// reasonOf is reason for a pod that has to be ready.
func (p candidate) reasonOf(ready bool) string {
	if !ready && p.phase == "Running" && p.status == "Running" && !p.endpoint.Terminating {
		return fmt.Sprintf("not ready: %d of %d containers", p.ready, p.total)
	}
	return p.reason(ready)
}

// over says whether a pod has ended for good.
func (p candidate) over() bool { return p.phase == "Succeeded" || p.phase == "Failed" }

func (p candidate) reason(ready bool) string {
	switch {
	case p.endpoint.Terminating:
		return "Terminating"
	case ready && p.ready >= p.total:
		return ""
	case ready:
		return fmt.Sprintf("not ready: %d of %d containers", p.ready, p.total)
	case p.phase == "Running" && p.status == "Running":
		return "its containers have not started"
	case p.phase == p.status || p.phase == "" || p.phase == "Running":
		return p.status
	}
	return p.phase + ": " + p.status
}

// port judges one port of the pod.
func (p candidate) port(want tunnels.Port) tunnels.PortResult {
	other := ""
	for _, d := range p.ports {
		if want.Name != "" && d.Name != want.Name || want.Name == "" && d.Number != want.Number {
			continue
		}
		if d.Protocol == "TCP" {
			return tunnels.PortResult{Number: d.Number}
		}
		other = d.Protocol
	}
	declared := p.declared()
	switch {
	case other != "":
		return p.portError(want, "Choose a TCP port of the pod.", "the pod declares it as %s, and only TCP can be forwarded", other)
	case want.Name != "" && declared == "":
		return p.portError(want, "Give the port's number.", "the pod declares no ports")
	case want.Name != "":
		return p.portError(want, "Use one of these names, or a number.", "the pod declares no port of this name, but %s", declared)
	}
	r := tunnels.PortResult{Number: want.Number}
	if declared != "" {
		r.Warning = fmt.Sprintf("%s declares %s, not %s", p.endpoint.Pod, declared, want)
	}
	return r
}

func (p candidate) portError(want tunnels.Port, hint, format string, args ...any) tunnels.PortResult {
	return tunnels.PortResult{Err: &tunnels.Error{
		Op:        fmt.Sprintf("port %s of pod/%s", want, p.endpoint.Pod),
		Err:       fmt.Errorf(format, args...),
		Hint:      hint,
		Cause:     tunnels.CauseInvalid,
		Permanent: true,
	}}
}

// numbers returns the pod's TCP ports in the order in which it declares them.
func (p candidate) numbers() []uint16 {
	var out []uint16
	for _, d := range p.ports {
		if d.Protocol == "TCP" && !slices.Contains(out, d.Number) {
			out = append(out, d.Number)
		}
	}
	return out
}

// declared lists the pod's TCP ports for people.
func (p candidate) declared() string {
	var out []string
	for _, d := range p.ports {
		text := strconv.Itoa(int(d.Number))
		if d.Name != "" {
			text += " (" + d.Name + ")"
		}
		if d.Protocol == "TCP" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}
