package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func serviceShapes(t *testing.T, c *client) {
	describe := func(v target) string {
		s := v.Spec.Type
		if v.Spec.ExternalName != "" {
			s += " " + v.Spec.ExternalName
		}
		switch v.Spec.ClusterIP {
		case "", "None":
			s += " " + v.Spec.ClusterIP
		default:
			s += " address"
		}
		for _, p := range v.Spec.Ports {
			s += fmt.Sprintf(", %s %s %d %T %v", p.Name, p.Protocol, p.Port, p.TargetPort, p.TargetPort)
		}
		return s + " " + string(v.Spec.Selector) + fmt.Sprint(" ", v.Spec.PublishNotReadyAddresses)
	}
	for name, want := range map[string]string{
		"web":       `ClusterIP address, http TCP 80 string http, echo TCP 7 float64 9001 {"app":"web"} false`,
		"headless":  `ClusterIP None,  TCP 9006 float64 9006 {"app":"web"} false`,
		"published": `ClusterIP address,  TCP 80 float64 9006 {"app":"unready"} true`,
		"outside":   `ClusterIP address,  UDP 5432 float64 5432  false`,
		"alias":     `ExternalName db.example.com   false`,
	} {
		if got := describe(c.one(t, services, name)); got != want {
			t.Errorf("%s is\n%s\ninstead of\n%s", name, got, want)
		}
	}
}

// endpoints describes the endpoints of slices, in order.
func endpoints(list []target) string {
	var out []string
	for _, s := range list {
		ports := make([]string, 0, len(s.Ports))
		for _, p := range s.Ports {
			ports = append(ports, fmt.Sprintf("%s/%s/%d", p.Name, p.Protocol, p.Port))
		}
		slices.Sort(ports)
		for _, e := range s.Endpoints {
			is := func(b *bool) string {
				if b == nil {
					return "?"
				}
				return map[bool]string{true: "y", false: "n"}[*b]
			}
			name := "nothing"
			if e.TargetRef != nil {
				name = e.TargetRef.Kind + "/" + e.TargetRef.Name
			}
			out = append(out, strings.Join(ports, " ")+" "+name+" "+is(e.Conditions.Ready)+is(e.Conditions.Serving)+is(e.Conditions.Terminating))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func webSlices(t *testing.T, c *client) {
	web := c.one(t, services, "web")
	until(t, "two ready endpoints", func() (any, bool) {
		got := endpoints(c.slices(t, "web"))
		return got, strings.Count(got, "echo/TCP/9001 http/TCP/9006 Pod/web-") == 2 && strings.Count(got, " yyn") == 2
	})
	for _, s := range c.slices(t, "web") {
		m := s.Metadata
		if s.AddressType != "IPv4" || m.Labels["endpointslice.kubernetes.io/managed-by"] != "endpointslice-controller.k8s.io" || !strings.HasPrefix(m.Name, "web-") {
			t.Errorf("the slice is %s %+v", s.AddressType, m)
		}
		if o := m.OwnerReferences; len(o) != 1 || o[0].Kind != "Service" || o[0].APIVersion != "v1" || o[0].UID != web.Metadata.UID || !o[0].Controller {
			t.Errorf("the slice belongs to %+v", o)
		}
		for _, e := range s.Endpoints {
			pod := c.one(t, pods, e.TargetRef.Name)
			if e.TargetRef.UID != pod.Metadata.UID || e.TargetRef.Namespace != c.Namespace || e.NodeName != pod.Spec.NodeName || len(e.Addresses) != 1 {
				t.Errorf("the endpoint %+v is of the pod %+v", e, pod.Metadata)
			}
		}
	}
}

func mixedSlices(t *testing.T, c *client) {
	const want = "http/TCP/9001 Pod/mixed-b yyn\nhttp/TCP/9006 Pod/mixed-a yyn"
	until(t, want, func() (any, bool) {
		list := c.slices(t, "mixed")
		return endpoints(list), endpoints(list) == want && len(list) == 2
	})
}

func headlessSlices(t *testing.T, c *client) {
	until(t, "two endpoints", func() (any, bool) {
		list := c.slices(t, "headless")
		return list, strings.Count(endpoints(list), "/TCP/9006 Pod/web-") == 2
	})
	if _, ok := c.slices(t, "headless")[0].Metadata.Labels["service.kubernetes.io/headless"]; !ok {
		t.Error("the slices do not say that the service is headless")
	}
}

func unreadySlices(t *testing.T, c *client) {
	for service, want := range map[string]string{
		"unready":   "/TCP/9006 Pod/" + c.Waiting + " nnn",
		"published": "/TCP/9006 Pod/" + c.Waiting + " ynn",
	} {
		until(t, want, func() (any, bool) {
			got := endpoints(c.slices(t, service))
			return got, got == want
		})
	}
}

func emptyServices(t *testing.T, c *client) {
	until(t, "a slice without endpoints", func() (any, bool) {
		list := c.slices(t, "nobody")
		return list, len(list) == 1 && len(list[0].Endpoints) == 0 && len(list[0].Ports) == 0
	})
	if list := c.slices(t, "outside"); len(list) != 1 || list[0].Metadata.Name != "outside-1" || endpoints(list) != "/UDP/5432 nothing y??" && endpoints(list) != "/UDP/5432 nothing yyn" {
		t.Errorf("the service without a selector has %+v", list)
	}
	if list := c.slices(t, "alias"); len(list) != 0 {
		t.Errorf("the external name has %+v", list)
	}
}
