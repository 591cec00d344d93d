package kubetest

import (
	"fmt"
	"maps"
	"time"
)

// EndpointSlice is a slice that somebody has made by hand, as for a service
// without a selector.
type EndpointSlice struct {
	Namespace   string // empty means "default"
	Name        string
	Labels      map[string]string
	Service     string // empty for none
	AddressType string // empty means "IPv4"
	Ports       []SlicePort
	Endpoints   []Endpoint
}

// SlicePort is a port of an EndpointSlice.
type SlicePort struct {
	Name     string
	Protocol string // empty means "TCP"
	Port     uint16
}

// Endpoint is one of an EndpointSlice's.
type Endpoint struct {
	Addresses []string
	Pod       string // of the same namespace, that it leads to; empty for none
	NotReady  bool
}

func (e EndpointSlice) addTo(s *Server) error { return s.AddEndpointSlice(e) }

// AddEndpointSlice makes a slice, or replaces the one of its name. No controller
// touches it. The pods that it names must exist.
func (s *Server) AddEndpointSlice(e EndpointSlice) error {
	if e.Name == "" {
		return fmt.Errorf("an endpoint slice without a name cannot be added")
	}
	e.Namespace = defaultTo(e.Namespace, "default")
	body := slice{AddressType: defaultTo(e.AddressType, "IPv4")}
	for _, p := range e.Ports {
		body.Ports = append(body.Ports, slicePort{Name: p.Name, Protocol: defaultTo(p.Protocol, "TCP"), Port: p.Port})
	}
	for _, one := range e.Endpoints {
		made := endpoint{Addresses: one.Addresses, Conditions: endpointConditions{Ready: !one.NotReady, Serving: !one.NotReady}}
		if one.Pod != "" {
			r := s.pods.get(key{e.Namespace, one.Pod})
			if r == nil {
				return fmt.Errorf("pods %q not found", one.Pod)
			}
			made.TargetRef = &targetRef{Kind: "Pod", Namespace: e.Namespace, Name: one.Pod, UID: r.uid}
			made.NodeName = r.describe().Node
		}
		body.Endpoints = append(body.Endpoints, made)
	}
	labels := maps.Clone(e.Labels)
	if e.Service != "" {
		labels = with(labels, map[string]string{labelService: e.Service})
	}
	s.addNamespace(e.Namespace, 0)
	s.store.put(endpointSlices, object{
		Metadata: objectMeta{Name: e.Name, Namespace: e.Namespace, UID: newUID(), Generation: 1, Labels: labels, CreationTimestamp: stamp(time.Now())},
		slice:    &body,
	})
	return nil
}

// DeleteEndpointSlice deletes a slice that AddEndpointSlice has made.
func (s *Server) DeleteEndpointSlice(namespace, name string) {
	s.store.remove(endpointSlices, key{defaultTo(namespace, "default"), name})
}
