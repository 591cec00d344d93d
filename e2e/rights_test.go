package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"culvert/e2e/real"
)

// kubeconfigFor writes a kubeconfig with one context, of a user without any
// rights but those that a test gives.
func kubeconfigFor(t *testing.T, name string) string {
	t.Helper()
	access, err := shared.Access(name, real.Identity{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := (real.Kubeconfig{access}).Write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// output runs culvert to its end and returns what it printed.
func output(t *testing.T, status int, args ...string) (out, errs string) {
	t.Helper()
	p := command(t, args...)
	got := p.status(t, patience)
	o, e := p.lines()
	out, errs = strings.Join(o, "\n"), strings.Join(e, "\n")
	if got != status {
		t.Fatalf("culvert %s: exit status %d, not %d:\n%s\n%s", strings.Join(args, " "), got, status, out, errs)
	}
	return out, errs
}

// The Role that `culvert access` prints is what a user needs.
func TestRoleIsEnough(t *testing.T) {
	for target, port := range map[string]string{"svc/podsrv": ":http", "podsrv": ":9006", "selector/app=podsrv": ":9006"} {
		t.Run(target, func(t *testing.T) {
			user := "carol-" + strings.NewReplacer("/", "-", "=", "-").Replace(target)
			config := kubeconfigFor(t, user)
			out, _ := output(t, 1, "access", "--kubeconfig", config, target)
			if !strings.Contains(out, "pods/portforward") || !strings.Contains(out, "create") {
				t.Errorf("the verdict names no verb:\n%s", out)
			}
			role, _ := output(t, 1, "access", "--kubeconfig", config, "-o", "yaml", target)
			if err := shared.Apply(role); err != nil {
				t.Fatalf("%v:\n%s", err, role)
			}
			t.Cleanup(func() {
				if _, err := shared.Kubectl("delete", "role,rolebinding", "-n", "default", roleName(role)); err != nil {
					t.Error(err)
				}
			})
			eventually(t, "the rights", func() error {
				p := command(t, "access", "--kubeconfig", config, target)
				if p.status(t, patience) != 0 {
					out, _ := p.lines()
					return fmt.Errorf("%s", strings.Join(out, "\n"))
				}
				return nil
			})
			f := forward(t, 2, "--kubeconfig", config, target, port)
			wantPage(t, f.bound[0].addr, "podsrv")
			f.interrupt(t, syscall.SIGTERM)
		})
	}
}

// roleName finds the name in a manifest of a Role.
func roleName(manifest string) string {
	for line := range strings.Lines(manifest) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "name: culvert-"); ok {
			return "culvert-" + strings.Trim(name, `"'`)
		}
	}
	return ""
}

func TestTargetsAreListed(t *testing.T) {
	out, _ := output(t, 0, "targets", "-n", "default")
	for _, want := range []string{"svc/podsrv", "80(http)", "podsrv"} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
	out, _ = output(t, 0, "targets", "-n", "default", "-o", "json")
	var list struct {
		Services, Pods []struct{ Target string }
		Missing        []struct{ Kind, Hint string }
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	has := func(targets []struct{ Target string }, want string) bool {
		return slices.ContainsFunc(targets, func(x struct{ Target string }) bool { return x.Target == want })
	}
	if !has(list.Services, "svc/podsrv") || !has(list.Pods, "pod/podsrv") || len(list.Missing) > 0 {
		t.Errorf("listed is %+v", list)
	}
	_, errs := output(t, 1, "targets", "--kubeconfig", kubeconfigFor(t, "nobody"), "-n", "default")
	if !strings.Contains(errs, "nobody may not list") {
		t.Errorf("it says\n%s", errs)
	}
}

// Who may not list namespaces is shown projects, where these are.
func TestProjects(t *testing.T) {
	if !shared.Real() {
		t.Fatal("the stand-in has no OpenShift")
	}
	namespace := newNamespace(t)
	createTargets(t, namespace)
	const rights = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: sees-projects}
rules: [{apiGroups: [project.openshift.io], resources: [projects], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: dora-sees-projects}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: sees-projects}
subjects: [{kind: User, name: dora}]
`
	if err := shared.Apply(rights); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := shared.Kubectl("delete", "clusterrole/sees-projects", "clusterrolebinding/dora-sees-projects"); err != nil {
			t.Error(err)
		}
	})
	config := kubeconfigFor(t, "dora")
	eventually(t, "the project", func() error {
		out, errs := output(t, 0, "namespaces", "--kubeconfig", config)
		if !strings.Contains(out, namespace) || !strings.Contains(out, "project") {
			return fmt.Errorf("%s\n%s", out, errs)
		}
		return nil
	})
	f := forward(t, 2, "-n", namespace, "dc/dc", ":http")
	wantPage(t, f.bound[0].addr, "dc-1-fqw8n")
	f.interrupt(t, syscall.SIGTERM)
}
