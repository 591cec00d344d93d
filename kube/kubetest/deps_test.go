package kubetest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The cluster ships in a program: what costs memory, or belongs to a real API
// server, stays out of it.
func TestDependencies(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", "culvert/kube/kubetest/...")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		for _, banned := range []string{
			"k8s.io/apiserver", "k8s.io/api/", "k8s.io/apimachinery", "k8s.io/client-go", "google.golang.org", "fyne.io", "testing",
		} {
			if dep == banned || strings.HasPrefix(dep, strings.TrimSuffix(banned, "/")+"/") {
				t.Errorf("%s is linked", dep)
			}
		}
		if ours := strings.TrimPrefix(dep, "culvert/"); ours != dep && !strings.HasPrefix(ours, "kube/kubetest") && ours != "tunnels/tunneltest/memnet" {
			t.Errorf("%s is linked: the cluster must not know the program that it tests", dep)
		}
	}
}
