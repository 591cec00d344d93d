package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"culvert/kube/kubetest"
)

// limited is a cluster whose user dev may do what rules say.
func limited(rules ...kubetest.Rule) kubetest.Options {
	return kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team-a"}},
		Users:    []kubetest.User{{Name: "dev", Allow: append([]kubetest.Rule{}, rules...)}},
		Pods:     []kubetest.Pod{{Namespace: "team-a", Name: "web-1"}},
	}
}

// all returns what a command line prints to stdout, and its exit status.
func all(t *testing.T, args ...string) (out, errs string, status int) {
	t.Helper()
	c := run(t, args...)
	status = c.exit()
	for l := range c.lines {
		out += l + "\n"
	}
	return out, c.errors(), status
}

func TestAccess(t *testing.T) {
	_, config := cluster(t, limited(
		kubetest.Rule{Verbs: []string{"create"}, Resources: []string{"pods/portforward"}},
		kubetest.Rule{Verbs: []string{"get"}, Resources: []string{"pods"}},
	))
	const want = `pod/web-1 in namespace team-a can be forwarded to, with limits.
- it works over SPDY only, which some proxies do not let through: you may not get pods/portforward in namespace team-a.
- the pod is looked at only every 15s: you may not list pod web-1 in namespace team-a and not watch pod web-1 in namespace team-a.

MAY YOU  VERB    RESOURCE                WHAT FOR
yes      create  pods/portforward web-1  to open sessions (needed)
no       get     pods/portforward web-1  to open sessions through a WebSocket, where SPDY is not let through
yes      get     pods web-1              to find the pod (needed)
no       list    pods web-1              to follow the pod as it changes, instead of looking every 15s
no       watch   pods web-1              to follow the pod as it changes, instead of looking every 15s

Ask whoever runs the cluster to apply this:

# Lets user dev forward to pod/web-1.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
`
	out, errs, status := all(t, "access", "web-1", "--kubeconfig", config)
	if !strings.HasPrefix(out, want) || errs != "" || status != ExitOK {
		t.Errorf("status %d, %q\n%s", status, errs, out)
	}
	out, errs, status = all(t, "access", "svc/web", "-n", "team-b", "--context", "dev", "--kubeconfig", config)
	if !strings.HasPrefix(out, "svc/web cannot be forwarded to: you may not get service web in namespace team-b, and you may not list endpointslices in namespace team-b.\n") ||
		errs != "" || status != ExitError {
		t.Errorf("status %d, %q\n%s", status, errs, out)
	}
}

// TestForwardPointsToAccess: who lacks a right is told how to get the Role for it.
func TestForwardPointsToAccess(t *testing.T) {
	_, config := cluster(t, limited())
	_, errs, status := all(t, "forward", "svc/web", ":80", "--kubeconfig", config)
	const want = "culvert: look for svc/web: user dev may not get service web in namespace team-a\n" +
		"Ask whoever runs the cluster for the right to get services in namespace team-a: `culvert access svc/web -n team-a` prints the Role for it.\n"
	if errs != want || status != ExitError {
		t.Errorf("status %d, %q", status, errs)
	}
}

func TestAccessFormats(t *testing.T) {
	s, config := cluster(t, limited())
	out, errs, status := all(t, "access", "svc/web", "-o", "yaml", "--kubeconfig", config)
	if strings.Count(out, "\n---\n") != 1 || !strings.HasPrefix(out, "# Lets user dev forward to svc/web.\napiVersion: ") || errs != "" || status != ExitError {
		t.Errorf("status %d, %q\n%s", status, errs, out)
	}
	role := out
	out, _, _ = all(t, "access", "svc/web", "-o", "json", "--kubeconfig", config)
	var got accessJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	if got.Verdict != "no" || got.Role != role || got.Missing != role || got.User != "dev" || got.Namespace != "team-a" || got.Target != "svc/web" ||
		len(got.Checks) != 9 || got.Checks[0].Allowed != "no" || got.Checks[0].Need != "all" || got.Checks[0].Subresource != "portforward" || got.Limits == nil {
		t.Errorf("it is %+v", got)
	}
	s.Allow("dev", nil)
	out, errs, status = all(t, "access", "svc/web", "-o", "yaml", "--kubeconfig", config)
	if out != role || errs != "" || status != ExitOK {
		t.Errorf("with all rights: status %d, %q\n%s", status, errs, out)
	}
	out, _, _ = all(t, "access", "svc/web", "--kubeconfig", config)
	if !strings.HasPrefix(out, "svc/web in namespace team-a can be forwarded to.\n") || strings.Contains(out, "Ask whoever") {
		t.Errorf("with all rights:\n%s", out)
	}
	s.SetAnswer(kubetest.Answer{Resource: "selfsubjectaccessreviews", Code: 403, Message: "no"})
	out, _, status = all(t, "access", "svc/web", "--kubeconfig", config)
	if !strings.HasPrefix(out, "whether svc/web in namespace team-a can be forwarded to could not be checked: ") || !strings.Contains(out, "\nunknown  create  ") || status != ExitError {
		t.Errorf("without an answer: status %d\n%s", status, out)
	}
}

func TestAccessMistakes(t *testing.T) {
	s, config := cluster(t, limited())
	for _, tt := range []struct {
		args   []string
		status int
		says   string
	}{
		{nil, ExitUsage, "name one target"},
		{[]string{"a", "b"}, ExitUsage, "name one target"},
		{[]string{"node/x"}, ExitUsage, "cannot be forwarded to"},
		{[]string{"x", "-n", "a/b"}, ExitUsage, "not a namespace's name"},
		{[]string{"x", "-o", "wide"}, ExitUsage, "not an output format"},
		{[]string{"x", "--via", "pigeon"}, ExitUsage, "--via"},
		{[]string{"selector/a in (b"}, ExitUsage, "label selector"},
		{[]string{"x", "--context", "nosuch"}, ExitError, "no context of this name"},
	} {
		out, errs, status := all(t, append([]string{"access", "--kubeconfig", config}, tt.args...)...)
		if status != tt.status || out != "" || !strings.Contains(errs, tt.says) {
			t.Errorf("%q: status %d, %q, %q", tt.args, status, out, errs)
		}
	}
	s.Down()
	if out, errs, status := all(t, "access", "x", "--kubeconfig", config); status != ExitError || out != "" || !strings.Contains(errs, "connection refused") {
		t.Errorf("without a server: status %d, %q, %q", status, out, errs)
	}
}
