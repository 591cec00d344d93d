package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// wantOwner checks who made an object.
func wantOwner(t *testing.T, made, owner target) {
	t.Helper()
	o := made.Metadata.OwnerReferences
	if len(o) != 1 || o[0].Kind != owner.Kind || o[0].APIVersion != owner.APIVersion || o[0].Name != owner.Metadata.Name ||
		o[0].UID != owner.Metadata.UID || !o[0].Controller || !o[0].BlockOwnerDeletion {
		t.Errorf("%s belongs to %+v and not to %s %s", made.Metadata.Name, o, owner.Kind, owner.Metadata.UID)
	}
}

func deploymentShape(t *testing.T, c *client) {
	until(t, "two ready pods", func() (any, bool) {
		st := c.one(t, deployments, "web").Status
		return st, st.ReadyReplicas == 2 && st.AvailableReplicas == 2 && st.UpdatedReplicas == 2 && st.Replicas == 2
	})
	d := c.one(t, deployments, "web")
	if string(d.Spec.Selector) != `{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"app","operator":"In","values":["web","old"]}]}` || *d.Spec.Replicas != 2 {
		t.Errorf("the spec is %+v, the selector %s", d.Spec, d.Spec.Selector)
	}
	template := d.Spec.Template
	if template.Metadata.Labels["app"] != "web" || fmt.Sprint(template.Spec.Containers[0].Ports) != "[{echo TCP 9001} {http TCP 9006}]" {
		t.Errorf("the template is %+v", template)
	}
	if d.Metadata.Generation != 1 || d.Status.ObservedGeneration != 1 || d.Metadata.Annotations["deployment.kubernetes.io/revision"] != "1" {
		t.Errorf("the metadata are %+v", d.Metadata)
	}
	list := c.all(t, sets, "labelSelector=app%3Dweb")
	if len(list) != 1 {
		t.Fatalf("there are %d replica sets", len(list))
	}
	set := c.one(t, sets, list[0].Metadata.Name)
	wantOwner(t, set, d)
	hash := set.Metadata.Labels["pod-template-hash"]
	if set.Metadata.Name != "web-"+hash || hash == "" || *set.Spec.Replicas != 2 || set.Status.ReadyReplicas != 2 || set.Status.AvailableReplicas != 2 {
		t.Errorf("the replica set is %+v", set)
	}
	var selector struct{ MatchLabels map[string]string }
	if err := json.Unmarshal(set.Spec.Selector, &selector); err != nil || selector.MatchLabels["pod-template-hash"] != hash || selector.MatchLabels["app"] != "web" {
		t.Errorf("the replica set selects %s", set.Spec.Selector)
	}
	pods := c.all(t, pods, "labelSelector=app%3Dweb,pod-template-hash%3D"+hash)
	if len(pods) != 2 {
		t.Errorf("there are %d pods", len(pods))
	}
	for _, p := range pods {
		wantOwner(t, p, set)
		if m := p.Metadata; !strings.HasPrefix(m.Name, set.Metadata.Name+"-") || len(m.Name) != len(set.Metadata.Name)+6 || m.GenerateName != set.Metadata.Name+"-" {
			t.Errorf("the pod is called %s by %s", m.Name, m.GenerateName)
		}
	}
}

func statefulShape(t *testing.T, c *client) {
	until(t, "two ready pods", func() (any, bool) {
		st := c.one(t, stateful, "db").Status
		return st, st.ReadyReplicas == 2 && st.Replicas == 2
	})
	set := c.one(t, stateful, "db")
	if set.Spec.ServiceName != "db" || string(set.Spec.Selector) != `{"matchLabels":{"app":"db"}}` {
		t.Errorf("the spec is %+v", set.Spec)
	}
	for n := range 2 {
		name := fmt.Sprintf("db-%d", n)
		p := c.one(t, pods, name)
		wantOwner(t, p, set)
		if l := p.Metadata.Labels; l["apps.kubernetes.io/pod-index"] != fmt.Sprint(n) || l["statefulset.kubernetes.io/pod-name"] != name ||
			!strings.HasPrefix(l["controller-revision-hash"], "db-") || l["app"] != "db" {
			t.Errorf("the labels are %v", l)
		}
	}
}

func daemonShape(t *testing.T, c *client) {
	until(t, "a ready pod", func() (any, bool) {
		st := c.one(t, daemons, "agent").Status
		return st, st.NumberReady == 1 && st.DesiredNumberScheduled == 1 && st.CurrentNumberScheduled == 1 && st.NumberAvailable == 1
	})
	list := c.all(t, pods, "labelSelector=app%3Dagent")
	if len(list) != 1 || list[0].Metadata.Labels["controller-revision-hash"] == "" || list[0].Metadata.Labels["pod-template-generation"] != "1" {
		t.Fatalf("the pods are %+v", list)
	}
	wantOwner(t, c.one(t, pods, list[0].Metadata.Name), c.one(t, daemons, "agent"))
}

func controllerShape(t *testing.T, c *client) {
	until(t, "a ready pod", func() (any, bool) {
		st := c.one(t, controllers, "old").Status
		return st, st.ReadyReplicas == 1 && st.Replicas == 1
	})
	rc := c.one(t, controllers, "old")
	if string(rc.Spec.Selector) != `{"app":"old"}` {
		t.Errorf("it selects %s", rc.Spec.Selector)
	}
	list := c.all(t, pods, "labelSelector=app%3Dold")
	if len(list) != 1 {
		t.Fatalf("the pods are %+v", list)
	}
	wantOwner(t, list[0], rc)
}

func jobShapes(t *testing.T, c *client) {
	for name, tt := range map[string]struct {
		mode string
		pods int
	}{"sum": {"NonIndexed", 1}, "indexed": {"Indexed", 2}} {
		until(t, "active pods of "+name, func() (any, bool) {
			st := c.one(t, jobs, name).Status
			return st, st.Active == tt.pods && st.StartTime != nil
		})
		job := c.one(t, jobs, name)
		if job.Spec.CompletionMode != tt.mode || *job.Spec.Completions != tt.pods || *job.Spec.Parallelism != tt.pods || *job.Spec.Suspend || len(job.Status.Conditions) > 0 {
			t.Errorf("%s is %+v %+v", name, job.Spec, job.Status)
		}
		var selector struct{ MatchLabels map[string]string }
		if err := json.Unmarshal(job.Spec.Selector, &selector); err != nil || selector.MatchLabels["batch.kubernetes.io/controller-uid"] != job.Metadata.UID {
			t.Errorf("%s selects %s", name, job.Spec.Selector)
		}
		list := c.all(t, pods, "labelSelector=job-name%3D"+name)
		if len(list) != tt.pods {
			t.Errorf("%s has %d pods", name, len(list))
		}
		for _, p := range list {
			wantOwner(t, p, job)
			l := p.Metadata.Labels
			index, indexed := l["batch.kubernetes.io/job-completion-index"]
			prefix := name + "-"
			if indexed {
				prefix += index + "-"
			}
			if l["batch.kubernetes.io/job-name"] != name || l["controller-uid"] != job.Metadata.UID || indexed != (name == "indexed") ||
				p.Metadata.Annotations["batch.kubernetes.io/job-completion-index"] != index || !strings.HasPrefix(p.Metadata.Name, prefix) || p.Spec.RestartPolicy != "Never" {
				t.Errorf("the pod of %s is %+v", name, p.Metadata)
			}
		}
	}
	until(t, "the job that has ended", func() (any, bool) {
		st := c.one(t, jobs, "ended").Status
		return st, st.Succeeded == 1 && st.Active == 0
	})
	conditions := fmt.Sprint(c.one(t, jobs, "ended").Status.Conditions)
	if conditions != "[{SuccessCriteriaMet True} {Complete True}]" {
		t.Errorf("the conditions at the end are %s", conditions)
	}
	cron := c.one(t, cronJobs, "nightly")
	if cron.Spec.Schedule != "0 3 * * *" || cron.Spec.Suspend == nil || !*cron.Spec.Suspend {
		t.Errorf("the cron job is %+v", cron.Spec)
	}
}

func openShift(t *testing.T, c *client) {
	dc := c.one(t, configs, "dc")
	if *dc.Spec.Replicas != 1 || string(dc.Spec.Selector) != `{"app":"dc"}` {
		t.Errorf("the deployment config is %+v, selecting %s", dc.Spec, dc.Spec.Selector)
	}
	a := c.get(t, "/apis/project.openshift.io/v1/projects")
	found := false
	for _, p := range a.object.Items {
		found = found || p.Metadata.Name == c.Namespace
	}
	if a.code != http.StatusOK || a.object.Kind != "ProjectList" || !found {
		t.Errorf("the projects are %d %s", a.code, a.text)
	}
	one := c.get(t, "/apis/project.openshift.io/v1/projects/"+c.Namespace)
	if one.code != http.StatusOK || one.object.Kind != "Project" {
		t.Errorf("the project is %d %s", one.code, one.text)
	}
}

// terminatingSlices deletes a pod of a deployment: it stays an endpoint that
// serves, but is not ready, while it ends, and another one takes its place.
func terminatingSlices(t *testing.T, c *client) {
	pod := c.slices(t, "web")[0].Endpoints[0].TargetRef.Name
	version := c.get(t, c.in(slicesOf)).object.Metadata.ResourceVersion
	w := c.watchOf(t, c.in(slicesOf), "labelSelector=kubernetes.io/service-name%3Dweb&resourceVersion="+version)
	if a := c.do(t, c.admin, http.MethodDelete, c.pods(pod)+"?gracePeriodSeconds=5", nil); a.code != http.StatusOK {
		t.Fatalf("the deletion gives %d %s", a.code, a.text)
	}
	ending, others := false, false
	for !ending || !others {
		var e struct {
			Type   string
			Object target
		}
		if err := within(t, "a change of the slices", func() error { return w.dec.Decode(&e) }); err != nil {
			t.Fatal(err)
		}
		got := endpoints([]target{e.Object})
		ending = ending || strings.Contains(got, "/"+pod+" nyy")
		others = strings.Count(got, " yyn") == 2 && !strings.Contains(got, pod)
	}
}
