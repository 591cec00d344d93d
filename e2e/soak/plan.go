package soak

import (
	"fmt"
	"slices"
	"strings"

	"culvert/e2e/chaos"
	"culvert/kube/kubetest/demopod"
)

// workload is what runs in the cluster.
type workload struct {
	chaos.Workload
	replicas int
}

// workloads are those of all tunnels, in four namespaces. Each but a bare pod has a
// service of its name.
func workloads() []workload {
	w := func(kind chaos.Kind, namespace, name string, replicas int) workload {
		return workload{chaos.Workload{Kind: kind, Namespace: namespace, Name: name}, replicas}
	}
	return []workload{
		w(chaos.Deployment, "shop", "web", 2),
		w(chaos.Deployment, "shop", "api", 2),
		w(chaos.StatefulSet, "data", "db", 2),
		w(chaos.StatefulSet, "data", "cache", 1),
		w(chaos.Deployment, "build", "ci", 1),
		w(chaos.BarePod, "build", "runner", 1),
		w(chaos.Deployment, "edge", "proxy", 1),
		w(chaos.BarePod, "edge", "tool", 1),
	}
}

// namespaces of workloads.
func namespaces() []string {
	var all []string
	for _, w := range workloads() {
		if !slices.Contains(all, w.Namespace) {
			all = append(all, w.Namespace)
		}
	}
	return all
}

// port is a port of the pods that tunnels lead to.
type port struct {
	name   string
	number uint16
}

// ports are the pods' and the services'; the services have the same numbers less 9000.
func ports() []port {
	return []port{
		{"echo", demopod.PortEcho},
		{"http", demopod.PortHTTPAlt},
		{"stream", demopod.PortStream},
		{"sink", demopod.PortSink},
		{"late", demopod.PortLate},
	}
}

// plan is one tunnel.
type plan struct {
	name     string
	context  string
	target   string
	workload chaos.Workload
	addresses,
	ports []string
	policy, via string
	carries     []string // names of ports, the first of which is echo
}

// The contexts of the kubeconfig: who one is by a certificate, and by a token.
const (
	byCertificate = "certificate"
	byToken       = "token"
)

// firstPort is the first of the fixed local ports. They are below those that systems
// choose by themselves.
const firstPort = 18000

// plans returns n tunnels. They go through the targets again and again, each time with
// other ports, addresses, policies, transports and contexts.
func plans(n int) []plan {
	targets := targetsOf(workloads())
	addresses := [][]string{{"localhost"}, {"127.0.0.1"}, {"::1"}, {"127.0.0.2", "::1"}}
	policies := []string{"sticky", "newest", "round-robin"}
	vias := []string{"auto", "auto", "websocket", "spdy"}
	var all []plan
	for i := range n {
		t := targets[i%len(targets)]
		turn := i/len(targets) + i
		p := plan{
			name: fmt.Sprintf("t%02d-%s", i+1, t.workload.Name), target: t.text, workload: t.workload,
			context: []string{byCertificate, byToken}[turn%2], addresses: addresses[turn%len(addresses)],
			policy: policies[turn%len(policies)], via: vias[turn%len(vias)],
		}
		if t.workload.Kind == chaos.BarePod || t.one {
			p.policy = "sticky"
		}
		p.takePorts(i, turn, t)
		all = append(all, p)
	}
	return all
}

// takePorts gives a tunnel the echo and two of the other ports, by name or number, at
// random or fixed local ports.
func (p *plan) takePorts(i, turn int, t target) {
	all := ports()
	others := all[1:]
	taken := []port{all[0], others[turn%len(others)], others[(turn+1+i%2)%len(others)]}
	for k, one := range taken {
		remote := one.name
		if (turn+k)%2 == 0 {
			remote = fmt.Sprint(one.number)
			if t.service {
				remote = fmt.Sprint(one.number - 9000)
			}
		}
		local := ""
		if turn%3 != 0 {
			local = fmt.Sprint(firstPort + 10*i + k)
		}
		p.ports = append(p.ports, local+":"+remote)
		p.carries = append(p.carries, one.name)
	}
}

// target is what a tunnel leads to.
type target struct {
	text     string
	workload chaos.Workload
	service  bool
	one      bool // it is one pod by its name
}

// targetsOf names workloads in all ways.
func targetsOf(all []workload) []target {
	var out []target
	add := func(w workload, text string) {
		out = append(out, target{text, w.Workload, strings.HasPrefix(text, "svc/"), strings.HasPrefix(text, "pod/")})
	}
	for _, w := range all {
		if w.Kind != chaos.BarePod {
			add(w, "svc/"+w.Name)
		}
	}
	for _, w := range all {
		switch w.Kind {
		case chaos.Deployment:
			add(w, "deploy/"+w.Name)
		case chaos.StatefulSet:
			add(w, "sts/"+w.Name)
			add(w, "pod/"+w.Name+"-0")
		case chaos.BarePod:
			add(w, "pod/"+w.Name)
		}
	}
	add(all[0], "selector/app="+all[0].Name)
	return out
}

// profile is the file for `culvert up`.
func profile(all []plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nname: soak\ntunnels:\n")
	for _, p := range all {
		fmt.Fprintf(&b, "- {name: %s, context: %s, namespace: %s, target: %q, ports: [%s], address: [%s], policy: %s, via: %s}\n",
			p.name, p.context, p.workload.Namespace, p.target, quoted(p.ports), quoted(p.addresses), p.policy, p.via)
	}
	return b.String()
}

func quoted(all []string) string {
	var out []string
	for _, s := range all {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return strings.Join(out, ", ")
}
