package kube

import "culvert/tunnels"

// podInquiry is about one pod by name.
type podInquiry struct {
	*inquiry
	pods follower[candidate]
}

func newPodInquiry(q *inquiry) *podInquiry {
	p := &podInquiry{inquiry: q}
	followPods(&p.pods, q, q.target.Name, "")
	return p
}

func (p *podInquiry) resolve() (found tunnels.Resolution, told bool, err *tunnels.Error) {
	pods := p.pods.last()
	for _, c := range pods.items {
		found.Endpoints = append(found.Endpoints, c.resolve(p.ports))
	}
	found.Locals = localsOf(found.Endpoints, p.ports)
	return found, pods.told, pods.err
}

// selectorInquiry is about the pods with certain labels.
type selectorInquiry struct {
	*inquiry
	pods follower[candidate]
}

func newSelectorInquiry(q *inquiry) *selectorInquiry {
	s := &selectorInquiry{inquiry: q}
	followPods(&s.pods, q, "", q.target.Name)
	return s
}

func (s *selectorInquiry) resolve() (found tunnels.Resolution, told bool, err *tunnels.Error) {
	pods := s.pods.last()
	found = s.members(pods.items)
	if len(found.Endpoints) == 0 {
		found.Reason = "no pods have the labels " + clean(s.target.Name, mostText)
	}
	return found, pods.told, pods.err
}

// members returns what pods mean that stand for one another. Those that have
// ended are left out where there are others.
func (q *inquiry) members(pods []candidate) tunnels.Resolution {
	var found tunnels.Resolution
	for _, ended := range []bool{false, true} {
		for _, c := range pods {
			if c.over() == ended {
				found.Endpoints = append(found.Endpoints, c.resolveMember(q.ports))
			}
		}
		if len(found.Endpoints) > 0 {
			break
		}
	}
	found.Locals = localsOf(found.Endpoints, q.ports)
	return found
}

// localsOf returns the numbers of named ports, from a ready pod where there is
// one.
func localsOf(pods []tunnels.Endpoint, ports []tunnels.Port) map[tunnels.Port]uint16 {
	locals := make(map[tunnels.Port]uint16)
	for _, ready := range []bool{true, false} {
		for _, e := range pods {
			for _, p := range ports {
				if n := e.Ports[p].Number; p.Name != "" && n != 0 && locals[p] == 0 && e.Ready == ready {
					locals[p] = n
				}
			}
		}
	}
	return locals
}
