package kube_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
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

func TestManyPages(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: manyPods(1203), Namespaces: manyNames(1000)})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	checkPages(t, s, "pods", 1203, 3, func(ctx context.Context, fn func(kube.Listing[kube.Pod])) { c.WatchPods(ctx, "", "", fn) })
	checkPages(t, s, "namespaces", 1001, 3, func(ctx context.Context, fn func(kube.Listing[kube.Namespace])) { c.WatchNamespaces(ctx, "", fn) })
}

// TestPagesExpireMidway: a server that compacts between two pages of a list wants
// it to be asked for anew; what is shown meanwhile stays.
func TestPagesExpireMidway(t *testing.T) {
	const many = 5000
	s := serve(t, kubetest.Options{Pods: manyPods(many)})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var told []int
	c.WatchPods(ctx, "", "", func(l kube.Listing[kube.Pod]) {
		if len(told) == 0 {
			s.Compact()
		}
		told = append(told, len(l.Items))
		if l.Err != nil {
			t.Errorf("%d pods are told with %v", len(l.Items), l.Err)
		}
		if l.Complete {
			cancel()
		}
	})
	if !slices.IsSorted(told) || len(told) == 0 || told[len(told)-1] != many {
		t.Errorf("of %d pods there were told %v", many, told)
	}
}

func manyNames(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("team-%04d", i)
	}
	return out
}

// checkPages sees that only whole pages are told before the whole; whoever is told
// may miss some.
func checkPages[T any](t *testing.T, s *kubetest.Server, resource string, many, pages int, watch func(context.Context, func(kube.Listing[T]))) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var told []int
	watch(ctx, func(l kube.Listing[T]) {
		told = append(told, len(l.Items))
		if l.Err != nil || l.Complete != (len(l.Items) == many) {
			t.Errorf("%d %s are told, complete: %v, %v", len(l.Items), resource, l.Complete, l.Err)
		}
		if l.Complete {
			cancel()
		}
	})
	parts := told[:max(0, len(told)-1)]
	odd := slices.ContainsFunc(parts, func(n int) bool { return n%500 != 0 })
	if !slices.IsSorted(told) || len(told) == 0 || odd || told[len(told)-1] != many {
		t.Errorf("of %d %s there were told %v", many, resource, told)
	}
	if n := s.Requests("list", resource); n != pages {
		t.Errorf("%d pages of %s instead of %d were asked for", n, resource, pages)
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
