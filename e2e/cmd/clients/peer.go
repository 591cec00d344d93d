package main

// peer is one of those that are compared, each as it comes: Culvert without
// --via, kubectl with its default transport.
type peer string

const (
	culvert peer = "culvert"
	kubectl peer = "kubectl"
)

// args returns what comes before the pod and its ports on the command line.
func (p peer) args() []string {
	if p == kubectl {
		return []string{"port-forward"}
	}
	return []string{"forward", "-o", "json"}
}

// order returns who goes first in a round: nobody is always the first.
func order(round int) []peer {
	if round%2 == 1 {
		return []peer{kubectl, culvert}
	}
	return []peer{culvert, kubectl}
}
