package kube_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// team is a cluster with a target of every kind in the namespace team-a, and the
// user dev, who may do nothing.
func team(version string) kubetest.Options {
	const ns = "team-a"
	labels := func(app string) kubetest.Pod { return kubetest.Pod{Labels: map[string]string{"app": app}} }
	return kubetest.Options{
		Version: version, OpenShift: true,
		Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: ns}},
		Users:    []kubetest.User{{Name: "dev", Allow: []kubetest.Rule{}}},
		Pods:     []kubetest.Pod{{Namespace: ns, Name: "web-1", Labels: map[string]string{"app": "web"}}},
		Objects: []kubetest.Object{
			kubetest.Service{Namespace: ns, Name: "web", Selector: map[string]string{"app": "web"}, Ports: []kubetest.ServicePort{{Port: 9001}}},
			kubetest.Deployment{Namespace: ns, Name: "api", Hash: "5f8d97c6b4", Replicas: 1, Template: labels("api")},
			kubetest.StatefulSet{Namespace: ns, Name: "db", Replicas: 1, Template: labels("db")},
			kubetest.DaemonSet{Namespace: ns, Name: "agent", Template: labels("agent")},
			kubetest.ReplicationController{Namespace: ns, Name: "old", Replicas: 1, Template: labels("old")},
			kubetest.Job{Namespace: ns, Name: "sum", Template: labels("sum")},
			kubetest.CronJob{Namespace: ns, Name: "backup", Job: kubetest.Job{Template: labels("backup")}},
			kubetest.DeploymentConfig{Namespace: ns, Name: "shop", Replicas: 1, Template: labels("shop")},
		},
	}
}

// granted returns the rules of what Access.Role and Access.Missing return.
func granted(t *testing.T, role string) []kubetest.Rule {
	t.Helper()
	rules := []kubetest.Rule{}
	for _, doc := range strings.Split(role, "\n---\n") {
		var o struct {
			Kind     string
			Metadata struct{ Namespace string }
			Rules    []struct{ APIGroups, Resources, ResourceNames, Verbs []string }
		}
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		for _, r := range o.Rules {
			rules = append(rules, kubetest.Rule{
				Verbs: r.Verbs, Groups: r.APIGroups, Resources: r.Resources, Names: r.ResourceNames,
				Namespaces: []string{o.Metadata.Namespace},
			})
		}
	}
	return rules
}

func access(t *testing.T, s *kubetest.Server, target tunnels.Target, via tunnels.Via) kube.Access {
	t.Helper()
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	a, err := c.Access(t.Context(), target, via)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// forwards runs a tunnel until it is ready, or until it needs the user; the error
// is then what it says.
func forwards(t *testing.T, s *kubetest.Server, target tunnels.Target, via tunnels.Via) error {
	t.Helper()
	c, err := kube.Open(kube.Options{Data: s.Kubeconfig()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	m := tunnels.NewManager(c, tunnels.Options{})
	defer m.Close()
	spec := tunnels.Spec{
		ID: tunnels.NewID(), Target: target, Via: via, Listen: []string{"127.0.0.1"},
		Mappings: []tunnels.Mapping{{Local: tunnels.AnyPort, Remote: tunnels.Port{Number: 9001}}},
	}
	if err := m.Put(spec); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := m.Start(ctx, spec.ID); err != nil {
		t.Fatal(err)
	}
	var last tunnels.Status
	var end error
	over := false
	m.Watch(ctx, func(all tunnels.Snapshot) {
		if over {
			return
		}
		last, _ = all.Find(spec.ID)
		switch {
		case last.State.Serving():
			over = true
		case last.State == tunnels.NeedsUser:
			over, end = true, last.Err
		}
		if over {
			cancel()
		}
	})
	if !over {
		t.Fatalf("the tunnel is %v: %s, %v", last.State, last.Reason, last.Err)
	}
	return end
}

func targets() []tunnels.Target {
	var list []tunnels.Target
	for _, s := range []string{
		"pod/web-1", "svc/web", "deploy/api", "sts/db", "sts/db-0", "ds/agent", "rs/api-5f8d97c6b4", "rc/old", "job/sum", "cronjob/backup", "dc/shop",
		"selector/app=web",
	} {
		target, err := tunnels.ParseTarget(s)
		if err != nil {
			panic(err)
		}
		list = append(list, target)
	}
	return list
}

// without returns rules that lack one verb of one of them.
func without(rules []kubetest.Rule, i int, verb string) []kubetest.Rule {
	left := slices.Clone(rules)
	left[i].Verbs = slices.DeleteFunc(slices.Clone(left[i].Verbs), func(v string) bool { return v == verb })
	if len(left[i].Verbs) == 0 { // which would be every verb
		left = slices.Delete(left, i, i+1)
	}
	return left
}

// TestRoleIsEnoughAndNeeded: with the rules of Role a tunnel becomes ready, and
// whatever is taken away of them, the verdict says what the tunnel does.
func TestRoleIsEnoughAndNeeded(t *testing.T) {
	t.Parallel()
	for _, target := range targets() {
		for _, via := range []tunnels.Via{tunnels.ViaAuto, tunnels.ViaNode} {
			if via == tunnels.ViaNode && target.Kind != tunnels.KindDeployment {
				continue
			}
			t.Run(target.String()+string(via), func(t *testing.T) {
				t.Parallel()
				s := start(t, team(""))
				if _, err := s.RunCronJob("team-a", "backup"); err != nil {
					t.Fatal(err)
				}
				checkRole(t, s, target, via)
			})
		}
	}
}

func checkRole(t *testing.T, s *kubetest.Server, target tunnels.Target, via tunnels.Via) {
	t.Helper()
	a := access(t, s, target, via)
	if a.Verdict != kube.VerdictNo || a.Works() || !strings.Contains(a.Reason, ": you may not create ") || a.Missing() != a.Role() {
		t.Fatalf("without rights: %v, %q, missing\n%s", a.Verdict, a.Reason, a.Missing())
	}
	if a.User != "dev" || a.Version != "1.37" || a.Target.Namespace != "team-a" || a.Target.Context != "dev" {
		t.Errorf("it is about %+v, %q at %q", a.Target, a.User, a.Version)
	}
	rules := granted(t, a.Role())
	s.Allow("dev", rules)
	a = access(t, s, target, via)
	if a.Verdict != kube.VerdictYes || len(a.Limits) > 0 || a.Missing() != "" {
		t.Fatalf("with all: %q, %q, missing\n%s", a.Reason, a.Limits, a.Missing())
	}
	if err := forwards(t, s, target, via); err != nil {
		t.Fatalf("with all: %v", err)
	}
	for i, rule := range rules {
		eitherDoes := rule.Resources[0] == "pods" || rule.Resources[0] == "endpointslices"
		needed := target.Kind != tunnels.KindService || !eitherDoes
		s.Allow("dev", slices.Delete(slices.Clone(rules), i, i+1))
		compare(t, s, target, via, fmt.Sprint("without ", rule.Resources), rule.Verbs, needed)
		for _, verb := range rule.Verbs {
			s.Allow("dev", without(rules, i, verb))
			compare(t, s, target, via, fmt.Sprint("without ", verb, " ", rule.Resources), []string{verb}, needed && len(rule.Verbs) == 1)
		}
	}
}

// compare checks that verdict and tunnel agree, and name one of verbs.
func compare(t *testing.T, s *kubetest.Server, target tunnels.Target, via tunnels.Via, what string, verbs []string, fails bool) {
	t.Helper()
	a := access(t, s, target, via)
	err := forwards(t, s, target, via)
	if a.Works() != (err == nil) || a.Verdict == kube.VerdictUnknown {
		t.Errorf("%s: the verdict is %q, the tunnel says %v", what, a.Reason, err)
	}
	if fails && err == nil {
		t.Errorf("%s: it works", what)
	}
	if a.Missing() == "" {
		t.Errorf("%s: nothing is missing", what)
	}
	names := func(text, before string) bool {
		return slices.ContainsFunc(verbs, func(v string) bool { return strings.Contains(text, before+v+" ") })
	}
	if !a.Works() {
		if !names(a.Reason, "you may not ") || !isCause(err, tunnels.CauseForbidden) || !names(err.Error(), "may not ") {
			t.Errorf("%s: the verdict is %q, the tunnel says %v", what, a.Reason, err)
		}
		for _, c := range a.Checks {
			if slices.Contains(verbs, c.Verb) && strings.Contains(a.Reason, c.String()) && c.Need == kube.NeedImproves {
				t.Errorf("%s: %v is not needed", what, c)
			}
		}
	}
	if a.Works() && len(a.Limits) == 0 && verbs[0] != "get" && !slices.Contains(verbs, "list") {
		t.Errorf("%s: there are no limits", what)
	}
}

// TestAccessOfTransports: which verbs of pods/portforward are enough depends on
// transport and version, as for the server itself.
func TestAccessOfTransports(t *testing.T) {
	t.Parallel()
	verbs := map[string][]string{"get": {"get"}, "create": {"create"}, "both": {"create", "get"}, "none": nil}
	tests := []struct {
		version, may string
		via          tunnels.Via
		works        bool
		says         string // of reason or limits
	}{
		{"1.34", "get", tunnels.ViaAuto, true, "it works over WebSocket only, which is slower: you may not create pods/portforward in namespace team-a"},
		{"1.34", "create", tunnels.ViaAuto, true, "it works over SPDY only, which some proxies do not let through: you may not get pods/portforward in namespace team-a"},
		{"1.34", "none", tunnels.ViaAuto, false, "pod/web-1 cannot be forwarded to: you may not create pods/portforward in namespace team-a"},
		{"1.34", "get", tunnels.ViaWebSocket, true, "pod/web-1 in namespace team-a can be forwarded to"},
		{"1.34", "create", tunnels.ViaWebSocket, false, "you may not get pods/portforward in namespace team-a"},
		{"1.34", "get", tunnels.ViaSPDY, false, "you may not create pods/portforward in namespace team-a"},
		{"1.34", "create", tunnels.ViaSPDY, true, "pod/web-1 in namespace team-a can be forwarded to"},
		{"1.35", "get", tunnels.ViaAuto, false, "you may not create pods/portforward in namespace team-a"},
		{"1.35", "create", tunnels.ViaAuto, true, "it works over SPDY only"},
		{"1.35", "get", tunnels.ViaWebSocket, false, "you may not create pods/portforward in namespace team-a"},
		{"1.35", "create", tunnels.ViaWebSocket, false, "you may not get pods/portforward in namespace team-a"},
		{"1.35", "both", tunnels.ViaWebSocket, true, "can be forwarded to"},
		{"1.37", "both", tunnels.ViaAuto, true, "can be forwarded to"},
		{"1.37", "get", tunnels.ViaNode, false, "you may not create nodes/proxy"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s, %s, %q", tt.version, tt.may, tt.via), func(t *testing.T) {
			t.Parallel()
			s := start(t, team(tt.version))
			rules := []kubetest.Rule{{Verbs: []string{"get", "list", "watch"}, Resources: []string{"pods"}}}
			if v := verbs[tt.may]; v != nil {
				rules = append(rules, kubetest.Rule{Verbs: v, Resources: []string{"pods/portforward", "nodes/proxy"}, Names: nil})
			}
			if tt.via == tunnels.ViaNode {
				rules = rules[:1]
			}
			s.Allow("dev", rules)
			target := pod("", "web-1")
			a := access(t, s, target, tt.via)
			if said := a.Reason + "\n" + strings.Join(a.Limits, "\n"); a.Works() != tt.works || !strings.Contains(said, tt.says) {
				t.Errorf("%v: %s", a.Verdict, said)
			}
			if err := forwards(t, s, target, tt.via); (err == nil) != tt.works {
				t.Errorf("the tunnel says %v", err)
			}
		})
	}
}

// TestAccessByName: rights to single objects are found, and poor ones are enough.
func TestAccessByName(t *testing.T) {
	s := serve(t, team(""))
	s.Allow("dev", []kubetest.Rule{
		{Verbs: []string{"get"}, Resources: []string{"pods"}, Names: []string{"web-1"}},
		{Verbs: []string{"create"}, Resources: []string{"pods/portforward"}, Names: []string{"web-1"}},
	})
	a := access(t, s, pod("", "web-1"), tunnels.ViaAuto)
	want := []string{
		"it works over SPDY only, which some proxies do not let through: you may not get pods/portforward in namespace team-a",
		"the pod is looked at only every 15s: you may not list pod web-1 in namespace team-a and not watch pod web-1 in namespace team-a",
	}
	if a.Reason != "pod/web-1 in namespace team-a can be forwarded to, with limits" || !slices.Equal(a.Limits, want) {
		t.Errorf("%s: %q", a.Reason, a.Limits)
	}
	if rules := granted(t, a.Missing()); len(rules) != 2 || !slices.Equal(rules[0].Verbs, []string{"get"}) || !slices.Equal(rules[1].Verbs, []string{"list", "watch"}) ||
		!slices.Equal(rules[1].Names, []string{"web-1"}) {
		t.Errorf("missing is\n%s", a.Missing())
	}
	if a := access(t, s, pod("", "web-2"), tunnels.ViaAuto); a.Verdict != kube.VerdictNo {
		t.Errorf("another pod: %s", a.Reason)
	}
}

// TestAccessToSinglePods: what may be done depends on a name that is not known.
func TestAccessToSinglePods(t *testing.T) {
	s := serve(t, team(""))
	target := tunnels.Target{Kind: tunnels.KindStatefulSet, Name: "db"}
	reads := kubetest.Rule{Verbs: []string{"get", "list", "watch"}, Resources: []string{"pods", "statefulsets"}}
	forwardTo := func(names ...string) kubetest.Rule {
		return kubetest.Rule{Verbs: []string{"create", "get"}, Groups: []string{""}, Resources: []string{"pods/portforward"}, Names: names}
	}
	s.Allow("dev", []kubetest.Rule{reads, forwardTo("db-1", "db-0")})
	a := access(t, s, target, tunnels.ViaAuto)
	const want = "whether sts/db in namespace team-a can be forwarded to could not be checked: you may create pods/portforward only for db-0, db-1"
	if a.Verdict != kube.VerdictUnknown || a.Reason != want {
		t.Errorf("%d: %s", a.Verdict, a.Reason)
	}
	if err := forwards(t, s, target, tunnels.ViaAuto); err != nil {
		t.Error(err)
	}
	s.Allow("dev", []kubetest.Rule{reads, {Verbs: []string{"get"}, Resources: []string{"pods/portforward"}, Names: []string{"db-0"}}})
	if a := access(t, s, target, tunnels.ViaAuto); a.Verdict != kube.VerdictNo {
		t.Errorf("without the verb: %d: %s", a.Verdict, a.Reason)
	}
}

func TestAccessWithoutOpenShift(t *testing.T) {
	s := serve(t, kubetest.Options{})
	a := access(t, s, tunnels.Target{Kind: tunnels.KindDeploymentConfig, Name: "shop"}, tunnels.ViaAuto)
	if a.Verdict != kube.VerdictNo || a.Reason != "dc/shop cannot be forwarded to: this cluster has no deploymentconfigs: it is no OpenShift" {
		t.Errorf("%v: %s", a.Verdict, a.Reason)
	}
}

// TestAccessThatCannotBeChecked: where the server does not tell, nothing is
// guessed, and where it cannot be asked that is the error.
func TestAccessThatCannotBeChecked(t *testing.T) {
	for code, cause := range map[int]tunnels.Cause{
		http.StatusForbidden: 0, http.StatusNotFound: 0,
		http.StatusUnauthorized: tunnels.CauseSignIn, http.StatusServiceUnavailable: tunnels.CauseUnreachable,
	} {
		s := serve(t, team(""))
		s.SetAnswer(kubetest.Answer{Resource: "selfsubjectaccessreviews", Code: code})
		s.SetAnswer(kubetest.Answer{Resource: "selfsubjectreviews", Code: code})
		c := open(t, kube.Options{Data: s.Kubeconfig()})
		a, err := c.Access(t.Context(), tunnels.Target{Kind: tunnels.KindService, Name: "web"}, tunnels.ViaAuto)
		if cause != 0 {
			if !isCause(err, cause) {
				t.Errorf("%d: %v", code, err)
			}
			continue
		}
		if err != nil || a.Verdict != kube.VerdictUnknown || a.Works() || !strings.Contains(a.Reason, "could not be checked: the server does not tell about rights") {
			t.Errorf("%d: %v, %s, %v", code, a.Verdict, a.Reason, err)
		}
		if !strings.Contains(a.Role(), "\n# The server did not tell who the user is: put the user's name in the place of USER.\n") {
			t.Errorf("%d: the role is\n%s", code, a.Role())
		}
	}
}

func TestAccessIsBounded(t *testing.T) {
	server, ca := trusted(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client has left
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	c := open(t, kube.Options{Data: kubeconfig(t, server, func(cl *api.Cluster, _ *api.AuthInfo) { cl.CertificateAuthorityData = ca })})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := c.Access(ctx, pod("", "web-1"), tunnels.ViaAuto); !isCause(err, tunnels.CauseUnreachable) {
		t.Errorf("a silent server gives %v", err)
	}
	for _, target := range []tunnels.Target{{Kind: "node", Name: "x"}, {Kind: tunnels.KindPod, Name: "x", Context: "nosuch"}} {
		if _, err := c.Access(t.Context(), target, tunnels.ViaAuto); tunnels.AsError(err) == nil {
			t.Errorf("%v is accepted", target)
		}
	}
	if _, err := c.Access(t.Context(), pod("", "x"), "pigeon"); !isCause(err, tunnels.CauseInvalid) {
		t.Errorf("an unknown transport gives %v", err)
	}
}
