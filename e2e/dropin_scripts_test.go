package e2e

import (
	"embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// dropInScripts are written for kubectl port-forward. Each ends with status 0 after it has
// got the page of podsrv, which is its output.
//
//go:embed dropin/*.sh
var dropInScripts embed.FS

// TestScriptsForKubectl runs each script twice: with kubectl on PATH, and with a kubectl
// that is Culvert.
func TestScriptsForKubectl(t *testing.T) {
	scripts, err := dropInScripts.ReadDir("dropin")
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := t.TempDir(), t.TempDir()
	if err := os.Symlink(shared.KubectlPath(), filepath.Join(theirs, "kubectl")); err != nil {
		t.Fatal(err)
	}
	wrapper := "#!/bin/sh\nexec '" + shared.culvert + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(ours, "kubectl"), []byte(wrapper), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		for name, dir := range map[string]string{"kubectl": theirs, "culvert": ours} {
			t.Run(script.Name()+" with "+name, func(t *testing.T) {
				out := inShell(t, dir, "bash", filepath.Join(shared.module, "dropin", script.Name()))
				if !strings.Contains(out, "pod podsrv,") {
					t.Errorf("it prints\n%s", out)
				}
			})
		}
	}
}

// inShell runs a program in the cluster's network, with a folder first on PATH, and
// returns what it printed on stdout.
func inShell(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	p := shared.Command(path, args...)
	p.Dir = t.TempDir()
	p.Env = append(os.Environ(), "KUBECONFIG="+shared.Kubeconfig(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	p.WaitDelay = 5 * time.Second
	kill := time.AfterFunc(patience, func() { _ = p.Process.Kill() })
	defer kill.Stop()
	var errs strings.Builder
	p.Stderr = &errs
	out, err := p.Output()
	if err != nil {
		t.Fatalf("%v:\n%s\n%s", err, out, errs.String())
	}
	return string(out)
}

// TestKubectlPlugin: as kubectl-culvert on PATH it is a command of kubectl, which
// completes it too.
func TestKubectlPlugin(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(shared.culvert, filepath.Join(dir, "kubectl-culvert")); err != nil {
		t.Fatal(err)
	}
	kubectl := func(t *testing.T, args ...string) string {
		t.Helper()
		return inShell(t, dir, shared.KubectlPath(), args...)
	}
	if list := kubectl(t, "plugin", "list"); !strings.Contains(list, filepath.Join(dir, "kubectl-culvert")) {
		t.Errorf("the plugins are\n%s", list)
	}
	help := kubectl(t, "culvert", "forward", "--help")
	for _, want := range []string{"\n  kubectl culvert forward TARGET", "\n  kubectl culvert forward svc/web"} {
		if !strings.Contains(help, want) {
			t.Errorf("%q is not in the help:\n%s", want, help)
		}
	}
	script := kubectl(t, "culvert", "completion", "kubectl")
	if err := os.WriteFile(filepath.Join(dir, "kubectl_complete-culvert"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if words := kubectl(t, "__complete", "culvert", "forw"); !strings.HasPrefix(words, "forward\t") {
		t.Errorf("forw is completed by\n%s", words)
	}
	if words := kubectl(t, "__complete", "culvert", "forward", "svc/pod"); !strings.HasPrefix(words, "svc/podsrv\n") {
		t.Errorf("svc/pod is completed by\n%s", words)
	}
	f := shared.Command(shared.KubectlPath(), "culvert", "forward", "podsrv", ":9006")
	f.Env = append(os.Environ(), "KUBECONFIG="+shared.Kubeconfig(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	p := told(t, start(t, f), 2)
	wantPage(t, p.to(remoteHTTP)[0], "podsrv")
}
