package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"culvert/e2e/soak/judge"
)

// lengths is how long each part of a run is.
type lengths struct {
	still time.Duration // without traffic, before its figures are taken
	warm  time.Duration // with traffic and without faults, at the beginning and at the end
	quiet time.Duration // without traffic, at the end
	chaos time.Duration
}

// idleSessions is after what Culvert has closed sessions that it does not need: 90 s, of
// which it takes note every 15 s at the beginning and at the end (tunnels/pool.go).
const idleSessions = 150 * time.Second

func lengthsOf(all time.Duration) lengths {
	l := lengths{still: 5 * time.Second, warm: min(max(all/12, 10*time.Second), time.Minute), quiet: idleSessions}
	if all < 10*time.Minute {
		l.quiet = max(all/10, 8*time.Second)
	}
	l.chaos = max(all-l.still-2*l.warm-l.quiet, 0)
	return l
}

// phases is the run proper.
func (r *run) phases(ctx context.Context) error {
	l := lengthsOf(r.For)
	if err := r.twin(ctx, l.still); err != nil {
		return fmt.Errorf("the twin: %w", err)
	}
	r.report.Began = time.Now().UTC()
	if err := r.start(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel()
	states, err := os.Create(filepath.Join(r.Logs, "status.log"))
	if err != nil {
		return err
	}
	defer func() { _ = states.Close() }()
	client, err := rest.HTTPClientFor(r.cluster.RESTConfig())
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	watching.Go(func() { (&watcher{r: r, log: states}).run(ctx) })
	watching.Go(func() { r.compareLists(ctx) })
	watching.Go(func() { r.look(ctx) })
	watching.Go(func() { r.sample(ctx) })
	watching.Go(func() { r.control(ctx, client) })
	watching.Go(func() { r.starve(ctx) })

	if err := pause(ctx, l.still); err != nil {
		return err
	}
	r.report.Still = r.usageSince(l.still / 2)
	if err := r.withTraffic(ctx, l); err != nil {
		return err
	}
	r.logf("no traffic for %v, until what is not needed is closed", l.quiet)
	if err := pause(ctx, l.quiet); err != nil {
		return err
	}
	r.report.Quiet = r.usageSince(min(l.quiet/3, 20*time.Second))
	r.countReconnects()
	cancel()
	watching.Wait()
	return r.last(l)
}

// withTraffic is the part in which there is traffic.
func (r *run) withTraffic(ctx context.Context, l lengths) error {
	var serving sync.WaitGroup
	traffic, stop := context.WithCancel(ctx)
	defer serving.Wait()
	defer stop()
	r.startTraffic(traffic, &serving)
	r.logf("traffic, and no faults for %v", l.warm)
	if err := pause(ctx, l.warm); err != nil {
		return err
	}
	r.report.Before = r.usageSince(l.warm / 2)
	began := time.Now()
	if err := r.chaos(ctx, began.Add(l.chaos)); err != nil {
		return err
	}
	ended := time.Now()
	middle := began.Add(ended.Sub(began) / 2)
	r.report.FirstHalf, r.report.SecondHalf = r.usageBetween(began, middle), r.usageBetween(middle, ended)
	r.logf("no more faults; traffic for %v", l.warm)
	if err := pause(ctx, l.warm); err != nil {
		return err
	}
	r.report.After = r.usageSince(l.warm / 2)
	r.judge.AllServe(time.Now())
	return nil
}

// startTraffic begins all probes and flows, which end with ctx.
func (r *run) startTraffic(ctx context.Context, serving *sync.WaitGroup) {
	for i, p := range r.plans {
		first := probeEvery * time.Duration(i) / time.Duration(len(r.plans))
		serving.Go(func() { r.probe(ctx, p, first, r.source(useProbes+uint64(i))) })
	}
	for i, f := range flows() {
		for k := range f.clients {
			serving.Go(func() { r.serve(ctx, f, r.source(useFlows+uint64(i*useForFlow+k))) })
		}
	}
}

// twin starts another Culvert with the same tunnels and no traffic, counts its goroutines
// and ends it: so many there are to be at the end, too.
func (r *run) twin(ctx context.Context, still time.Duration) error {
	h, err := newHome(r.Culvert, r.home.kubeconfig, r.host)
	if err != nil {
		return err
	}
	p, err := h.up(ctx, filepath.Join(r.Logs, "twin.log"), r.plans)
	if err != nil {
		return errors.Join(err, h.remove(r.Logs))
	}
	err = pause(ctx, still)
	var u judge.Usage
	if err == nil {
		u, err = usage(p.pid(), time.Now())
	}
	if err == nil {
		r.report.TwinStacks, err = p.stacks()
	}
	u.Goroutines = total(r.report.TwinStacks)
	r.report.Twin = u
	return errors.Join(err, p.kill(), h.remove(r.Logs))
}

// start starts the Culvert under test and finds where it listens.
func (r *run) start(ctx context.Context) error {
	var err error
	if r.product, err = r.home.up(ctx, filepath.Join(r.Logs, "culvert.log"), r.plans); err != nil {
		return err
	}
	out, err := r.home.ends(ctx, "list", "-o", "json")
	if err != nil {
		return err
	}
	var all shownTunnels
	if err := json.Unmarshal(out, &all); err != nil {
		return fmt.Errorf("culvert list: %w", err)
	}
	if r.doors, err = doorsOf(r.plans, all.Tunnels); err != nil {
		return err
	}
	sockets, err := r.sockets()
	if err != nil {
		return err
	}
	r.judge.Listening(sockets, time.Now())
	r.report.Listeners = len(sockets)
	return nil
}

// up starts a Culvert with tunnels and returns when all of them are ready.
func (h *home) up(ctx context.Context, log string, all []plan) (*product, error) {
	file := filepath.Join(h.dir, "soak.yaml")
	if err := os.WriteFile(file, []byte(profile(all)), 0o600); err != nil {
		return nil, err
	}
	p, err := h.startProduct(log)
	if err != nil {
		return nil, err
	}
	if err := h.awaitSocket(ctx, p); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	if _, err := h.ends(ctx, "up", "-f", file, "--wait=60s", "--yes", "--quiet"); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	return p, nil
}

// awaitSocket returns when the process can be asked.
func (h *home) awaitSocket(ctx context.Context, p *product) error {
	for {
		if _, err := os.Stat(filepath.Join(h.dir, "run", "culvert", "control.sock")); err == nil {
			return nil
		}
		if p.over() {
			return fmt.Errorf("culvert keep has ended: %v", p.cmd.ProcessState)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// last compares what there is with what there was.
func (r *run) last(l lengths) error {
	if r.product.over() {
		return nil // that was told
	}
	stacks, err := r.product.stacks()
	if err != nil {
		return err
	}
	r.report.Stacks = stacks
	r.report.Quiet.Goroutines = total(stacks)
	r.judge.Finish(time.Now())
	r.compareUsage(l)
	return nil
}

func total(stacks map[string]int) int {
	n := 0
	for _, count := range stacks {
		n += count
	}
	return n
}

// pause returns after d, or earlier with the error of ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
