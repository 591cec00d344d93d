package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// imports returns all packages that a build of the program links, with tags.
func imports(t *testing.T, tags string, pkgs ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-tags", tags}, pkgs...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	return strings.Fields(string(out))
}

func TestWhatTheProgramsLink(t *testing.T) {
	tests := []struct {
		name, tags string
		pkgs       []string
		banned     []string
	}{
		{
			"the static command line has no window", "nogui",
			[]string{"."},
			[]string{"fyne.io/", "github.com/go-gl/", "culvert/ui", "culvert/assets", "testing", "github.com/spf13/cobra/doc"},
		},
		{
			"the demo cluster is not a real API server", "nogui",
			[]string{"."},
			[]string{"k8s.io/apiserver", "k8s.io/client-go/kubernetes", "k8s.io/client-go/dynamic"},
		},
		{
			"tunnels knows neither Kubernetes nor the window", "nogui",
			[]string{"./tunnels/..."},
			[]string{"fyne.io/", "k8s.io/", "github.com/moby/", "culvert/kube", "culvert/ui", "culvert/cli"},
		},
		{
			"kube knows no window", "nogui",
			[]string{"./kube/..."},
			[]string{"fyne.io/", "culvert/ui", "culvert/cli"},
		},
		{
			"the window leaves the driver to main", "nogui",
			[]string{"./ui/..."},
			[]string{"fyne.io/fyne/v2/app", "github.com/go-gl/", "culvert/cli", "culvert/kube/kubetest"},
		},
		{
			"the command line knows no window", "nogui",
			[]string{"./cli/..."},
			[]string{"fyne.io/", "culvert/ui"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, pkg := range imports(t, tt.tags, tt.pkgs...) {
				for _, b := range tt.banned {
					if pkg == b || strings.HasPrefix(pkg, strings.TrimSuffix(b, "/")+"/") {
						t.Errorf("%s is linked", pkg)
					}
				}
			}
		})
	}
}
