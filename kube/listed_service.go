package kube

import (
	"cmp"
	"time"

	"culvert/tunnels"
)

// Service is one service as last seen.
type Service struct {
	Context   string
	Namespace string
	Name      string
	Type      string // ClusterIP, NodePort, LoadBalancer or ExternalName
	Headless  bool   // it has no address of its own: its clients go to the pods
	// ExternalName is the name outside of the cluster that the service stands for.
	// Such a service cannot be forwarded to; of all others it is empty.
	ExternalName string
	Selector     string // of its pods, as "app=web,tier=a"; empty for none
	Created      time.Time
	Ports        []ServicePort // in the service's order
}

// ServicePort is one port of a service.
type ServicePort struct {
	Name     string // may be empty
	Port     uint16
	Protocol string       // TCP, UDP or SCTP
	Target   tunnels.Port // of the pods
}

// Target returns what a tunnel to the service leads to.
func (s Service) Target() tunnels.Target {
	return tunnels.Target{Context: s.Context, Namespace: s.Namespace, Kind: tunnels.KindService, Name: s.Name}
}

func (o *serviceObject) listed(kubeContext string) Service {
	known := o.service()
	s := Service{
		Context: kubeContext, Namespace: string(o.Metadata.Namespace), Name: known.name,
		Type: cmp.Or(string(o.Spec.Type), "ClusterIP"), Headless: known.headless, ExternalName: known.external,
		Selector: known.selector, Created: o.Metadata.CreationTimestamp,
	}
	for _, p := range known.ports {
		target := tunnels.Port{Number: p.TargetPort.Number, Name: string(p.TargetPort.Name)}
		if target == (tunnels.Port{}) {
			target.Number = p.Port
		}
		s.Ports = append(s.Ports, ServicePort{string(p.Name), p.Port, cmp.Or(string(p.Protocol), "TCP"), target})
	}
	return s
}
