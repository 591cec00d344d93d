package peers

import (
	"fmt"
	"strings"
)

// Peer is one of those that are compared.
type Peer struct {
	Name    string // short and unique
	Title   string // the head of its column
	About   string // what it is, in one sentence
	program func(Programs) []string
	verb    []string
	env     []string
}

// Programs are the paths of what the peers run.
type Programs struct {
	Culvert, Kubectl, Library string
}

// again runs a command over and over, as people do with kubectl. The command
// dies with the shell.
const again = `trap 'kill $child 2>/dev/null; wait $child; exit 0' TERM
while :; do
	setpriv --pdeathsig KILL "$@" & child=$!; wait $child
	sleep 1 & child=$!; wait $child
done`

// Peers returns all, Culvert first.
func Peers() []Peer {
	kubectl := func(p Programs) []string { return []string{p.Kubectl} }
	webSockets := "KUBECTL_PORT_FORWARD_WEBSOCKETS="
	return []Peer{
		{
			Name: "culvert", Title: "Culvert", About: "`kubectl-culvert forward`, without flags",
			program: func(p Programs) []string { return []string{p.Culvert} }, verb: []string{"forward"},
		},
		{
			Name: "kubectl", Title: "kubectl", About: "`kubectl port-forward` over a WebSocket, its default",
			program: kubectl, verb: []string{"port-forward"}, env: []string{webSockets + "true"},
		},
		{
			Name: "kubectl-spdy", Title: "kubectl, SPDY", About: "the same with `KUBECTL_PORT_FORWARD_WEBSOCKETS=false`",
			program: kubectl, verb: []string{"port-forward"}, env: []string{webSockets + "false"},
		},
		{
			Name: "kubectl-loop", Title: "kubectl in a loop", About: "`while :; do kubectl port-forward …; sleep 1; done` in a shell",
			program: func(p Programs) []string { return []string{"sh", "-c", again, "sh", p.Kubectl} },
			verb:    []string{"port-forward"}, env: []string{webSockets + "true"},
		},
		{
			Name: "forwarder", Title: "anthhub/forwarder", About: "the Go library, in the smallest program that uses it (SPDY)",
			program: func(p Programs) []string { return []string{p.Library} },
		},
	}
}

// Target is what is forwarded to, and where from.
type Target struct {
	Namespace string
	Name      string // as "pod/web"
	Ports     []Mapping
}

// Mapping leads from a port of the client's machine to one of the target, which
// is a number or a name.
type Mapping struct {
	Local  int
	Remote string
}

// command returns the program with its arguments.
func (p Peer) command(programs Programs, t Target) []string {
	args := append(p.program(programs), p.verb...)
	args = append(args, "-n", t.Namespace, t.Name)
	for _, m := range t.Ports {
		args = append(args, fmt.Sprintf("%d:%s", m.Local, m.Remote))
	}
	return args
}

// selected returns the peers whose names are in a list, or all for an empty one.
func selected(names string) ([]Peer, error) {
	all := Peers()
	if names == "" {
		return all, nil
	}
	var some []Peer
	for name := range strings.SplitSeq(names, ",") {
		found := false
		for _, p := range all {
			if p.Name == name {
				some, found = append(some, p), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no peer %q", name)
		}
	}
	return some, nil
}
