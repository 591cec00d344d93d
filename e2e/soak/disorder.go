package soak

import (
	"context"
	"fmt"
	"time"

	"culvert/e2e/chaos"
	"culvert/e2e/soak/judge"
)

const (
	// faultWithin bounds a fault and what it does to undo itself.
	faultWithin = 5 * time.Minute
	// recoverEvery is how often it is looked whether all tunnels work again.
	recoverEvery = 100 * time.Millisecond
	// Between two faults, when all tunnels work again, it is calm for so long.
	calmLeast = 3 * time.Second
	calmMost  = 8 * time.Second
	// allKinds is how long a run is that has to do each kind of fault.
	allKinds = 20 * time.Minute
)

// chaos does one fault after the other until it is late, in rounds in which each comes
// once.
func (r *run) chaos(ctx context.Context, until time.Time) error {
	order := r.source(useOrder)
	faults := chaos.Faults()
	w := r.worldOfFaults()
	took := make(map[string]time.Duration)
	for n := uint64(0); ; {
		for _, i := range order.Perm(len(faults)) {
			f := faults[i]
			calm := calmLeast + time.Duration(order.Int64N(int64(calmMost-calmLeast)))
			began := time.Now()
			// A long run does each kind once, however late it gets.
			if !began.Add(took[f.Name]).Before(until) && (r.For < allKinds || n >= uint64(len(faults))) {
				return nil
			}
			if err := r.disturb(ctx, w, f, n); err != nil {
				return err
			}
			if err := pause(ctx, calm); err != nil {
				return err
			}
			took[f.Name] = time.Since(began)
			n++
		}
		if len(faults) == 0 {
			return pause(ctx, time.Until(until))
		}
	}
}

func (r *run) worldOfFaults() *chaos.World {
	w := &chaos.World{Cluster: r.cluster, Host: r.host, Link: r.link, Process: r.product.pid, Kubeconfig: r.home.kubeconfig}
	for _, one := range workloads() {
		w.Workloads = append(w.Workloads, one.Workload)
	}
	return w
}

// disturb does a fault and returns when all tunnels work again, or are given up.
func (r *run) disturb(ctx context.Context, w *chaos.World, f chaos.Fault, n uint64) error {
	began := time.Now()
	window := r.judge.Begin(judge.Fault{Name: f.Name, Silent: f.Silent, Still: still(f.Name), Slow: slow(f.Name)}, began)
	bounded, cancel := context.WithTimeout(ctx, faultWithin)
	harm, err := f.Do(bounded, w, r.source(useFaults+n))
	cancel()
	if err != nil {
		return fmt.Errorf("fault %d, %s, could not be done: %w", n+1, f.Name, err)
	}
	r.judge.End(window, harm.Began, harm.Ended, r.hurt(harm))
	for !r.judge.Recovered(window, time.Now()) {
		if err := pause(ctx, recoverEvery); err != nil {
			return err
		}
	}
	record := Fault{
		Number: int(n) + 1, Name: f.Name, Note: harm.Note, Silent: f.Silent, Began: harm.Began.UTC(),
		Seconds: harm.Ended.Sub(harm.Began).Seconds(), Recovered: max(0, time.Since(harm.Ended).Seconds()),
	}
	r.report.Faults = append(r.report.Faults, record)
	r.logf("fault %d, %s: %s; from %s for %.1f s; all tunnels worked %.1f s later",
		record.Number, f.Name, harm.Note, stamp(harm.Began), record.Seconds, record.Recovered)
	return nil
}

// still says whether Culvert itself does not run while a fault lasts.
func still(fault string) bool { return fault == "culvert frozen" || fault == "machine asleep" }

// slow says whether a fault cuts nothing and lets those wait who connect.
func slow(fault string) bool {
	return fault == "network slow" || fault == "network lossy" || fault == "descriptors filled"
}

// hurt returns the tunnels that a fault may have hurt; nil is all.
func (r *run) hurt(h chaos.Harm) []string {
	if h.All {
		return nil
	}
	out := []string{}
	for _, p := range r.plans {
		for _, w := range h.Workloads {
			if p.workload == w {
				out = append(out, p.name)
			}
		}
	}
	return out
}
