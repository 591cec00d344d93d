package kube_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// awaiting is watching for what is told as a whole.
func awaiting[T any](t *testing.T, watch func(context.Context, func(kube.Listing[T]))) func(what string, ok func(kube.Listing[T]) bool) kube.Listing[T] {
	t.Helper()
	await := watching(t, func(ctx context.Context, fn func([]kube.Listing[T], error)) {
		watch(ctx, func(l kube.Listing[T]) { fn([]kube.Listing[T]{l}, nil) })
	})
	return func(what string, ok func(kube.Listing[T]) bool) kube.Listing[T] {
		t.Helper()
		return await(what, func(l []kube.Listing[T], _ error) bool { return ok(l[0]) })[0]
	}
}

func complete[T any](l kube.Listing[T]) bool { return l.Complete }

func services(c *kube.Clusters, namespace string) func(context.Context, func(kube.Listing[kube.Service])) {
	return func(ctx context.Context, fn func(kube.Listing[kube.Service])) {
		c.WatchServices(ctx, "", namespace, fn)
	}
}

func workloads(c *kube.Clusters, namespace string) func(context.Context, func(kube.Listing[kube.Workload])) {
	return func(ctx context.Context, fn func(kube.Listing[kube.Workload])) {
		c.WatchWorkloads(ctx, "", namespace, fn)
	}
}

// idle is a pod to make others from, which runs nothing.
func idle(app string) kubetest.Pod {
	return kubetest.Pod{
		Labels: map[string]string{"app": app}, Workload: kubetest.Idle, Container: app,
		Ports: []kubetest.Port{{Name: "http", Number: 8080}, {Name: "dns", Number: 53, Protocol: "UDP"}},
	}
}

func TestServices(t *testing.T) {
	s := serve(t, kubetest.Options{Objects: []kubetest.Object{
		kubetest.Service{Name: "web", Selector: map[string]string{"tier": "a", "app": "web"}, Ports: []kubetest.ServicePort{
			{Name: "http", Port: 80, Target: "http"}, {Name: "dns", Port: 53, Protocol: "UDP"}, {Name: "admin", Port: 81, Target: "9001"},
		}},
		kubetest.Service{Name: "headless", ClusterIP: "None", Selector: map[string]string{"app": "web"}},
		kubetest.Service{Name: "mail", ExternalName: "mail.example.net"},
		kubetest.Service{Name: "port", Type: "NodePort", Ports: []kubetest.ServicePort{{Port: 443}}},
		kubetest.Service{Namespace: "other", Name: "elsewhere"},
	}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := awaiting(t, services(c, ""))
	l := await("the services", complete)
	want := []string{
		"svc/headless ClusterIP headless app=web []",
		"svc/mail ExternalName=mail.example.net  []",
		"svc/port NodePort  [{ 443 TCP 443}]",
		"svc/web ClusterIP app=web,tier=a [{http 80 TCP http} {dns 53 UDP 53} {admin 81 TCP 9001}]",
	}
	var got []string
	for _, s := range l.Items {
		about := s.Type
		if s.ExternalName != "" {
			about += "=" + s.ExternalName
		}
		if s.Headless {
			about += " headless"
		}
		got = append(got, fmt.Sprintf("%s %s %s %v", s.Target(), about, s.Selector, s.Ports))
		if s.Context != "demo" || s.Namespace != "default" || s.Created.IsZero() {
			t.Errorf("it is of %s in %s, made %v", s.Context, s.Namespace, s.Created)
		}
	}
	if l.Err != nil || !slices.Equal(got, want) {
		t.Errorf("%v; the services are\n%s\nnot\n%s", l.Err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if err := s.DeleteService("default", "mail"); err != nil {
		t.Fatal(err)
	}
	await("one less", func(l kube.Listing[kube.Service]) bool { return len(l.Items) == 3 })
}

func everyWorkload() []kubetest.Object {
	some := idle("some")
	return []kubetest.Object{
		kubetest.Deployment{Name: "web", Replicas: 3, Template: idle("web"), Each: func(n int, p *kubetest.Pod) { p.NotReady = n == 0 }},
		kubetest.Deployment{Name: "off", Template: some},
		kubetest.StatefulSet{Name: "db", Replicas: 2, Template: idle("db")},
		kubetest.DaemonSet{Name: "agent", Nodes: []string{"node-1", "node-2"}, Template: idle("agent")},
		kubetest.ReplicationController{Name: "old", Replicas: 1, Template: idle("old")},
		kubetest.Job{Name: "once", Template: idle("once")},
		kubetest.Job{Name: "later", Suspend: true, Template: idle("later")},
		kubetest.CronJob{Name: "nightly", Job: kubetest.Job{Template: idle("nightly")}},
		kubetest.CronJob{Name: "paused", Suspend: true, Job: kubetest.Job{Template: idle("paused")}},
	}
}

// lines are workloads in words.
func lines(l kube.Listing[kube.Workload]) []string {
	var out []string
	for _, w := range l.Items {
		out = append(out, fmt.Sprintf("%s %s %d/%d", w.Target(), w.Status, w.Ready, w.Wanted))
	}
	return out
}

func TestWorkloads(t *testing.T) {
	config := kubetest.DeploymentConfig{Name: "shift", Replicas: 1, Template: idle("shift")}
	plain := []string{
		"deploy/off scaled to 0 0/0", "deploy/web 2/3 2/3", "sts/db 2/2 2/2", "ds/agent 2/2 2/2", "rc/old 1/1 1/1",
		"job/later suspended 0/0", "job/once 1/1 1/1", "cronjob/nightly idle 0/0", "cronjob/paused suspended 0/0",
	}
	tests := []struct {
		name string
		o    kubetest.Options
		want []string
	}{
		{"Kubernetes", kubetest.Options{Objects: everyWorkload()}, plain},
		{"OpenShift", kubetest.Options{OpenShift: true, Objects: append(everyWorkload(), config)}, append(slices.Clone(plain), "dc/shift 1/1 1/1")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.o)
			c := open(t, kube.Options{Data: s.Kubeconfig()})
			await := awaiting(t, workloads(c, ""))
			l := await("the workloads", complete)
			if got := lines(l); l.Err != nil || len(l.Missing) > 0 || !slices.Equal(got, tt.want) {
				t.Errorf("%v, missing %v; the workloads are\n%s\nnot\n%s", l.Err, l.Missing, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			for _, w := range l.Items {
				app := strings.Split(w.Name, "-")[0]
				if w.Name != "off" && fmt.Sprint(w.Ports) != fmt.Sprintf("[{http 8080 TCP %s} {dns 53 UDP %[1]s}]", app) {
					t.Errorf("%s declares %v", w.Target(), w.Ports)
				}
				if w.Context != "demo" || w.Namespace != "default" || w.Created.IsZero() {
					t.Errorf("%s is of %s in %s, made %v", w.Target(), w.Context, w.Namespace, w.Created)
				}
			}
			job, err := s.RunCronJob("default", "nightly")
			if err != nil {
				t.Fatal(err)
			}
			l = await("a run of the cron job", func(l kube.Listing[kube.Workload]) bool {
				return slices.Contains(lines(l), "cronjob/nightly 1/1 1/1")
			})
			if slices.ContainsFunc(l.Items, func(w kube.Workload) bool { return w.Name == job }) {
				t.Error("a job of the cron job stands for itself")
			}
			if err := s.Scale("default", "Deployment", "web", 0); err != nil {
				t.Fatal(err)
			}
			await("none wanted", func(l kube.Listing[kube.Workload]) bool {
				return slices.Contains(lines(l), "deploy/web scaled to 0 0/0")
			})
			endJob(t, s, c, "once")
			await("the job's end", func(l kube.Listing[kube.Workload]) bool { return slices.Contains(lines(l), "job/once complete 0/0") })
		})
	}
}

// endJob lets the pods of a job succeed.
func endJob(t *testing.T, s *kubetest.Server, c *kube.Clusters, job string) {
	t.Helper()
	list := watching(t, pods(c, "", ""))("the pods", func(p []kube.Pod, err error) bool { return err == nil && len(p) > 0 })
	for _, p := range list {
		if !strings.HasPrefix(p.Name, job+"-") {
			continue
		}
		if err := s.UpdatePod(p.Namespace, p.Name, func(p *kubetest.Pod) { p.Phase = "Succeeded" }); err != nil {
			t.Fatal(err)
		}
	}
}

// allowing returns options with a user dev in the namespace team.
func allowing(rules ...kubetest.Rule) kubetest.Options {
	return kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team"}},
		Users:    []kubetest.User{{Name: "dev", Allow: append([]kubetest.Rule{}, rules...)}},
		Objects: []kubetest.Object{
			kubetest.Deployment{Namespace: "team", Name: "web", Replicas: 1, Template: idle("web")},
			kubetest.StatefulSet{Namespace: "team", Name: "db", Replicas: 1, Template: idle("db")},
			kubetest.Service{Namespace: "team", Name: "web", Selector: map[string]string{"app": "web"}},
		},
	}
}

func TestWorkloadsWithFewRights(t *testing.T) {
	read := func(resources ...string) kubetest.Rule {
		return kubetest.Rule{Verbs: []string{"get", "list", "watch"}, Resources: resources, Namespaces: []string{"team"}}
	}
	onOpenShift := func(o kubetest.Options) kubetest.Options { o.OpenShift = true; return o }
	tests := []struct {
		name    string
		o       kubetest.Options
		ns      string
		want    []string
		missing string
		err     string
		cause   tunnels.Cause
	}{
		{"one kind", allowing(read("deployments")), "", []string{"deploy/web 1/1 1/1"}, "sts ds rs rc job cronjob", "", 0},
		{"one kind on OpenShift", onOpenShift(allowing(read("statefulsets"))), "", []string{"sts/db 1/1 1/1"}, "deploy ds rs rc job cronjob dc", "", 0},
		{
			"without watching", allowing(kubetest.Rule{Verbs: []string{"list"}, Resources: []string{"deployments"}}), "",
			[]string{"deploy/web 1/1 1/1"},
			"sts ds rs rc job cronjob", "", 0,
		},
		{
			"none", allowing(), "", nil, "deploy sts ds rs rc job cronjob",
			"list deployments in namespace team: user dev may not list deployments in namespace team", tunnels.CauseForbidden,
		},
		{
			"another namespace", allowing(read("deployments")), "foreign", nil, "deploy sts ds rs rc job cronjob",
			"list deployments in namespace foreign: user dev may not list deployments in namespace foreign", tunnels.CauseForbidden,
		},
		{
			"a namespace that does not exist", allowing(kubetest.Rule{Resources: []string{"deployments", "namespaces"}}), "tean", nil,
			"deploy sts ds rs rc job cronjob", "namespace tean: it does not exist in context dev", tunnels.CauseNotFound,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.o)
			c := open(t, kube.Options{Data: s.Kubeconfig()})
			l := awaiting(t, workloads(c, tt.ns))("an answer", complete)
			var missing []string
			for _, m := range l.Missing {
				missing = append(missing, string(m.Kind))
				if m.Err.Hint == "" {
					t.Errorf("%s: %v has no hint", m.Kind, m.Err)
				}
			}
			if got := lines(l); !slices.Equal(got, tt.want) || strings.Join(missing, " ") != tt.missing {
				t.Errorf("listed are %q without %q, not %q without %q", got, missing, tt.want, tt.missing)
			}
			if tt.err == "" && l.Err != nil || tt.err != "" && (!isCause(l.Err, tt.cause) || l.Err.Error() != tt.err) {
				t.Errorf("the error is %v, not %s", l.Err, tt.err)
			}
		})
	}
}

func TestWorkloadsOfAnUnknownContext(t *testing.T) {
	s := serve(t, kubetest.Options{})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	l := awaiting(t, func(ctx context.Context, fn func(kube.Listing[kube.Workload])) { c.WatchWorkloads(ctx, "dem", "x", fn) })("the error", complete)
	if e := tunnels.AsError(l.Err); e == nil || e.Hint != "Did you mean demo?" {
		t.Errorf("the error is %v", l.Err)
	}
}

// TestHangingClusterDelaysNoOther: everything about one cluster is told while the
// other says nothing.
func TestHangingClusterDelaysNoOther(t *testing.T) {
	hanging := serve(t, kubetest.Options{Name: "hanging"})
	other := start(t, kubetest.Options{Name: "other", Objects: everyWorkload()})
	c := open(t, kube.Options{Data: kubetest.Kubeconfig(hanging, other)})
	hanging.Freeze()
	t.Cleanup(hanging.Thaw)
	for _, w := range []func(context.Context){
		func(ctx context.Context) { c.WatchNamespaces(ctx, "hanging", unexpected[kube.Namespace](t)) },
		func(ctx context.Context) { c.WatchPods(ctx, "hanging", "", unexpected[kube.Pod](t)) },
		func(ctx context.Context) { c.WatchServices(ctx, "hanging", "", unexpected[kube.Service](t)) },
		func(ctx context.Context) { c.WatchWorkloads(ctx, "hanging", "", unexpected[kube.Workload](t)) },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			w(ctx)
		}()
		t.Cleanup(func() {
			cancel()
			<-ended
		})
	}
	listed := func(l kube.Listing[kube.Pod]) bool { return l.Complete && l.Err == nil && len(l.Items) > 5 }
	awaiting(t, func(ctx context.Context, fn func(kube.Listing[kube.Pod])) { c.WatchPods(ctx, "other", "", fn) })("the pods", listed)
	awaiting(t, func(ctx context.Context, fn func(kube.Listing[kube.Namespace])) { c.WatchNamespaces(ctx, "other", fn) })("the namespaces", complete)
	l := awaiting(t, func(ctx context.Context, fn func(kube.Listing[kube.Workload])) {
		c.WatchWorkloads(ctx, "other", "", fn)
	})("the workloads", complete)
	if l.Err != nil || len(l.Items) != 9 {
		t.Errorf("%d workloads, %v", len(l.Items), l.Err)
	}
}

// unexpected takes what no cluster has said.
func unexpected[T any](t *testing.T) func(kube.Listing[T]) {
	return func(l kube.Listing[T]) { t.Errorf("the cluster that hangs is told to have %+v", l) }
}
