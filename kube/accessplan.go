package kube

import (
	"fmt"

	"culvert/tunnels"
)

// plan is what a target and a transport take: the rights to ask for, and what
// follows from the answers.
type plan struct {
	target tunnels.Target
	via    tunnels.Via
	checks []*Check
	parts  []part // without that of the transport
}

// part is one thing that forwarding takes.
type part struct {
	// ways lead there, each by all of its rights; one is enough, the best first.
	ways [][]*Check
	// better are what makes it work better.
	better []bonus
}

// bonus is what rights bring, and how a user misses it.
type bonus struct {
	rights []*Check
	limit  string // a sentence that ": you may not …" completes
}

func newPlan(t tunnels.Target, via tunnels.Via) *plan {
	p := &plan{target: t, via: via}
	p.transport()
	switch t.Kind {
	case tunnels.KindPod:
		p.object(podsResource, t.Name)
	case tunnels.KindSelector:
		p.members(podsResource, "pods", "to find the pods")
	case tunnels.KindService:
		p.object(servicesResource, t.Name)
		p.behindService()
	case tunnels.KindCronJob:
		p.object(cronJobsResource, t.Name)
		p.members(jobsResource, "jobs", "to find its newest job")
		p.members(podsResource, "pods", "to find its pods")
	default:
		p.object(resourceOf(t.Kind), t.Name)
		if set, _, ok := numbered(t); ok { // where there is none of that very name
			p.object(statefulSetsResource, set)
		}
		p.members(podsResource, "pods", "to find its pods")
	}
	return p
}

func (p *plan) add(verb string, r resource, purpose string) *Check {
	c := &Check{Verb: verb, Group: r.group(), Resource: r.name(), Namespace: p.target.Namespace, Purpose: purpose}
	p.checks = append(p.checks, c)
	return c
}

// transport adds what a session takes.
func (p *plan) transport() {
	if p.via == tunnels.ViaNode {
		// Nothing is ever read through the proxy, which would be a far greater right.
		p.checks = append(p.checks, &Check{
			Verb: "create", Resource: "nodes", Subresource: "proxy", Purpose: "to open sessions by way of the pod's node",
		})
		return
	}
	for _, verb := range []string{"create", "get"} {
		purpose := "to open sessions"
		if verb == "get" {
			purpose = "to open sessions through a WebSocket, where SPDY is not let through"
		}
		c := p.add(verb, podsResource, purpose)
		c.Subresource = "portforward"
		if p.target.Kind == tunnels.KindPod {
			c.Name = p.target.Name
		}
	}
}

// object adds what reading one object takes, as the target itself. The list and the
// watch are those of the one with its name, which a rule with resourceNames allows.
func (p *plan) object(r resource, name string) {
	one := "to find the " + r.singular()
	follow := fmt.Sprintf("to follow the %s as it changes, instead of looking every %v", r.singular(), pollEvery)
	get, list, watch := p.add("get", r, one), p.add("list", r, follow), p.add("watch", r, follow)
	for _, c := range []*Check{get, list, watch} {
		c.Name = name
	}
	p.parts = append(p.parts, part{
		ways:   [][]*Check{{get}, {list}},
		better: []bonus{{[]*Check{list, watch}, fmt.Sprintf("the %s is looked at only every %v", r.singular(), pollEvery)}},
	})
}

// members adds what finding objects by their labels takes.
func (p *plan) members(r resource, name, purpose string) {
	list := p.add("list", r, purpose)
	watch := p.add("watch", r, fmt.Sprintf("to follow the %s as they change, instead of looking every %v", name, pollEvery))
	p.parts = append(p.parts, part{
		ways:   [][]*Check{{list}},
		better: []bonus{{[]*Check{watch}, fmt.Sprintf("the %s are looked at only every %v", name, pollEvery)}},
	})
}

// behindService adds what finding the pods of a service takes: its endpoint
// slices say most, and its selector does where it has one.
func (p *plan) behindService() {
	follow := fmt.Sprintf("to follow the %%s as they change, instead of looking every %v", pollEvery)
	slices := p.add("list", endpointSlicesResource, "to find the pods where the service leads, also without a selector")
	watchSlices := p.add("watch", endpointSlicesResource, fmt.Sprintf(follow, "endpoints"))
	pods := p.add("list", podsResource, "to tell what is wrong with a pod, and to find the pods by the service's selector")
	watchPods := p.add("watch", podsResource, fmt.Sprintf(follow, "pods"))
	looked := fmt.Sprintf("are looked at only every %v", pollEvery)
	p.parts = append(p.parts, part{
		ways: [][]*Check{{slices}, {pods}},
		better: []bonus{
			{[]*Check{slices}, "only a service with a selector can be forwarded to"},
			{[]*Check{pods}, "what is wrong with a pod is not told"},
			{[]*Check{watchSlices}, "the endpoints " + looked},
			{[]*Check{watchPods}, "the pods " + looked},
		},
	})
}
