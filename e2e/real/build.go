package real

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// program is one Go program that the cluster needs.
type program struct {
	name    string // in the folder of programs
	dir     string // of its module, relative to the e2e module
	pkg     string
	tags    string
	version string // what a Kubernetes program reports to be
}

// programs are built in this order. All with CGO_ENABLED=0 and few tags, so that they
// share the build cache with each other and with everything else.
var programs = [...]program{
	{name: "node", dir: ".", pkg: "./cmd/node"},
	{name: "pause", dir: ".", pkg: "./pause"},
	{name: "podsrv", dir: ".", pkg: "./podsrv"},
	{name: "kube", dir: "cluster", pkg: ".", tags: "providerless", version: "v1.36.3"},
	{name: "kubectl", dir: "peer", pkg: ".", version: "v1.37.2"},
}

// moduleDir returns the folder of the e2e module, in or below which the caller
// runs.
func moduleDir() (string, error) {
	cmd := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}", "culvert/e2e")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find the e2e module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// build compiles p of the module at dir into bin. It returns soon when nothing
// has changed.
func (p program) build(dir, bin string) error {
	flags := "-s -w"
	if p.version != "" {
		for _, pkg := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
			major, rest, _ := strings.Cut(strings.TrimPrefix(p.version, "v"), ".")
			minor, _, _ := strings.Cut(rest, ".")
			flags += fmt.Sprintf(" -X %[1]s.gitVersion=%[2]s -X %[1]s.gitMajor=%[3]s -X %[1]s.gitMinor=%[4]s", pkg, p.version, major, minor)
		}
	}
	args := []string{"-ldflags", flags}
	if p.tags != "" {
		args = append(args, "-tags", p.tags)
	}
	return GoBuild(filepath.Join(dir, p.dir), filepath.Join(bin, p.name), append(args, p.pkg)...)
}

// GoBuild runs go build in dir, without C, and puts the program at out.
func GoBuild(dir, out string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), "go", append([]string{"build", "-buildvcs=false", "-o", out}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	if printed, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, printed)
	}
	return nil
}
