package soak

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"culvert/e2e/real"
)

// controlEvery is how often the cluster is asked past Culvert.
const controlEvery = 300 * time.Millisecond

// controlWithin is how long it is waited for an answer: what takes longer is more than a
// machine that is late.
const controlWithin = 3 * time.Second

// control asks the kubelet through the API server, again and again until ctx is done: that
// is the way of all tunnels, without the network to it, without containerd and without
// Culvert.
func (r *run) control(ctx context.Context, client *http.Client) {
	var running sync.WaitGroup
	defer running.Wait()
	tick := time.NewTicker(controlEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		running.Go(func() {
			began := time.Now()
			bounded, cancel := context.WithTimeout(ctx, controlWithin)
			defer cancel()
			if r.askKubelet(bounded, client) == nil {
				r.judge.Controlled(began, time.Now())
			}
		})
	}
}

func (r *run) askKubelet(ctx context.Context, client *http.Client) error {
	url := r.cluster.Server() + "/api/v1/nodes/" + real.NodeName + "/proxy/healthz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the kubelet answers %s", resp.Status)
	}
	return nil
}
