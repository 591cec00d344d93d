package conformance

import (
	"net/http"
	"strings"
	"testing"
)

// refusalExpectations are those of requests that are refused, whose words differ:
// by way of the node they are all the kubelet's.
func refusalExpectations(over transport) []expectation {
	if over == overNode {
		return append(nodeExpectations(), unknownProtocol())
	}
	return []expectation{
		unknownProtocol(),
		{"a port-forward to an unknown pod is a 404", func(t *testing.T, c *client) {
			c.refusal(t, "nosuch", protocol).wantStatus(t, http.StatusNotFound, "NotFound", `pods "nosuch" not found`)
		}},
		{"a port-forward to an unscheduled pod is a 400", func(t *testing.T, c *client) {
			c.refusal(t, c.Unscheduled, protocol).
				wantStatus(t, http.StatusBadRequest, "BadRequest", "pod "+c.Unscheduled+" does not have a host assigned")
		}},
		{"a port-forward without an upgrade is a 400", func(t *testing.T, c *client) {
			method, _ := over.request(protocol)
			c.do(t, c.admin, method, c.pods(c.Pod, "portforward"), nil).
				wantStatus(t, http.StatusBadRequest, "BadRequest", "Upgrade request required")
		}},
	}
}

func unknownProtocol() expectation {
	return expectation{"an unknown protocol is refused by the node", func(t *testing.T, c *client) {
		a := c.refusal(t, c.Pod, "nosuch.k8s.io")
		if a.code != http.StatusForbidden || !strings.Contains(a.text, "unable to negotiate protocol") ||
			a.header.Get("X-Accepted-Stream-Protocol-Versions") != protocol {
			t.Errorf("got %d %v %s", a.code, a.header, a.text)
		}
	}}
}

func nodeExpectations() []expectation {
	missing := func(pod, says string) func(*testing.T, *client) {
		return func(t *testing.T, c *client) {
			name := strings.ReplaceAll(pod, "POD", c.Pod)
			if a := c.refusal(t, name, protocol); a.code != http.StatusNotFound || !strings.Contains(a.text, says) {
				t.Errorf("got %d %s", a.code, a.text)
			}
		}
	}
	return []expectation{
		{"a port-forward to an unknown pod is a 404", missing("nosuch", "pod does not exist")},
		{"a port-forward to another pod of the name is a 404", missing("POD/nosuch", "pod not found")},
		{"an unknown node is a 404", func(t *testing.T, c *client) {
			method, header := c.over.request(protocol)
			a := c.do(t, c.admin, method, "/api/v1/nodes/nosuch/proxy/portForward/"+c.Namespace+"/"+c.Pod, header)
			a.wantStatus(t, http.StatusNotFound, "NotFound", `nodes "nosuch" not found`)
		}},
		{"the paths of long ago are not there", func(t *testing.T, c *client) {
			method, header := c.over.request(protocol)
			for _, prefix := range []string{"/proxy/nodes/", "/proxy/minions/"} {
				a := c.do(t, c.admin, method, prefix+"nosuch/portForward/"+c.Namespace+"/"+c.Pod, header)
				if a.code != http.StatusNotFound || strings.Contains(a.text, "pod does not exist") {
					t.Errorf("%s: got %d %s", prefix, a.code, a.text)
				}
			}
		}},
	}
}
