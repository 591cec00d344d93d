package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"culvert/kube/portforward"
	"culvert/tunnels"
)

// transportNames are the transports as people know them.
var transportNames = map[tunnels.Via]string{
	tunnels.ViaSPDY:      "SPDY",
	tunnels.ViaWebSocket: "WebSocket",
	tunnels.ViaNode:      "the node",
}

// transportError is a refusal of the transport itself.
type transportError struct {
	via    tunnels.Via
	chosen bool // by the user
	err    error
}

func (e *transportError) Error() string { return e.err.Error() }
func (e *transportError) Unwrap() error { return e.err }

// explainTransport judges an API server, or something before it, that does not do
// the upgrade.
func (cl *cluster) explainTransport(e *tunnels.Error, refused *transportError) {
	e.Cause, e.Permanent = tunnels.CauseProtocol, refused.chosen
	where := cl.context.Server
	switch refused.via {
	case tunnels.ViaWebSocket:
		e.Err = fmt.Errorf("%s has no WebSocket tunnel for port-forwards: %w", where, refused.err)
		e.Hint = "The tunnel needs Kubernetes 1.31 or newer."
		if refused.chosen {
			e.Hint += " Use the transport spdy, or auto."
		}
	default:
		e.Err = fmt.Errorf("%s does not switch to SPDY: %w", where, refused.err)
		e.Hint = "Look for a proxy or load balancer on the way that lets no upgrades through."
		if refused.chosen {
			e.Hint = "A proxy or load balancer on the way may not let SPDY through: use the transport websocket, or auto."
		}
	}
}

// explainNode judges a node route that does not lead to the pod.
func explainNode(e *tunnels.Error, a action, node *portforward.NodeError) {
	switch node.Trouble {
	case portforward.NodePodMissing:
		e.Cause = tunnels.CauseNotFound
		e.Err = fmt.Errorf("node %s does not run this pod %s any more", node.Node, a.name)
		e.Hint = "The pod that takes its place is used as soon as it is there."
	case portforward.NodeUnknown:
		e.Cause = tunnels.CauseNotFound
		e.Err = fmt.Errorf("the cluster has no node %s", node.Node)
		e.Hint = "The pod that takes its place is used as soon as it is there."
	case portforward.NodeHandlersOff:
		e.Cause, e.Permanent = tunnels.CauseProtocol, true
		e.Err = fmt.Errorf("node %s forwards no ports: %w", node.Node, node.Err)
		e.Hint = "Its kubelet has enableDebuggingHandlers switched off; whoever runs the cluster can switch it on, or move the pod to another node."
	case portforward.NodeRouteMissing:
		e.Cause, e.Permanent = tunnels.CauseProtocol, true
		e.Err = fmt.Errorf("the API server has no proxy to node %s: %w", node.Node, node.Err)
		e.Hint = "Use the transport spdy, websocket or auto."
	}
}

// explainDial turns the attempts that failed, one or two, into one error.
func (cl *cluster) explainDial(e tunnels.Endpoint, via tunnels.Via, failed []attempt) *tunnels.Error {
	chosen := via != tunnels.ViaAuto
	if len(failed) == 1 {
		return cl.explain(failed[0].action(e), dialError(e, failed[0], chosen))
	}
	one, two := failed[0], failed[1]
	if two.via == tunnels.ViaSPDY {
		one, two = two, one
	}
	return bothReasons(one, two,
		cl.explain(one.action(e), dialError(e, one, chosen)), cl.explain(two.action(e), dialError(e, two, chosen)))
}

// bothReasons joins what two transports say. What is not about the transport
// decides, because the other one cannot help then.
func bothReasons(one, two attempt, first, second *tunnels.Error) *tunnels.Error {
	e := *first
	if first.Cause == tunnels.CauseProtocol {
		e = *second
	}
	e.RetryAfter = max(first.RetryAfter, second.RetryAfter)
	e.Raw = strings.Join(slices.Compact(slices.DeleteFunc([]string{first.Raw, second.Raw}, func(s string) bool { return s == "" })), "; ")
	refused := tunnels.CauseProtocol
	e.Permanent = (first.Permanent && (second.Permanent || second.Cause == refused)) ||
		(second.Permanent && first.Cause == refused)
	format := "%w (over %s), and %w (over %s)"
	switch {
	case first.Err.Error() == second.Err.Error():
		e.Err = first.Err
	default:
		e.Err = presentable(fmt.Errorf(format, first.Err, transportNames[one.via], second.Err, transportNames[two.via]))
	}
	return &e
}

// action says what an attempt needed a right for.
func (a attempt) action(e tunnels.Endpoint) action {
	doing := action{
		op:   dialOp(e),
		verb: "create", resource: "pods/portforward", namespace: e.Namespace, name: e.Pod,
	}
	denied, ok := errors.AsType[*portforward.StatusError](a.err)
	if !ok || denied.Code != http.StatusForbidden {
		return doing
	}
	if a.via == tunnels.ViaNode {
		return action{op: doing.op, verb: "create", resource: "nodes/proxy"}
	}
	// Since Kubernetes 1.35 the tunnel needs the right to create, too.
	if a.via == tunnels.ViaWebSocket && !strings.Contains(denied.Message, "cannot create ") {
		doing.verb = "get"
	}
	return doing
}

// dialError makes the errors of package portforward those that explain judges.
func dialError(e tunnels.Endpoint, a attempt, chosen bool) error {
	if _, ok := errors.AsType[*portforward.NodeError](a.err); ok {
		return a.err
	}
	if wrong, ok := errors.AsType[*portforward.ProtocolError](a.err); ok {
		return &transportError{a.via, chosen, wrong}
	}
	if st, ok := errors.AsType[*portforward.StatusError](a.err); ok {
		if handlersOff(st) {
			return &portforward.NodeError{Trouble: portforward.NodeHandlersOff, Node: e.Node, Err: st}
		}
		r := &responseError{
			Code: st.Code, Reason: clean(st.Reason, mostText), Message: clean(st.Message, mostMessage),
			RetryAfter: st.RetryAfter, Location: clean(st.Location, mostText), Page: st.Code == http.StatusOK,
		}
		if refusesUpgrade(st) {
			return &transportError{a.via, chosen, r}
		}
		return r
	}
	if p, ok := errors.AsType[*portforward.ProxyError](a.err); ok {
		return &proxyError{p.Proxy, p.Code}
	}
	if c, ok := errors.AsType[*portforward.CredentialsError](a.err); ok && errors.Is(c.Err, context.DeadlineExceeded) {
		return errPluginHangs
	}
	return a.err
}
