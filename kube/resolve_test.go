package kube_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

func one(e []tunnels.Endpoint, err error, ready bool) bool {
	return err == nil && len(e) == 1 && e[0].Ready == ready
}

func TestPodIsResolved(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-3", Owner: "StatefulSet/web", Ports: []kubetest.Port{
		{Name: "http", Number: 8080}, {Name: "dns", Number: 53, Protocol: "UDP"},
	}}}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	e := watching(t, endpoints(c, pod("", "web-3"), 8080, 53, 8081))("the pod", func(e []tunnels.Endpoint, err error) bool {
		return one(e, err, true)
	})[0]
	if e.Context != "demo" || e.Namespace != "default" || e.Pod != "web-3" || e.UID == "" || e.Ordinal != 3 || e.Reason != "" || e.Since.IsZero() {
		t.Errorf("the endpoint is %+v", e)
	}
	if len(e.Declared) != 1 || e.Declared[0] != 8080 {
		t.Errorf("it declares %v", e.Declared)
	}
	if r := e.Ports[tunnels.Port{Number: 8080}]; r.Number != 8080 || r.Err != nil || r.Warning != "" {
		t.Errorf("8080 is %+v", r)
	}
	if r := e.Ports[tunnels.Port{Number: 53}]; r.Number != 0 || r.Err == nil || !strings.Contains(r.Err.Error(), "UDP") {
		t.Errorf("53 is %+v", r)
	}
	if r := e.Ports[tunnels.Port{Number: 8081}]; r.Number != 8081 || r.Err != nil || r.Warning != "web-3 declares 8080 (http), not 8081" {
		t.Errorf("8081 is %+v", r)
	}
}

func TestPodComesAndGoes(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-1"}, {Name: "db-0"}}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := watching(t, endpoints(c, pod("default", "web-2"), 9001))
	await("nothing, with a hint", func(e []tunnels.Endpoint, err error) bool {
		x := tunnels.AsError(err)
		return len(e) == 0 && x != nil && x.Cause == tunnels.CauseNotFound && !x.Permanent && x.Hint == "Did you mean web-1?"
	})
	if err := s.AddPod(kubetest.Pod{Name: "web-2", Phase: "Pending", Waiting: "ImagePullBackOff"}); err != nil {
		t.Fatal(err)
	}
	await("pending", func(e []tunnels.Endpoint, err error) bool {
		return one(e, err, false) && e[0].Reason == "Pending: ImagePullBackOff"
	})
	change := func(f func(*kubetest.Pod)) {
		t.Helper()
		if err := s.UpdatePod("default", "web-2", f); err != nil {
			t.Fatal(err)
		}
	}
	change(func(p *kubetest.Pod) { p.Phase, p.Waiting, p.NotReady = "Running", "", true })
	uid := await("running without being ready", func(e []tunnels.Endpoint, err error) bool {
		return one(e, err, true) && e[0].Reason == "not ready: 0 of 1 containers"
	})[0].UID
	change(func(p *kubetest.Pod) { p.Waiting = "CrashLoopBackOff" })
	await("crashing", func(e []tunnels.Endpoint, err error) bool {
		return one(e, err, false) && e[0].Reason == "CrashLoopBackOff"
	})
	change(func(p *kubetest.Pod) { p.Waiting, p.NotReady = "", false })
	await("ready", func(e []tunnels.Endpoint, err error) bool { return one(e, err, true) && e[0].Reason == "" })
	if err := s.ReplacePod("default", "web-2"); err != nil {
		t.Fatal(err)
	}
	await("another of the same name", func(e []tunnels.Endpoint, err error) bool { return one(e, err, true) && e[0].UID != uid })
	if err := s.DeletePod("default", "web-2"); err != nil {
		t.Fatal(err)
	}
	await("nothing", func(e []tunnels.Endpoint, err error) bool { return len(e) == 0 && isCause(err, tunnels.CauseNotFound) })
}

func TestFault18PodTerminating(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-1"}}, Termination: time.Second})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := watching(t, endpoints(c, pod("", "web-1"), 9001))
	await("the pod", func(e []tunnels.Endpoint, err error) bool { return one(e, err, true) })
	if err := s.DeletePod("default", "web-1"); err != nil {
		t.Fatal(err)
	}
	await("its end", func(e []tunnels.Endpoint, err error) bool {
		return one(e, err, false) && e[0].Terminating && e[0].Reason == "Terminating"
	})
}

func TestFault20NamespaceOfTargetMissing(t *testing.T) {
	s := serve(t, kubetest.Options{})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	watching(t, endpoints(c, pod("nowhere", "web-1"), 9001))("the reason", func(_ []tunnels.Endpoint, err error) bool {
		return isCause(err, tunnels.CauseNotFound) && strings.HasPrefix(err.Error(), "namespace nowhere: it does not exist")
	})
}

func TestFault60PodByNameWithoutList(t *testing.T) {
	s := serve(t, kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team"}},
		Users: []kubetest.User{{Name: "dev", Deny: []kubetest.Rule{
			{Verbs: []string{"list", "watch"}}, {Resources: []string{"namespaces"}},
		}}},
		Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}},
	})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	await := watching(t, endpoints(c, pod("", "web-1"), 9001))
	first := await("the pod", func(e []tunnels.Endpoint, err error) bool { return one(e, err, true) })[0]
	if err := s.DeletePod("team", "web-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Dial(t.Context(), first, tunnels.ViaAuto); !isCause(err, tunnels.CauseNotFound) {
		t.Errorf("dialling a pod that is gone gives %v", err)
	}
	await("a look at the pod because dialling it failed", func(e []tunnels.Endpoint, err error) bool {
		return len(e) == 0 && isCause(err, tunnels.CauseNotFound)
	})
}

func TestTargetThatIsNone(t *testing.T) {
	c := open(t, kube.Options{Data: serve(t, kubetest.Options{}).Kubeconfig()})
	for _, target := range []tunnels.Target{
		{Kind: "node", Name: "x"},
		{Kind: tunnels.KindService, Name: "A"},
		{Kind: tunnels.KindSelector, Name: "a in b"},
		{Kind: tunnels.KindSelector, Name: ""},
		{Kind: tunnels.KindSelector, Name: "a in (b"},
		{Kind: tunnels.KindSelector, Name: "=x"},
	} {
		err := c.Watch(t.Context(), target, nil, func(tunnels.Resolution, error) { t.Error("called") })
		if e := tunnels.AsError(err); e == nil || !e.Permanent || e.Hint == "" || e.Cause != tunnels.CauseInvalid {
			t.Errorf("%v gives %v", target, err)
		}
	}
}

func TestDial(t *testing.T) {
	s := serve(t, kubetest.Options{PassFIN: true, Pods: []kubetest.Pod{{Name: "web-1"}}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	e := watching(t, endpoints(c, pod("", "web-1"), 9001))("the pod", func(e []tunnels.Endpoint, err error) bool { return one(e, err, true) })[0]
	session, err := c.Dial(t.Context(), e, tunnels.ViaAuto)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(nil)
	stream, err := session.Open(t.Context(), 9001)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if _, err := stream.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := stream.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	// To the end: the node's half leaks a goroutine when the session ends first.
	if got, err := io.ReadAll(stream); err != nil || string(got) != "hello" {
		t.Errorf("the echo is %q, %v", got, err)
	}
}

func TestDialRefused(t *testing.T) {
	s := serve(t, kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team"}},
		Users:    []kubetest.User{{Name: "dev", Deny: []kubetest.Rule{{Resources: []string{"pods/portforward"}}}}},
		Pods:     []kubetest.Pod{{Namespace: "team", Name: "web-1"}},
	})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	e := tunnels.Endpoint{Context: "dev", Namespace: "team", Pod: "web-1"}
	_, err := c.Dial(t.Context(), e, tunnels.ViaAuto)
	want := "dial pod/web-1: user dev may not create pods/portforward of pod web-1 in namespace team (over SPDY), and " +
		"user dev may not get pods/portforward of pod web-1 in namespace team (over WebSocket)"
	if x := tunnels.AsError(err); x == nil || x.Error() != want || !x.Permanent || x.Cause != tunnels.CauseForbidden || x.Hint == "" {
		t.Errorf("the error is %+v, not %q", x, want)
	}
	s.RevokeToken("dev")
	_, err = c.Dial(t.Context(), e, tunnels.ViaAuto)
	if x := tunnels.AsError(err); x == nil || x.Cause != tunnels.CauseSignIn || !x.Permanent {
		t.Errorf("the error is %+v", x)
	}
	s.Down()
	_, err = c.Dial(t.Context(), e, tunnels.ViaAuto)
	if x := tunnels.AsError(err); x == nil || x.Cause != tunnels.CauseUnreachable || x.Permanent {
		t.Errorf("the error is %+v", x)
	}
}
