package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"culvert/e2e/real"
)

// A cluster leaves nothing on the machine, however the process ends that has
// started it.
func TestNothingIsLeft(t *testing.T) {
	options, err := real.OptionsFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	cache, err := options.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "cluster")
	if err := real.GoBuild(shared.module, program, "./cmd/cluster"); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			// A cache of its own but for the programs.
			own := t.TempDir()
			if err := os.Symlink(filepath.Join(cache, "bin"), filepath.Join(own, "bin")); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(program, "run")
			cmd.Env = append(os.Environ(), "E2E_CACHE="+own)
			var said strings.Builder
			cmd.Stderr = &said
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(stdout)
			if !lines.Scan() || !strings.Contains(lines.Text(), "is up") {
				cmd.Process.Kill()
				t.Fatalf("it did not come up: %q, %v\n%s", lines.Text(), cmd.Wait(), said.String())
			}
			traces := tracesOf(t, own)
			if len(traces) < 3 {
				t.Errorf("a running cluster has the traces %v only: this test does not see it", traces)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			for lines.Scan() { // to the end
			}
			if err := cmd.Wait(); signal == syscall.SIGTERM && err != nil {
				t.Errorf("it ended with %v\n%s", err, said.String())
			}
			eventually(t, "nothing is left", func() error {
				if left := tracesOf(t, own); len(left) > 0 {
					return fmt.Errorf("%d are left: %v", len(left), left)
				}
				return nil
			})
		})
	}
}

// tracesOf finds the processes, mounts and cgroups of clusters with that cache.
func tracesOf(t *testing.T, cache string) []string {
	t.Helper()
	var traces []string
	runs, err := filepath.Glob(filepath.Join(cache, "run", "*"))
	if err != nil {
		t.Fatal(err)
	}
	namespaces := make(map[string]bool)
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	// The node's own process names the cache; the others share its network or,
	// as the pods, its tree of processes.
	for _, p := range processes {
		args, err := os.ReadFile(p + "/cmdline")
		if err != nil || !strings.Contains(string(args), cache) {
			continue
		}
		traces = append(traces, p)
		if ns, err := os.Readlink(p + "/ns/pid"); err == nil {
			namespaces[ns] = true
		}
	}
	host, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range processes {
		if ns, err := os.Readlink(p + "/ns/pid"); err == nil && ns != host && namespaces[ns] {
			traces = append(traces, p)
		}
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), "culvert-e2e") {
		traces = append(traces, "a mount")
	}
	for _, run := range runs {
		err := filepath.WalkDir("/sys/fs/cgroup", func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "culvert-e2e-"+filepath.Base(run) {
				traces = append(traces, path)
				return fs.SkipDir
			}
			return nil // a cgroup that vanishes meanwhile is none of ours
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return traces
}
