package soak

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"culvert/e2e/soak/judge"
)

// Report is all that a run has found.
type Report struct {
	Seed       uint64
	For        time.Duration
	Tunnels    int
	Began      time.Time
	Minutes    float64 // that it took, without the start of the cluster
	Machine    string
	Listeners  int
	Figures    judge.Figures
	Reconnects int
	Faults     []Fault
	Violations []judge.Violation
	Error      string `json:",omitempty"` // what has ended the run early

	// What the process used: without traffic at first, with traffic before the faults and
	// after them, and without traffic at the end.
	Still, Before, After, Quiet judge.Usage
	FirstHalf, SecondHalf       judge.Usage // medians of the time with faults
	Twin                        judge.Usage // of another Culvert with the same tunnels, that has had no traffic
	Stacks, TwinStacks          map[string]int
	Usage                       []judge.Usage
}

// Fault is one that was done.
type Fault struct {
	Number    int
	Name      string
	Note      string
	Silent    bool `json:",omitempty"`
	Began     time.Time
	Seconds   float64 // until it was undone
	Recovered float64 // seconds from then until all tunnels worked
}

func newReport(o Options) *Report {
	return &Report{Seed: o.Seed, For: o.For, Tunnels: o.Tunnels, Machine: machine(o.Culvert)}
}

func (r *Report) end(j *judge.Judge) {
	r.Figures, r.Violations = j.Figures(), j.Violations()
	if !r.Began.IsZero() {
		r.Minutes = time.Since(r.Began).Minutes()
	}
}

// kinds tells how many faults of each kind there were.
func (r *Report) kinds() string {
	counts := make(map[string]int)
	for _, f := range r.Faults {
		counts[f.Name]++
	}
	var parts []string
	for name, n := range counts {
		parts = append(parts, fmt.Sprintf("%s %d", name, n))
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}

// String tells it in some lines.
func (r *Report) String() string {
	var b strings.Builder
	f := r.Figures
	fmt.Fprintf(&b, "seed %d, %.1f minutes, %d tunnels, %d listeners: ", r.Seed, r.Minutes, r.Tunnels, r.Listeners)
	fmt.Fprintf(&b, "%.2f GiB verified over %d connections, %d of which faults cut; %d probes, %d failed in faults\n",
		float64(f.Bytes)/(1<<30), f.Connections, f.Cut-f.ProbesFailed, f.Probes, f.ProbesFailed)
	fmt.Fprintf(&b, "%d faults (%s); %d reconnects\n", len(r.Faults), r.kinds(), r.Reconnects)
	fmt.Fprintf(&b, "worst gap %.1f s (%s); worst recovery %.1f s (%s)\n", f.Gap.Seconds(), f.GapOf, f.Recovery.Seconds(), f.RecoveryOf)
	fmt.Fprintf(&b, "worst lag of state %.2f s (%s); where nothing reached the client %.1f s (%s); the machine's fault %d, at most %.2f s late, requests past Culvert %.2f s, without a processor %.0f %%\n",
		f.Lag.Seconds(), f.LagOf, f.SilentLag.Seconds(), f.SilentLagOf, f.LateMachine, f.Lateness.Seconds(), f.Control.Seconds(), 100*r.lateShare())
	fmt.Fprintf(&b, "memory, files, threads, goroutines: twin %s; still %s; before %s; after %s; quiet %s\n",
		used(r.Twin), used(r.Still), used(r.Before), used(r.After), used(r.Quiet))
	for _, v := range r.Violations {
		fmt.Fprintf(&b, "VIOLATION %s\n", v)
	}
	if r.Error != "" {
		fmt.Fprintf(&b, "ERROR %s\n", r.Error)
	}
	fmt.Fprintf(&b, "%s\n", r.Verdict())
	if r.Verdict() == Inconclusive {
		fmt.Fprintf(&b, "The machine was busy with something else: for %.0f %% of the time Culvert or the judge was ready to run and got no processor. Repeat it on one that is not.\n", 100*r.lateShare())
	}
	return b.String()
}

func used(u judge.Usage) string {
	return fmt.Sprintf("%.0f/%.0f MiB, %d, %d, %d", float64(u.RSS)/mib, float64(u.PSS)/mib, u.Files, u.Threads, u.Goroutines)
}
