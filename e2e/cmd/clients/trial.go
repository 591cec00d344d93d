package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"culvert/e2e/clients/debian"
	"culvert/e2e/clients/servers"
	"culvert/e2e/real"
)

// trial is one run.
type trial struct {
	options
	c       *real.Cluster
	began   time.Time
	load    string // of the machine before
	dir     string // for what clients read and write, gone with the cluster
	tree    string // the clients' programs
	used    []debian.Package
	results []result
}

// result is what a row has come to in one round of one peer.
type result struct {
	row     string
	peer    peer
	round   int
	values  map[string]float64 // of what the client has done right
	trouble error
}

// quickly returns the first of two amounts, or the second in a quick run.
func quickly[T any](t *trial, usual, quick T) T {
	if t.quick {
		return quick
	}
	return usual
}

// prepare starts the pods that the rows need, and unpacks the clients.
func (t *trial) prepare(ctx context.Context, ro real.Options, rows []row) error {
	var err error
	// Below the cluster's folder, with which it goes however this ends.
	if t.dir, err = os.MkdirTemp(filepath.Dir(t.c.Kubeconfig()), "clients-"); err != nil {
		return err
	}
	cache, err := ro.CacheDir()
	if err != nil {
		return err
	}
	packages := filepath.Join(cache, "debian")
	began := time.Now()
	ofClients, err := t.fetchClients(ctx, packages)
	if err != nil {
		return err
	}
	program := servers.Program(cache)
	if err := real.GoBuild(".", program, "-ldflags", "-s -w", "./clients/server"); err != nil {
		return fmt.Errorf("build the server of streams (run this in the folder e2e): %w", err)
	}
	secrets, err := t.makeSecrets(ctx)
	if err != nil {
		return fmt.Errorf("make keys and certificates: %w", err)
	}
	var names []string
	for _, r := range rows {
		names = append(names, r.server)
	}
	ofServers, err := servers.Start(ctx, t.c, packages, program, secrets, names, []string{string(culvert), string(kubectl)})
	if err != nil {
		return err
	}
	t.used = slices.Concat(ofServers, ofClients)
	fmt.Fprintf(os.Stderr, "clients: packages, images and servers took %.0f s\n", time.Since(began).Seconds())
	return nil
}

// all does each row in rounds.
func (t *trial) all(ctx context.Context, rows []row) error {
	for _, r := range rows {
		began := time.Now()
		for round := range t.pairs {
			for _, p := range order(round) {
				res := t.one(ctx, r, p, round)
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				fmt.Fprintf(os.Stderr, "clients: %-14s %d/%d %-8s %s\n", r.name, round+1, t.pairs, p, res)
				t.results = append(t.results, res)
			}
		}
		fmt.Fprintf(os.Stderr, "clients: %-14s took %.0f s\n", r.name, time.Since(began).Seconds())
	}
	return nil
}

// one does a row once. What goes wrong is a result, too.
func (t *trial) one(ctx context.Context, r row, p peer, round int) result {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	res := result{row: r.name, peer: p, round: round}
	pod := servers.Pod(r.server, string(p))
	before, err := servers.Log(t.c, pod)
	if err != nil {
		res.trouble = err
		return res
	}
	f, err := t.start(ctx, p, pod, r.ports)
	if err != nil {
		res.trouble = err
		return res
	}
	w := &work{trial: t, f: f, pod: pod, label: fmt.Sprintf("%s-%d", p, round), values: make(map[string]float64)}
	err = r.run(w, ctx)
	if err == nil {
		res.values = w.values
		err = f.settle()
	}
	if gone := f.alive(); gone != nil {
		// What its clients saw of that says less.
		err = gone
		if w.done != "" {
			err = fmt.Errorf("after %s: %w", w.done, gone)
		}
	} else if err == nil {
		err = f.opinion()
	}
	serr := f.stop()
	if err == nil {
		err = errors.Join(serr, t.serverTrouble(r.server, pod, before))
	}
	res.trouble = err
	return res
}

// serverTrouble returns an error when the pod's log has got lines of trouble.
func (t *trial) serverTrouble(server, pod, before string) error {
	after, err := servers.Log(t.c, pod)
	if err != nil {
		return err
	}
	if bad := servers.Unclean(server, strings.TrimPrefix(after, before)); len(bad) > 0 {
		return fmt.Errorf("the server's log has %d lines of trouble, the first: %s", len(bad), bad[0])
	}
	return nil
}

// work is a row that is being done.
type work struct {
	*trial
	f      *forwarder
	pod    string
	label  string             // of peer and round, to tell apart what they leave at a server
	values map[string]float64 // what was measured
	done   string             // how far it has come, should it fail
}

// timed measures how long do takes and returns what that is per second.
func timed(do func() error) (seconds float64, err error) {
	began := time.Now()
	err = do()
	return time.Since(began).Seconds(), err
}
