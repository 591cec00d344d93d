package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// machine is what a run was done on, and with what.
type machine struct {
	Date       time.Time
	CPU        string
	Cores      int
	MemoryGiB  float64
	Kernel     string
	Go         string
	Culvert    string // the commit
	Kubernetes string
	Kubectl    string
	Load       string // average before the run
	Pairs      int
	Long       int   // rounds of works that take a minute each
	MiB        int64 // of a download or an upload
	WebSockets string
	Minutes    float64 // that the run took
}

func thisMachine(o options) machine {
	m := machine{
		Date: time.Now().UTC().Truncate(time.Second), CPU: "unknown", Cores: runtime.NumCPU(), Go: runtime.Version(),
		Kubernetes: "v1.36.3", Kubectl: "v1.37.2", Pairs: o.pairs, Long: o.long, MiB: o.megabytes,
		WebSockets: "to the kubelet", Culvert: commit(filepath.Dir(filepath.Dir(o.culvert))),
	}
	if o.translated {
		m.WebSockets = "to the API server"
	}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for l := range strings.Lines(string(b)) {
			if name, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(name) == "model name" {
				m.CPU = strings.TrimSpace(value)
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load = strings.Join(strings.Fields(string(b))[:3], " ")
	}
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		m.MemoryGiB = float64(info.Totalram) * float64(info.Unit) / (1 << 30)
	}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		m.Kernel = unix.ByteSliceToString(name.Release[:])
	}
	return m
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

func (m machine) String() string {
	return fmt.Sprintf("%s, %d × %s, %.0f GiB, Linux %s, %s; Culvert %s, kubectl %s, Kubernetes %s; "+
		"%d pairs, %d of works that take a minute each, %d MiB per download and upload; WebSockets end %s; load average before: %s; %.0f minutes.",
		m.Date.Format(time.RFC3339), m.Cores, m.CPU, m.MemoryGiB, m.Kernel, m.Go, m.Culvert, m.Kubectl, m.Kubernetes,
		m.Pairs, m.Long, m.MiB, m.WebSockets, m.Load, m.Minutes)
}
