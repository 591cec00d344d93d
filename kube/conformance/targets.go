package conformance

import (
	"encoding/json"
	"net/http"
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
