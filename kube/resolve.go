package kube

import (
	"cmp"
	"context"
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
	ready    int
	total    int
	ports    []ContainerPort
}

// Watch is [tunnels.Backend].Watch. Empty fields of the target are those of
// the current context.
//
// A pod by name is forwarded to as kubectl does: Endpoint.Ready means that it
// runs, is not being deleted, and that the containers that declare the wanted
// ports, or any container if none does, have started. A readiness probe that
// fails does not count: the user asked for this very pod. Reason tells of it
// all the same.
//
// Where the user may not list or watch the pod it is read every 15 s, and at
// once when dialling it has failed.
func (c *Clusters) Watch(ctx context.Context, t tunnels.Target, ports []tunnels.Port, fn func([]tunnels.Endpoint, error)) error {
	if t.Kind != tunnels.KindPod {
		return &tunnels.Error{
			Op: "resolve " + t.String(), Err: fmt.Errorf("%s cannot be forwarded to", t.Kind),
			Hint: "Name a pod, as pod/web-1.", Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	if full, err := c.Complete(t); err == nil {
		t = full
	}
	key := podKey(t.Context, t.Namespace, t.Name)
	subscribe(ctx, c, key, func(ctx context.Context, f *feed[candidate]) {
		r := &reflector[podObject, *podObject, candidate]{
			clusters: c, key: key, feed: f,
			convert: func(name string, o *podObject) candidate { return o.candidate(name) },
			missing: func(ctx context.Context, cl *cluster) *tunnels.Error {
				return cl.podMissing(ctx, cmp.Or(key.namespace, cl.context.Namespace), key.name)
			},
		}
		r.run(ctx)
	}, func(found []candidate, err error) {
		var out []tunnels.Endpoint
		for _, p := range found {
			out = append(out, p.resolve(ports))
		}
		fn(out, err)
	})
	return nil
}

func podKey(kubeContext, namespace, name string) feedKey {
	return feedKey{context: kubeContext, resource: "pods", namespace: namespace, name: name}
}

func (o *podObject) candidate(kubeContext string) candidate {
	sum := o.summary()
	p := candidate{
		phase: string(o.Status.Phase), status: sum.status, ready: sum.ready, total: sum.total,
		running: make(map[string]bool), ports: o.ports(),
		endpoint: tunnels.Endpoint{
			Context: kubeContext, Namespace: string(o.Metadata.Namespace), Pod: string(o.Metadata.Name),
			UID: string(o.Metadata.UID), Node: string(o.Spec.NodeName),
			Terminating: o.Metadata.DeletionTimestamp != nil,
			Since:       o.Metadata.CreationTimestamp,
			Restarts:    sum.restarts,
			Ordinal:     o.ordinal(),
		},
	}
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

// ordinal returns the number at the end of a StatefulSet pod's name; -1 for
// other pods.
func (o *podObject) ordinal() int {
	for _, owner := range o.Metadata.OwnerReferences {
		if owner.Kind != "StatefulSet" || !owner.Controller {
			continue
		}
		digits, ok := strings.CutPrefix(string(o.Metadata.Name), string(owner.Name)+"-")
		if n, err := strconv.Atoi(digits); ok && err == nil && n >= 0 {
			return n
		}
	}
	return -1
}

// resolve returns the endpoint for the ports.
func (p candidate) resolve(ports []tunnels.Port) tunnels.Endpoint {
	e := p.endpoint
	e.Ports = make(map[tunnels.Port]tunnels.PortResult, len(ports))
	started := len(p.running) > 0
	for _, port := range ports {
		e.Ports[port] = p.port(port)
		for _, d := range p.ports {
			if d.Number == port.Number && d.Protocol == "TCP" && !p.running[d.Container] {
				started = false
			}
		}
	}
	e.Ready = p.phase == "Running" && !e.Terminating && started
	e.Reason = p.reason(e.Ready)
	return e
}

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
	var declared []string
	other := ""
	for _, d := range p.ports {
		if d.Protocol != "TCP" {
			if d.Number == want.Number {
				other = d.Protocol
			}
			continue
		}
		if d.Number == want.Number {
			return tunnels.PortResult{Number: want.Number}
		}
		text := strconv.Itoa(int(d.Number))
		if d.Name != "" {
			text += " (" + d.Name + ")"
		}
		if !slices.Contains(declared, text) {
			declared = append(declared, text)
		}
	}
	if other != "" {
		return tunnels.PortResult{Err: &tunnels.Error{
			Op:        fmt.Sprintf("port %s of pod/%s", want, p.endpoint.Pod),
			Err:       fmt.Errorf("the pod declares it as %s, and only TCP can be forwarded", other),
			Hint:      "Choose a TCP port of the pod.",
			Cause:     tunnels.CauseInvalid,
			Permanent: true,
		}}
	}
	r := tunnels.PortResult{Number: want.Number}
	if len(declared) > 0 {
		r.Warning = fmt.Sprintf("%s declares %s, not %s", p.endpoint.Pod, strings.Join(declared, ", "), want)
	}
	return r
}
