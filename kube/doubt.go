package kube

import (
	"context"
	"net/http"
	"time"

	"culvert/tunnels/crash"
)

// How long a connection to an API server may be dead before that is noticed: as those
// of the sessions, see tunnels/liveness.go. Kubernetes' own clients take 30 s and 15 s.
const (
	pingEvery = 10 * time.Second // of silence
	pingWait  = 15 * time.Second
	doubtWait = 2 * time.Second // where there is reason to think so
)

// Doubt implements [tunnels.Backend]: the connections to each API server are closed
// where it does not answer over them within two seconds. What went on over them fails,
// and watches begin again.
func (c *Clusters) Doubt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cl := range c.clusters {
		cl.doubt()
	}
}

// doubt does not wait. What it starts ends within doubtWait of the last call: a doubt
// while the server is being asked has it asked again.
func (cl *cluster) doubt() {
	if cl.doubts.Add(1) > 1 {
		return
	}
	go cl.crashes.Contained("asking whether a cluster answers", func() {
		for {
			n := cl.doubts.Load()
			if !cl.answers() {
				cl.conns.CloseAll()
			}
			if cl.doubts.CompareAndSwap(n, 0) {
				return
			}
		}
	}, func(*crash.Panic) { cl.doubts.Store(0) })()
}

// answers says whether the API server answers over a connection that others use too:
// any answer will do, so that no credentials are needed. By HTTP/1 each watch has a
// connection of its own, of which another one's answer says nothing.
func (cl *cluster) answers() bool {
	ctx, cancel := context.WithTimeout(context.Background(), doubtWait)
	defer cancel()
	u, err := below(cl.base, "/version")
	if err != nil {
		return false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return false
	}
	resp, err := cl.bare.RoundTrip(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }() // that it answers is enough
	return resp.ProtoMajor > 1
}
