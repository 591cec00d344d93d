package portforward

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// NodeTrouble is what is wrong with the way through a node.
type NodeTrouble uint8

// The troubles of the node route.
const (
	// NodeRouteMissing means that the API server knows no proxy to nodes, neither
	// today's nor the older ones.
	NodeRouteMissing NodeTrouble = iota
	NodeUnknown                  // the cluster has no such node
	NodePodMissing               // the node does not run the pod, or another one of that name
	NodeHandlersOff              // the node's server has its debugging handlers switched off
)

// NodeError means that the node route does not lead to the pod.
type NodeError struct {
	Trouble NodeTrouble
	Node    string
	Err     *StatusError
}

// Error says which part of the way is missing.
func (e *NodeError) Error() string {
	switch e.Trouble {
	case NodeUnknown:
		return fmt.Sprintf("the cluster has no node %s: %v", e.Node, e.Err)
	case NodePodMissing:
		return fmt.Sprintf("node %s does not have the pod: %v", e.Node, e.Err)
	case NodeHandlersOff:
		return fmt.Sprintf("node %s has its debugging handlers switched off: %v", e.Node, e.Err)
	case NodeRouteMissing:
	}
	return fmt.Sprintf("the API server has no proxy to node %s: %v", e.Node, e.Err)
}

// Unwrap returns the answer that told so.
func (e *NodeError) Unwrap() error { return e.Err }

// nodeURLs returns the pod's endpoints by way of its node in the order to try.
// The last two are those of servers of long ago; root /proxy left Kubernetes in
// 1.10. The uid makes the node refuse another pod of the same name. A static pod,
// which is called after its node, has another uid there than at the API server.
func (d *Dialer) nodeURLs(pod PodRef) []*url.URL {
	node, ns, name := url.PathEscape(pod.Node), url.PathEscape(pod.Namespace), url.PathEscape(pod.Name)
	current := d.base.JoinPath("api", "v1", "nodes", node, "proxy", "portForward", ns, name)
	if pod.UID != "" && !strings.HasSuffix(pod.Name, "-"+pod.Node) {
		current = current.JoinPath(url.PathEscape(pod.UID))
	}
	return []*url.URL{
		current,
		d.base.JoinPath("proxy", "nodes", node, "portForward", ns, name),
		d.base.JoinPath("proxy", "minions", node, "portForward", ns, name),
	}
}

// connectNode upgrades a request to the pod's node, on the first path that the
// API server knows.
func (d *Dialer) connectNode(ctx context.Context, pod PodRef) (*upgraded, error) {
	if pod.Node == "" {
		return nil, errors.New("the pod's node is not known")
	}
	var missing *NodeError
	for _, to := range d.nodeURLs(pod) {
		conn, err := d.connect(ctx, ask{to: to})
		answer, answered := errors.AsType[*StatusError](err)
		if !answered {
			return conn, err
		}
		trouble, told := nodeTrouble(answer)
		switch {
		case told && trouble != NodeRouteMissing:
			return nil, &NodeError{trouble, pod.Node, answer}
		case missing != nil && (told || answer.Code == http.StatusForbidden):
			// Who may use the API's paths only is refused the others, which may
			// not even exist.
			continue
		case !told:
			return nil, err
		}
		missing = &NodeError{NodeRouteMissing, pod.Node, answer}
	}
	return nil, missing
}

// nodeTrouble reads which part of the way is missing; told is false when the
// answer is about something else. The texts are those of the kubelet (pkg/kubelet/server)
// and of the API server.
func nodeTrouble(a *StatusError) (trouble NodeTrouble, told bool) {
	switch {
	case a.Code == http.StatusMethodNotAllowed && strings.Contains(a.Message, "ebug"):
		return NodeHandlersOff, true
	case a.Code == http.StatusMethodNotAllowed && a.Reason == "":
		return NodeHandlersOff, true // other words, but not the API server's
	case a.Code == http.StatusMethodNotAllowed:
		return NodeRouteMissing, true
	case a.Code != http.StatusNotFound:
		return 0, false
	case strings.Contains(a.Message, "pod does not exist"), strings.Contains(a.Message, "pod not found"):
		return NodePodMissing, true
	case strings.HasPrefix(a.Message, "nodes ") || strings.HasPrefix(a.Message, "minions "):
		return NodeUnknown, true
	}
	return NodeRouteMissing, true
}
