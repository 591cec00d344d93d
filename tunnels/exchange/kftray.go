package exchange

import (
	"fmt"
	"net/netip"

	"culvert/tunnels"
)

// isKftray says whether an object has what a forward of kftray has.
func isKftray(o object) bool {
	_, local := o["local_port"]
	_, remote := o["remote_port"]
	_, kind := o["workload_type"]
	return kind || local || remote
}

// readKftray reads what kftray and kftui export: a list of forwards, each of one port.
// What has its standard value may be left out.
func readKftray(list []any) (Found, error) {
	f := Found{Format: FormatKftray}
	other := 0
	for i, v := range list {
		o, ok := v.(object)
		if !ok || !isKftray(o) {
			other++
			continue
		}
		if len(f.Proposals) > MaxProposals {
			break
		}
		f.Proposals = append(f.Proposals, kftrayForward(o, i+1))
	}
	if other > 0 {
		f.Ignored = append(f.Ignored, Ignored{"entries that are no forwards", other})
	}
	return f, nil
}

func kftrayForward(o object, place int) Proposal {
	p := Proposal{From: fmt.Sprintf("entry %d", place)}
	s := &p.Spec
	s.Name = o.text("alias")
	s.Target.Context, s.Target.Namespace = o.text("context"), o.text("namespace")
	kftrayTarget(&p, o)
	p.ports(o, "local_port", "remote_port")
	p.listen(o.text("local_address"))
	if o.text("protocol") == "udp" || o.text("protocol") == "UDP" {
		p.problem("it carries UDP, which the port-forward of Kubernetes does not")
	}
	if o.yes("domain_enabled") {
		p.note("its name is not written into this computer's hosts file: use localhost")
	}
	if o.yes("auto_loopback_address") && o.text("local_address") == "" {
		p.note("kftray gave it a loopback address of its own: it listens on localhost instead")
	}
	if k := o.text("kubeconfig"); k != "" && k != "default" {
		p.note("the kubeconfig that it names is not followed: choose the context, or import that kubeconfig first")
	}
	if o.yes("http_logs_enabled") {
		p.note("its HTTP requests are not logged")
	}
	return p
}

// kftrayTarget reads what a forward leads to.
func kftrayTarget(p *Proposal, o object) {
	t := &p.Spec.Target
	switch kind := o.text("workload_type"); kind {
	case "service", "":
		t.Kind, t.Name = tunnels.KindService, o.text("service")
	case "pod":
		t.Kind, t.Name = tunnels.KindSelector, o.text("target")
	case "proxy":
		t.Kind, t.Name = tunnels.KindService, o.text("service")
		p.problem("it goes through a relay in the cluster to an address outside of it, which is not done here: make a tunnel to a pod or service that reaches it")
	case "expose":
		p.problem("it lets the cluster reach this computer, which is the other way round: only tunnels into a cluster are kept here")
	default:
		k, err := tunnels.ParseKind(kind)
		p.wrong(err)
		t.Kind, t.Name = k, o.text("service")
		if t.Name == "" {
			t.Name = o.text("target")
		}
	}
}

// ports reads the mapping of a forward; a local port that is 0 or not given is any.
func (p *Proposal) ports(o object, local, remote string) {
	l, _, err := o.port(local)
	p.wrong(err)
	r, given, err := o.port(remote)
	p.wrong(err)
	if err != nil {
		return
	}
	if !given || r == 0 {
		p.problem("it names no port of its target")
		return
	}
	p.Spec.Mappings = append(p.Spec.Mappings, tunnels.Mapping{Local: tunnels.LocalPort(l), Remote: tunnels.Port{Number: r}})
}

// listen reads an address. The usual one is left out: it is localhost here.
func (p *Proposal) listen(address string) {
	switch address {
	case "", tunnels.Localhost, "127.0.0.1":
		return
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		p.note("its local address is no IP address: it listens on localhost instead")
		return
	}
	if ip.IsLoopback() && ip != netip.IPv6Loopback() {
		p.note("it listens on %s: on a Mac, that address has to be set up first", ip)
	}
	p.Spec.Listen = []string{ip.String()}
}
