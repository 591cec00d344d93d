package kube_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// resolutions runs a watch of a target until the test ends and returns what
// waits for one that is as the test wants it.
func resolutions(t *testing.T, c *kube.Clusters, target, ports string) func(what string, ok func(tunnels.Resolution, *tunnels.Error) bool) tunnels.Resolution {
	t.Helper()
	to, err := tunnels.ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	var want []tunnels.Port
	for _, s := range strings.Fields(ports) {
		p, err := tunnels.ParsePort(s)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, p)
	}
	await := watching(t, func(ctx context.Context, fn func([]tunnels.Resolution, error)) {
		if err := c.Watch(ctx, to, want, func(found tunnels.Resolution, err error) { fn([]tunnels.Resolution{found}, err) }); err != nil {
			fn([]tunnels.Resolution{{}}, err)
		}
	})
	return func(what string, ok func(tunnels.Resolution, *tunnels.Error) bool) tunnels.Resolution {
		t.Helper()
		return await(what, func(found []tunnels.Resolution, err error) bool { return ok(found[0], tunnels.AsError(err)) })[0]
	}
}

// numbers are those of a port in the ready pods, sorted.
func numbers(found tunnels.Resolution, port tunnels.Port) []uint16 {
	var out []uint16
	for _, e := range found.Endpoints {
		if e.Ready {
			out = append(out, e.Ports[port].Number)
		}
	}
	slices.Sort(out)
	return out
}

func TestFault14NamedPortChangesWithARollout(t *testing.T) {
	web := kubetest.Deployment{Name: "web", Replicas: 2, Template: kubetest.Pod{
		Labels: map[string]string{"app": "web"}, Ports: []kubetest.Port{{Name: "http", Number: 8080}},
	}}
	service := kubetest.Service{Name: "web", Selector: map[string]string{"app": "web"}, Ports: []kubetest.ServicePort{{Name: "http", Port: 80, Target: "http"}}}
	s := serve(t, kubetest.Options{Objects: []kubetest.Object{web, service}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	http := tunnels.Port{Name: "http"}
	byService, byDeployment := resolutions(t, c, "svc/web", "http"), resolutions(t, c, "deploy/web", "http")
	is := func(want ...uint16) func(tunnels.Resolution, *tunnels.Error) bool {
		return func(found tunnels.Resolution, err *tunnels.Error) bool {
			return err == nil && slices.Equal(numbers(found, http), want)
		}
	}
	if got := byService("8080 by the service", is(8080, 8080)).Locals[http]; got != 80 {
		t.Errorf("the local port is %d", got)
	}
	if got := byDeployment("8080 by the deployment", is(8080, 8080)).Locals[http]; got != 8080 {
		t.Errorf("the local port is %d", got)
	}
	if err := s.Rollout("default", "web", func(p *kubetest.Pod) { p.Ports = []kubetest.Port{{Name: "http", Number: 9090}} }); err != nil {
		t.Fatal(err)
	}
	byService("9090 by the service", is(9090, 9090))
	byDeployment("9090 by the deployment", is(9090, 9090))
	if err := s.Rollout("default", "web", func(p *kubetest.Pod) { p.Ports = []kubetest.Port{{Name: "other", Number: 9090}} }); err != nil {
		t.Fatal(err)
	}
	missing := func(found tunnels.Resolution, _ *tunnels.Error) bool {
		return len(found.Endpoints) > 0 && !slices.ContainsFunc(found.Endpoints, func(e tunnels.Endpoint) bool {
			err := e.Ports[http].Err
			return err == nil || err.Hint == "" || !strings.Contains(err.Error(), "declares no port")
		})
	}
	byService("that it is missing, by the service", missing)
	byDeployment("that it is missing, by the deployment", missing)
}

func TestFault15HeadlessService(t *testing.T) {
	labels := map[string]string{"app": "db"}
	s := serve(t, kubetest.Options{
		Pods: []kubetest.Pod{{Name: "db-0", Labels: labels, Ports: []kubetest.Port{{Name: "sql", Number: 5432}}}},
		Objects: []kubetest.Object{
			kubetest.Service{Name: "db", ClusterIP: "None", Selector: labels, Ports: []kubetest.ServicePort{{Port: 80, Target: "5432"}}},
			kubetest.Service{Name: "bare", ClusterIP: "None", Selector: labels},
		},
	})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	is := func(port tunnels.Port, want uint16) func(tunnels.Resolution, *tunnels.Error) bool {
		return func(found tunnels.Resolution, err *tunnels.Error) bool {
			return err == nil && slices.Equal(numbers(found, port), []uint16{want})
		}
	}
	resolutions(t, c, "svc/db", "80")("the target port", is(tunnels.Port{Number: 80}, 5432))
	resolutions(t, c, "svc/db", "5432")("the pod's own port", is(tunnels.Port{Number: 5432}, 5432))
	resolutions(t, c, "svc/bare", "5432")("a port of a service that names none", is(tunnels.Port{Number: 5432}, 5432))
	found := resolutions(t, c, "svc/db", "99")("any port", is(tunnels.Port{Number: 99}, 99))
	if got := found.Endpoints[0].Ports[tunnels.Port{Number: 99}].Warning; !strings.Contains(got, "svc/db has no port 99") {
		t.Errorf("the warning is %q", got)
	}
}

func TestFault16ServicesWithoutPods(t *testing.T) {
	s := serve(t, kubetest.Options{Objects: []kubetest.Object{
		kubetest.Service{Name: "alias", ExternalName: "db.example.com", Ports: []kubetest.ServicePort{{Port: 5432}}},
		kubetest.Service{Name: "outside", Ports: []kubetest.ServicePort{{Port: 5432}}},
		kubetest.EndpointSlice{
			Name: "outside-1", Service: "outside", Ports: []kubetest.SlicePort{{Port: 5432}},
			Endpoints: []kubetest.Endpoint{{Addresses: []string{"192.0.2.7"}}},
		},
		kubetest.Service{Name: "empty", Ports: []kubetest.ServicePort{{Port: 80}}},
	}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	for target, says := range map[string]string{
		"svc/alias": "another name for db.example.com", "svc/outside": "no pods: 192.0.2.7", "svc/empty": "no selector and no endpoints",
	} {
		resolutions(t, c, target, "5432 80")("why "+target+" cannot be forwarded to", func(_ tunnels.Resolution, err *tunnels.Error) bool {
			return err != nil && err.Permanent && err.Hint != "" && strings.Contains(err.Error(), says)
		})
	}
	// What only the cluster can mend is noticed when it has.
	await := resolutions(t, c, "svc/alias", "5432")
	await("the name", func(_ tunnels.Resolution, err *tunnels.Error) bool { return err != nil })
	if err := s.AddPod(kubetest.Pod{Name: "db", Labels: map[string]string{"app": "db"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateService("default", "alias", func(v *kubetest.Service) {
		v.Type, v.ExternalName, v.Selector = "ClusterIP", "", map[string]string{"app": "db"}
	}); err != nil {
		t.Fatal(err)
	}
	await("the pod", func(found tunnels.Resolution, err *tunnels.Error) bool {
		return err == nil && len(found.Endpoints) == 1
	})
}

// Without the right to read slices a service is resolved by its selector and the
// pods' declared ports.
func TestServiceWithoutSlices(t *testing.T) {
	labels := map[string]string{"app": "web"}
	s := serve(t, kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev", User: "dev"}},
		Users:    []kubetest.User{{Name: "dev", Deny: []kubetest.Rule{{Resources: []string{"endpointslices"}}}}},
		Pods: []kubetest.Pod{
			{Name: "web-1", Labels: labels, Ports: []kubetest.Port{{Name: "http", Number: 8080}}},
			{Name: "web-2", Labels: labels, Ports: []kubetest.Port{{Name: "http", Number: 8081}}, NotReady: true},
		},
		Objects: []kubetest.Object{
			kubetest.Service{Name: "web", Selector: labels, Ports: []kubetest.ServicePort{{Name: "http", Port: 80, Target: "http"}, {Name: "raw", Port: 81, Target: "9000"}, {Name: "same", Port: 82}}},
			kubetest.Service{Name: "any", Selector: labels, PublishNotReady: true, Ports: []kubetest.ServicePort{{Name: "http", Port: 80, Target: "http"}}},
		},
	})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	found := resolutions(t, c, "svc/web", "http 81 same")("the pods", func(found tunnels.Resolution, err *tunnels.Error) bool {
		return err == nil && len(found.Endpoints) == 2
	})
	for port, want := range map[tunnels.Port]uint16{{Name: "http"}: 8080, {Number: 81}: 9000, {Name: "same"}: 82} {
		if got := numbers(found, port); !slices.Equal(got, []uint16{want}) {
			t.Errorf("%s leads to %v, not to %d", port, got, want)
		}
	}
	resolutions(t, c, "svc/any", "80")("pods that are not ready", func(found tunnels.Resolution, err *tunnels.Error) bool {
		return err == nil && slices.Equal(numbers(found, tunnels.Port{Number: 80}), []uint16{8080, 8081})
	})
}

func TestCronJobMeansItsNewestJob(t *testing.T) {
	s := serve(t, kubetest.Options{Objects: []kubetest.Object{
		kubetest.CronJob{Name: "nightly"}, kubetest.Job{Name: "nightly-other"},
	}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := resolutions(t, c, "cronjob/nightly", "9001")
	await("that it has not run", func(found tunnels.Resolution, err *tunnels.Error) bool {
		return err == nil && len(found.Endpoints) == 0 && found.Reason == "it has not run yet"
	})
	job, err := s.RunCronJob("default", "nightly")
	if err != nil {
		t.Fatal(err)
	}
	await("the pod of "+job, func(found tunnels.Resolution, err *tunnels.Error) bool {
		return err == nil && len(found.Endpoints) == 1 && found.Endpoints[0].Ready && strings.HasPrefix(found.Endpoints[0].Pod, job+"-")
	})
}

func TestScaledToNothing(t *testing.T) {
	s := serve(t, kubetest.Options{Objects: []kubetest.Object{kubetest.Deployment{Name: "web", Replicas: 1, Template: kubetest.Pod{Labels: map[string]string{"app": "web"}}}}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := resolutions(t, c, "deploy/web", "9001")
	await("its pod", func(found tunnels.Resolution, err *tunnels.Error) bool {
		return err == nil && len(found.Endpoints) == 1
	})
	if err := s.Scale("default", "Deployment", "web", 0); err != nil {
		t.Fatal(err)
	}
	await("why it has none", func(found tunnels.Resolution, err *tunnels.Error) bool {
		return err == nil && len(found.Endpoints) == 0 && found.Reason == "scaled to 0"
	})
}

// Two deployments whose selectors overlap keep their own pods apart.
func TestOverlappingSelectors(t *testing.T) {
	labels := map[string]string{"app": "web"}
	s := serve(t, kubetest.Options{Objects: []kubetest.Object{
		kubetest.Deployment{Name: "web", Replicas: 1, Selector: labels, Template: kubetest.Pod{Labels: labels}},
		kubetest.Deployment{Name: "web-canary", Replicas: 1, Selector: labels, Template: kubetest.Pod{Labels: labels}},
	}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	found := resolutions(t, c, "deploy/web", "9001")("a pod", func(found tunnels.Resolution, err *tunnels.Error) bool {
		return err == nil && len(found.Endpoints) > 0
	})
	if len(found.Endpoints) != 1 || strings.HasPrefix(found.Endpoints[0].Pod, "web-canary-") {
		t.Errorf("deploy/web means %+v", found.Endpoints)
	}
}
