package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// target is a service, a slice or a workload, as far as the table looks at it.
type target struct {
	Kind       string
	APIVersion string
	Metadata   struct {
		Name, Namespace, UID, GenerateName string
		DeletionTimestamp                  *time.Time
		Generation                         int
		Labels, Annotations                map[string]string
		OwnerReferences                    []struct {
			APIVersion, Kind, Name, UID    string
			Controller, BlockOwnerDeletion bool
		}
	}
	Spec struct {
		// Of a service.
		Type, ClusterIP, ExternalName string
		PublishNotReadyAddresses      bool
		Ports                         []struct {
			Name, Protocol string
			Port           int
			TargetPort     any
		}
		// Of workloads.
		Replicas, Parallelism, Completions *int
		CompletionMode, ServiceName        string
		Selector                           json.RawMessage
		Template                           struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				Containers []struct {
					Ports []struct {
						Name, Protocol string
						ContainerPort  int
					}
				}
			}
		}
		// Of a cron job.
		Schedule string
		Suspend  *bool
		// Of a pod.
		NodeName, RestartPolicy string
	}
	Status struct {
		Phase                                      string
		ObservedGeneration                         int
		Replicas, ReadyReplicas, AvailableReplicas int
		UpdatedReplicas, DesiredNumberScheduled    int
		NumberReady, Active, Succeeded             int
		StartTime                                  *time.Time
		Conditions                                 []struct{ Type, Status string }
		CurrentNumberScheduled, NumberAvailable    int
	}
	// Of a slice.
	AddressType string
	Endpoints   []struct {
		Addresses  []string
		Conditions struct{ Ready, Serving, Terminating *bool }
		TargetRef  *struct{ Kind, Name, Namespace, UID string }
		NodeName   string
	}
	Ports []struct {
		Name, Protocol string
		Port           int
	}
}

// targetResource is a resource of the API whose objects a tunnel may lead to.
type targetResource struct{ group, name, kind string }

func (r targetResource) qualified() string { return strings.TrimSuffix(r.name+"."+r.group, ".") }

func (r targetResource) root() string {
	if r.group == "" {
		return "/api/v1"
	}
	return "/apis/" + r.group + "/v1"
}

var (
	pods        = targetResource{"", "pods", "Pod"}
	services    = targetResource{"", "services", "Service"}
	controllers = targetResource{"", "replicationcontrollers", "ReplicationController"}
	slicesOf    = targetResource{"discovery.k8s.io", "endpointslices", "EndpointSlice"}
	deployments = targetResource{"apps", "deployments", "Deployment"}
	sets        = targetResource{"apps", "replicasets", "ReplicaSet"}
	stateful    = targetResource{"apps", "statefulsets", "StatefulSet"}
	daemons     = targetResource{"apps", "daemonsets", "DaemonSet"}
	jobs        = targetResource{"batch", "jobs", "Job"}
	cronJobs    = targetResource{"batch", "cronjobs", "CronJob"}
	configs     = targetResource{"apps.openshift.io", "deploymentconfigs", "DeploymentConfig"}
)

func targetResources() []targetResource {
	return []targetResource{pods, services, controllers, slicesOf, deployments, sets, stateful, daemons, jobs, cronJobs, configs}
}

func (c *client) in(r targetResource, rest ...string) string {
	return r.root() + "/namespaces/" + c.Namespace + "/" + strings.Join(append([]string{r.name}, rest...), "/")
}

// one returns an object.
func (c *client) one(t *testing.T, r targetResource, name string) target {
	t.Helper()
	a := c.get(t, c.in(r, name))
	var got target
	if err := json.Unmarshal([]byte(a.text), &got); err != nil || a.code != http.StatusOK {
		t.Fatalf("%s %s: %d %s, %v", r.name, name, a.code, a.text, err)
	}
	version := strings.TrimPrefix(r.group+"/v1", "/")
	if got.Kind != r.kind || got.APIVersion != version || got.Metadata.UID == "" || got.Metadata.Name != name {
		t.Errorf("%s is a %s %s %+v", name, got.APIVersion, got.Kind, got.Metadata)
	}
	return got
}

// all returns the objects that a query selects.
func (c *client) all(t *testing.T, r targetResource, query string) []target {
	t.Helper()
	a := c.get(t, c.in(r)+"?"+query)
	var list struct {
		Kind  string
		Items []target
	}
	if err := json.Unmarshal([]byte(a.text), &list); err != nil || a.code != http.StatusOK || list.Kind != r.kind+"List" {
		t.Fatalf("%s: %d %s, %v", r.name, a.code, a.text, err)
	}
	return list.Items
}

// slices returns a service's slices.
func (c *client) slices(t *testing.T, service string) []target {
	t.Helper()
	return c.all(t, slicesOf, "labelSelector=kubernetes.io/service-name%3D"+service)
}

// until asks again and again until the answer is as it is to be, for a cluster's
// controllers take their time.
func until(t *testing.T, what string, ok func() (any, bool)) {
	t.Helper()
	limit := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		got, done := ok()
		if done {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited for %s; the last answer is %+v", what, got)
		}
	}
}

func targetExpectations() []expectation {
	return []expectation{
		{"services are shown", serviceShapes},
		{"slices hold the pods of a service", webSlices},
		{"a named target port splits slices by number", mixedSlices},
		{"a headless service has slices", headlessSlices},
		{"pods that are not ready are in slices", unreadySlices},
		{"services without pods", emptyServices},
		{"a deployment has a replica set, which has pods", deploymentShape},
		{"a stateful set names its pods", statefulShape},
		{"a daemon set has a pod on the node", daemonShape},
		{"a replication controller has pods", controllerShape},
		{"jobs have pods", jobShapes},
		{"deployment configs and projects", openShift},
		{"every resource can be looked for", everyResource},
		{"the reviews tell what a user may do", reviews},
		{"rights for one name reach as far as the name", namedRights},
		{"a pod that ends stays in its slice", terminatingSlices},
	}
}

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
