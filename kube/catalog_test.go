package kube_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

func TestPodsAreFollowed(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{
		{Name: "web-1"}, {Name: "broken-1", Phase: "Pending", Waiting: "ImagePullBackOff", Restarts: 3},
	}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := watching(t, pods(c, "", ""))
	list := await("two pods", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "broken-1 web-1" })
	if got := list[0]; got.Status != "ImagePullBackOff" || got.Ready || got.Restarts != 3 || got.Containers != 1 {
		t.Errorf("broken-1 is %+v", got)
	}
	web := list[1]
	if web.Status != "Running" || !web.Ready || web.ReadyContainers != 1 || web.Context != "demo" || web.UID == "" || web.Created.IsZero() || web.Node == "" {
		t.Errorf("web-1 is %+v", web)
	}
	want := []kube.ContainerPort{
		{Name: "echo", Number: 9001, Protocol: "TCP", Container: "web"},
		{Name: "http", Number: 9006, Protocol: "TCP", Container: "web"},
	}
	if fmt.Sprint(web.Ports) != fmt.Sprint(want) {
		t.Errorf("web-1 declares %v, not %v", web.Ports, want)
	}

	if err := s.AddPod(kubetest.Pod{Name: "web-2"}); err != nil {
		t.Fatal(err)
	}
	await("web-2", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "broken-1 web-1 web-2" })
	if err := s.DeletePod("default", "web-1"); err != nil {
		t.Fatal(err)
	}
	await("no web-1", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "broken-1 web-2" })
	if n := s.Requests("list", "pods"); n != 1 {
		t.Errorf("the pods were listed %d times instead of once", n)
	}
}

func TestPodsOfManyPages(t *testing.T) {
	const many = 1203
	var list []kubetest.Pod
	for i := range many {
		list = append(list, kubetest.Pod{Name: fmt.Sprintf("p-%04d", i), Phase: "Pending", Waiting: "ContainerCreating"})
	}
	s := serve(t, kubetest.Options{Pods: list})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	watching(t, pods(c, "", ""))("all pods", func(p []kube.Pod, err error) bool { return err == nil && len(p) == many })
	if n := s.Requests("list", "pods"); n != 3 {
		t.Errorf("%d pages instead of 3 were asked for", n)
	}
}

func TestTwoWatchesShareOne(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-1"}}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	there := func(p []kube.Pod, err error) bool { return err == nil && len(p) == 1 }
	watching(t, pods(c, "demo", "default"))("a pod", there)
	watching(t, pods(c, "", ""))("a pod", there)
	if n := s.Requests("list", "pods"); n != 1 {
		t.Errorf("the pods were listed %d times instead of once", n)
	}
}

func TestWatchesGoOn(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-1"}}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := watching(t, pods(c, "", ""))
	await("a pod", func(p []kube.Pod, err error) bool { return err == nil && len(p) == 1 })
	add := func(name string) {
		t.Helper()
		if err := s.AddPod(kubetest.Pod{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	s.EndWatches()
	add("web-2")
	await("a pod after the watch ended", func(p []kube.Pod, err error) bool { return err == nil && len(p) == 2 })

	s.Compact()
	s.EndWatches()
	add("web-3")
	await("a pod after the versions expired", func(p []kube.Pod, err error) bool { return err == nil && len(p) == 3 })

	s.Down()
	await("the outage, with what was known", func(p []kube.Pod, err error) bool {
		return isCause(err, tunnels.CauseUnreachable) && len(p) == 3
	})
	add("web-4")
	if err := s.Up(); err != nil {
		t.Fatal(err)
	}
	await("the server back", func(p []kube.Pod, err error) bool { return err == nil && len(p) == 4 })
}

func TestWatchRefused(t *testing.T) {
	s := serve(t, kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team"}},
		Users:    []kubetest.User{{Name: "dev", Deny: []kubetest.Rule{{Verbs: []string{"watch"}}}}},
		Pods:     []kubetest.Pod{{Namespace: "team", Name: "web-1"}},
	})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	watching(t, pods(c, "", ""))("the pods without watching", func(p []kube.Pod, err error) bool { return err == nil && len(p) == 1 })
}

func TestRightsMissing(t *testing.T) {
	s := serve(t, kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team"}},
		Users:    []kubetest.User{{Name: "dev", Deny: []kubetest.Rule{{Resources: []string{"namespaces", "pods"}}}}},
		Pods:     []kubetest.Pod{{Namespace: "team", Name: "web-1"}},
	})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	var got error
	list := watching(t, namespaces(c, ""))("no right", func(_ []kube.Namespace, err error) bool {
		got = err
		return isCause(err, tunnels.CauseForbidden)
	})
	if len(list) != 1 || list[0].Name != "team" || list[0].Context != "dev" {
		t.Errorf("the namespaces are %+v, not the context's own", list)
	}
	if want := "list namespaces: user dev may not list namespaces"; got.Error() != want {
		t.Errorf("the error is %q, not %q", got, want)
	}
	watching(t, pods(c, "", ""))("no right", func(_ []kube.Pod, err error) bool { got = err; return err != nil })
	if want := "list pods in namespace team: user dev may not list pods in namespace team"; got.Error() != want {
		t.Errorf("the error is %q, not %q", got, want)
	}
}

func TestNamespaces(t *testing.T) {
	s := serve(t, kubetest.Options{Namespaces: []string{"team-b", "team-a"}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := watching(t, namespaces(c, ""))
	await("namespaces in order", func(n []kube.Namespace, err error) bool {
		return err == nil && len(n) >= 3 && n[0].Name == "default" && n[len(n)-2].Name == "team-a" && n[len(n)-1].Name == "team-b"
	})
	s.AddNamespace("team-c")
	await("another one", func(n []kube.Namespace, _ error) bool { return len(n) > 0 && n[len(n)-1].Name == "team-c" })
}

func TestNamespaceMissing(t *testing.T) {
	s := serve(t, kubetest.Options{Namespaces: []string{"team-a"}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := watching(t, pods(c, "", "team-"))
	await("the missing namespace", func(_ []kube.Pod, err error) bool {
		e := tunnels.AsError(err)
		return e != nil && e.Cause == tunnels.CauseNotFound && !e.Permanent && strings.Contains(e.Hint, "team-a")
	})
	s.AddNamespace("team-")
	await("the namespace", func(p []kube.Pod, err error) bool { return err == nil && p != nil && len(p) == 0 })
}

func TestBusyServer(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-1"}}})
	s.SetAnswer(kubetest.Answer{Verb: "list", Resource: "pods", Code: http.StatusServiceUnavailable, RetryAfter: 1, Times: 1})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := watching(t, pods(c, "", ""))
	await("busy", func(_ []kube.Pod, err error) bool {
		e := tunnels.AsError(err)
		return e != nil && e.Cause == tunnels.CauseUnreachable && e.RetryAfter > 0
	})
	await("no longer", func(p []kube.Pod, err error) bool { return err == nil && len(p) == 1 })
}

func TestUnknownContextIsTold(t *testing.T) {
	s := serve(t, kubetest.Options{})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	watching(t, pods(c, "dem", "x"))("the error", func(_ []kube.Pod, err error) bool {
		e := tunnels.AsError(err)
		return e != nil && e.Cause == tunnels.CauseNotFound && e.Hint == "Did you mean demo?"
	})
}
