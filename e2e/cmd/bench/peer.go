package main

import "strings"

// peer is one of those that are compared.
type peer string

// The peers.
const (
	spdy             peer = "culvert-spdy"
	webSocket        peer = "culvert-websocket"
	auto             peer = "culvert-auto"
	window           peer = "culvert-window"
	kubectlSPDY      peer = "kubectl-spdy"
	kubectlWebSocket peer = "kubectl-websocket"
)

func (p peer) kubectl() bool { return strings.HasPrefix(string(p), "kubectl") }

// args returns what comes before the pod and its ports on the command line.
func (p peer) args() []string {
	switch p {
	case spdy:
		return []string{"forward", "--via", "spdy"}
	case webSocket:
		return []string{"forward", "--via", "websocket"}
	case auto, window:
		return []string{"forward"}
	default:
		return []string{"port-forward"}
	}
}

func (p peer) env() []string {
	switch p {
	case kubectlSPDY:
		return []string{"KUBECTL_PORT_FORWARD_WEBSOCKETS=false"}
	case kubectlWebSocket:
		return []string{"KUBECTL_PORT_FORWARD_WEBSOCKETS=true"}
	default:
		return nil
	}
}
