package kubetest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/kube/kubetest"
)

// thing is an object as the tests of workloads read it.
type thing struct {
	Metadata struct {
		Name, UID         string
		DeletionTimestamp string
		Labels            map[string]string
		OwnerReferences   []struct {
			Kind, Name, UID string
			Controller      bool
		}
	}
	Spec struct {
		Replicas *int
		Selector any
	}
	Status struct {
		Phase                                       string
		Replicas, ReadyReplicas, Succeeded, Failed  int
		Active                                      any
		Conditions                                  []struct{ Type, Status string }
		NumberReady, UpdatedReplicas, LatestVersion int
	}
	AddressType string
	Ports       []struct {
		Name, Protocol string
		Port           int
	}
	Endpoints []struct {
		Addresses  []string
		Conditions struct{ Ready, Serving, Terminating bool }
		TargetRef  struct{ Kind, Name, Namespace, UID string }
		NodeName   string
	}
}

func (a *api) list(path string) []thing {
	a.t.Helper()
	r := a.get(path)
	if r.Code != http.StatusOK {
		a.t.Fatalf("%s: %d %s", path, r.Code, r.Text)
	}
	var l struct{ Items []thing }
	if err := json.Unmarshal([]byte(r.Text), &l); err != nil {
		a.t.Fatal(err)
	}
	return l.Items
}

func thingNames(things []thing) string {
	var out []string
	for _, x := range things {
		out = append(out, x.Metadata.Name)
	}
	return strings.Join(out, " ")
}

const (
	podsPath   = "/api/v1/namespaces/default/pods"
	slicesPath = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
	appsPath   = "/apis/apps/v1/namespaces/default/"
)

func idle(labels map[string]string) kubetest.Pod {
	return kubetest.Pod{Labels: labels, Workload: kubetest.Idle, Ports: []kubetest.Port{{Name: "http", Number: 8080}}}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestRollout takes a rollout step by step: no pod more than one too many, and
// no old one less before a new one is ready.
func TestRollout(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Options{Objects: []kubetest.Object{
		kubetest.Deployment{Name: "web", Replicas: 2, Template: idle(map[string]string{"app": "web"})},
		kubetest.Service{Name: "web", Selector: map[string]string{"app": "web"}, Ports: []kubetest.ServicePort{{Name: "http", Port: 80, Target: "http"}}},
	}})
	a := newAPI(t, config(t, s, "demo"))
	before := a.list(podsPath)
	sets := a.list(appsPath + "replicasets")
	if len(before) != 2 || len(sets) != 1 || before[0].Metadata.OwnerReferences[0].UID != sets[0].Metadata.UID {
		t.Fatalf("there are the pods %s and the sets %s", thingNames(before), thingNames(sets))
	}
	must(t, s.Rollout("default", "web", func(p *kubetest.Pod) { p.Image, p.NotReady = "web:2", true }))
	for step := range 2 {
		young := slices.DeleteFunc(a.list(podsPath), func(p thing) bool {
			return p.Metadata.DeletionTimestamp != "" || slices.ContainsFunc(before, func(b thing) bool { return b.Metadata.UID == p.Metadata.UID })
		})
		if len(young) != step+1 {
			t.Fatalf("in step %d there are the new pods %s", step, thingNames(young))
		}
		for _, p := range young {
			must(t, s.UpdatePod("default", p.Metadata.Name, func(p *kubetest.Pod) { p.NotReady = false }))
		}
	}
	within(t, "the old pods", func() error {
		for len(a.list(podsPath)) != 2 {
			continue
		}
		return nil
	})
	d := a.list(appsPath + "deployments")[0]
	if d.Status.ReadyReplicas != 2 || d.Status.UpdatedReplicas != 2 {
		t.Errorf("the status is %+v", d.Status)
	}
	if sets := a.list(appsPath + "replicasets"); len(sets) != 2 || *sets[0].Spec.Replicas+*sets[1].Spec.Replicas != 2 {
		t.Errorf("there are the sets %s", thingNames(sets))
	}
	slice := a.list(slicesPath)[0]
	if len(slice.Endpoints) != 2 || slice.Ports[0].Port != 8080 || !slice.Endpoints[0].Conditions.Ready {
		t.Errorf("the slice is %+v", slice)
	}
}

func TestReplicasFollow(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Options{OpenShift: true})
	a := newAPI(t, config(t, s, "demo"))
	must(t,
		s.AddDeployment(kubetest.Deployment{Name: "web", Replicas: 1, Template: idle(nil)}),
		s.AddStatefulSet(kubetest.StatefulSet{Name: "db", Replicas: 2, Template: idle(nil)}),
		s.AddDaemonSet(kubetest.DaemonSet{Name: "agent", Nodes: []string{"node-1", "node-2"}, Template: idle(nil)}),
		s.AddReplicationController(kubetest.ReplicationController{Name: "old", Replicas: 1, Template: idle(nil)}),
		s.AddDeploymentConfig(kubetest.DeploymentConfig{Name: "dc", Replicas: 1, Template: idle(nil)}),
	)
	want := func(label string, n int) []thing {
		t.Helper()
		var got []thing
		within(t, label, func() error {
			for got = a.list(podsPath + "?labelSelector=" + label); len(got) != n; got = a.list(podsPath + "?labelSelector=" + label) {
				continue
			}
			return nil
		})
		return got
	}
	for _, app := range []string{"app%3Dweb", "app%3Ddb", "app%3Dagent", "app%3Dold", "deploymentconfig%3Ddc"} {
		n := map[string]int{"app%3Ddb": 2, "app%3Dagent": 2}[app]
		pod := want(app, max(n, 1))[0].Metadata
		must(t, s.DeletePod("default", pod.Name))
		after := want(app, max(n, 1))
		if slices.ContainsFunc(after, func(p thing) bool { return p.Metadata.UID == pod.UID }) {
			t.Errorf("%s: the pod that was deleted is there", app)
		}
		if same := slices.ContainsFunc(after, func(p thing) bool { return p.Metadata.Name == pod.Name }); same != (app == "app%3Ddb") {
			t.Errorf("%s: the same name is %v", app, same)
		}
	}
	must(t, s.Scale("default", "Deployment", "web", 3), s.Scale("default", "StatefulSet", "db", 1), s.Scale("default", "DeploymentConfig", "dc", 0))
	want("app%3Dweb", 3)
	if left := want("app%3Ddb", 1); left[0].Metadata.Name != "db-0" || left[0].Metadata.Labels["apps.kubernetes.io/pod-index"] != "0" {
		t.Errorf("of db are left %+v", left)
	}
	want("deploymentconfig%3Ddc", 0)
	must(t, s.RolloutConfig("default", "dc", func(p *kubetest.Pod) { p.Image = "2" }), s.Scale("default", "DeploymentConfig", "dc", 1))
	if p := want("deploymentconfig%3Ddc", 1)[0].Metadata; p.Labels["deployment"] != "dc-2" || p.OwnerReferences[0].Kind != "ReplicationController" {
		t.Errorf("the config's pod is %+v", p)
	}
	must(t, s.DeleteWorkload("default", "Deployment", "web"))
	want("app%3Dweb", 0)
	if left := a.list(appsPath + "replicasets"); len(left) != 0 {
		t.Errorf("the sets %s are left", thingNames(left))
	}
	if err := s.Scale("default", "DaemonSet", "agent", 1); err == nil {
		t.Error("a daemon set is scaled")
	}
	if err := s.AddDeployment(kubetest.Deployment{Name: "x", Replicas: 1, Template: kubetest.Pod{Phase: "Failed"}}); err == nil {
		t.Error("a deployment of failed pods is taken")
	}
}

func TestJobs(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Options{})
	a := newAPI(t, config(t, s, "demo"))
	const jobs = "/apis/batch/v1/namespaces/default/jobs"
	must(t,
		s.AddJob(kubetest.Job{Name: "sum", Completions: 2, Indexed: true, Template: idle(nil)}),
		s.AddCronJob(kubetest.CronJob{Name: "backup", Job: kubetest.Job{Template: idle(nil)}}),
	)
	for index := range 2 {
		pods := a.list(podsPath + "?fieldSelector=status.phase%3DRunning&labelSelector=job-name%3Dsum")
		if len(pods) != 1 || pods[0].Metadata.Labels["batch.kubernetes.io/job-completion-index"] != fmt.Sprint(index) {
			t.Fatalf("the running pods are %+v", pods)
		}
		must(t, s.UpdatePod("default", pods[0].Metadata.Name, func(p *kubetest.Pod) { p.Phase = "Succeeded" }))
	}
	if j := a.list(jobs)[0]; j.Status.Succeeded != 2 || len(j.Status.Conditions) == 0 || j.Status.Conditions[1].Type != "Complete" {
		t.Errorf("the job is %+v", j)
	}
	name, err := s.RunCronJob("default", "backup")
	must(t, err)
	j := a.list(jobs + "?fieldSelector=metadata.name%3D" + name)[0]
	c := a.list("/apis/batch/v1/namespaces/default/cronjobs")[0]
	if j.Metadata.OwnerReferences[0].UID != c.Metadata.UID || fmt.Sprint(c.Status.Active) == "<nil>" {
		t.Errorf("the job is %+v, the cron job %+v", j, c)
	}
	for range 7 {
		pods := a.list(podsPath + "?fieldSelector=status.phase%3DRunning&labelSelector=job-name%3D" + name)
		if len(pods) != 1 {
			t.Fatalf("the running pods are %s", thingNames(pods))
		}
		must(t, s.UpdatePod("default", pods[0].Metadata.Name, func(p *kubetest.Pod) { p.Phase = "Failed" }))
	}
	if j := a.list(jobs + "?fieldSelector=metadata.name%3D" + name)[0]; j.Status.Failed != 7 || j.Status.Conditions[1].Type != "Failed" {
		t.Errorf("the job that fails is %+v", j)
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	web := map[string]string{"app": "web"}
	old, young := idle(web), idle(web)
	old.Name, young.Name = "old", "young"
	young.Ports = []kubetest.Port{{Name: "http", Number: 9090}}
	nameless := idle(web)
	nameless.Name, nameless.Ports = "nameless", []kubetest.Port{}
	s := cluster(t, kubetest.Options{Pods: []kubetest.Pod{old, young, nameless}})
	a := newAPI(t, config(t, s, "demo"))
	must(t, s.AddService(kubetest.Service{Name: "web", Selector: web, Ports: []kubetest.ServicePort{{Name: "http", Port: 80, Target: "http"}}}))
	look := func() string {
		var out []string
		for _, sl := range a.list(slicesPath + "?labelSelector=kubernetes.io/service-name%3Dweb") {
			line := ""
			for _, p := range sl.Ports {
				line += fmt.Sprintf("%s:%d", p.Name, p.Port)
			}
			for _, e := range sl.Endpoints {
				line += fmt.Sprintf(" %s %v/%v/%v", e.TargetRef.Name, e.Conditions.Ready, e.Conditions.Serving, e.Conditions.Terminating)
			}
			out = append(out, line)
		}
		slices.Sort(out)
		return strings.Join(out, "\n")
	}
	want := func(what, slices string) {
		t.Helper()
		if got := look(); got != slices {
			t.Errorf("%s: the slices are\n%s\ninstead of\n%s", what, got, slices)
		}
	}
	want("split by number", " nameless true/true/false\nhttp:8080 old true/true/false\nhttp:9090 young true/true/false")
	must(t, s.UpdatePod("default", "old", func(p *kubetest.Pod) { p.NotReady = true }), s.DeletePod("default", "young"))
	want("after a pod is gone", " nameless true/true/false\nhttp:8080 old false/false/false")
	must(t, s.UpdateService("default", "web", func(v *kubetest.Service) { v.PublishNotReady, v.Ports[0].Target = true, "8080" }))
	want("by number", "http:8080 old true/false/false nameless true/true/false")
	must(t, s.UpdatePod("default", "nameless", func(p *kubetest.Pod) { p.Labels = nil }), s.UpdatePod("default", "old", func(p *kubetest.Pod) { p.Phase = "Failed" }))
	want("of no pods", "")
	if n := len(a.list(slicesPath)); n != 1 {
		t.Errorf("there are %d slices", n)
	}
	must(t,
		s.DeleteService("default", "web"),
		s.AddService(kubetest.Service{Name: "outside", Ports: []kubetest.ServicePort{{Port: 5432}}}),
		s.AddService(kubetest.Service{Name: "alias", ExternalName: "db.example"}),
	)
	if n := len(a.list(slicesPath)); n != 0 {
		t.Errorf("there are %d slices", n)
	}
	must(t, s.AddEndpointSlice(kubetest.EndpointSlice{
		Name: "by-hand", Service: "outside", Ports: []kubetest.SlicePort{{Port: 5432}}, Endpoints: []kubetest.Endpoint{{Addresses: []string{"192.0.2.1"}}},
	}))
	if made := a.list(slicesPath + "?labelSelector=kubernetes.io/service-name%3Doutside"); len(made) != 1 || made[0].Ports[0].Port != 5432 {
		t.Errorf("by hand is made %+v", made)
	}
	if r := a.get("/api/v1/namespaces/default/services/alias"); !strings.Contains(r.Text, `"spec":{"type":"ExternalName","externalName":"db.example"`) {
		t.Errorf("the alias is %s", r.Text)
	}
}

// TestSlicesAreSmall: the endpoints of a service that many pods serve are in
// several slices, and move as little as can be.
func TestSlicesAreSmall(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Options{Objects: []kubetest.Object{
		kubetest.Deployment{Name: "web", Replicas: 230, Template: idle(nil)},
		kubetest.Service{Name: "web", Selector: map[string]string{"app": "web"}, Ports: []kubetest.ServicePort{{Port: 80}}},
	}})
	a := newAPI(t, config(t, s, "demo"))
	before := a.list(slicesPath)
	if len(before) != 3 {
		t.Fatalf("there are %d slices", len(before))
	}
	must(t, s.DeletePod("default", before[0].Endpoints[0].TargetRef.Name))
	total := 0
	for _, sl := range a.list(slicesPath) {
		if total += len(sl.Endpoints); len(sl.Endpoints) > 100 {
			t.Errorf("a slice has %d endpoints", len(sl.Endpoints))
		}
	}
	if total != 230 {
		t.Errorf("there are %d endpoints", total)
	}
}

// TestFirstPodsAreOld: a workload's template tells the age of its first pods, not
// of those that replace them.
func TestFirstPodsAreOld(t *testing.T) {
	t.Parallel()
	template := idle(nil)
	template.Age, template.Restarts = time.Hour, 3
	s := cluster(t, kubetest.Options{Objects: []kubetest.Object{kubetest.StatefulSet{Name: "db", Replicas: 1, Template: template}}})
	a := newAPI(t, config(t, s, "demo"))
	restarts := func() bool { return strings.Contains(a.get(podsPath+"/db-0").Text, `"restartCount":3`) }
	if !restarts() {
		t.Error("the first pod has not restarted")
	}
	must(t, s.DeletePod("default", "db-0"))
	if restarts() {
		t.Error("the new pod has restarted")
	}
}

// TestCloseDuringRollout: what the controllers left under way ends with the
// server.
func TestCloseDuringRollout(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Options{Termination: time.Hour, Objects: []kubetest.Object{
		kubetest.Deployment{Name: "web", Replicas: 3},
	}})
	must(t, s.Rollout("default", "web", func(p *kubetest.Pod) { p.Image = "web:2" }))
	within(t, "Close", func() error { s.Close(); return nil })
}
