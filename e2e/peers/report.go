package peers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// LoadVerb makes cmd/peers a client of package load.
const LoadVerb = "load"

// The versions that are built; see e2e/peer, e2e/peer-forwarder and e2e/cluster.
const (
	kubectlVersion    = "v1.37.2"
	libraryVersion    = "v1.1.0"
	kubernetesVersion = "v1.36.3"
)

// Report returns what was found so far.
func (r *Run) Report(began time.Time) Report {
	report := Report{
		Date: began.UTC().Truncate(time.Second), Machine: r.machine,
		Culvert: commit(filepath.Dir(filepath.Dir(r.Programs.Culvert))), Kubectl: kubectlVersion, Library: libraryVersion, Kubernetes: kubernetesVersion,
		Minutes: time.Since(began).Minutes(), Results: r.Results, Verdicts: make(map[string]map[string]string),
	}
	for _, p := range r.peers {
		report.Peers = append(report.Peers, p.Name)
	}
	for _, result := range r.Results {
		verdicts := make(map[string]string)
		for _, o := range result.Observations {
			verdicts[o.Peer] = o.Verdict().Text
		}
		report.Verdicts[result.Row] = verdicts
	}
	return report
}

// machine says what a run is done on, and how busy that was before.
func machine() string {
	load := "unknown"
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(b), " ")
	}
	return fmt.Sprintf("%d cores, %s, load average before %s", runtime.NumCPU(), runtime.GOARCH, load)
}

// commit names the sources in dir, as far as git knows.
func commit(dir string) string {
	cmd := exec.CommandContext(context.Background(), "git", "describe", "--tags", "--always", "--dirty")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
