package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"culvert/e2e/soak/judge"
)

// flow is one kind of traffic: so many clients, each of which opens one connection after
// the other and pauses between them.
type flow struct {
	what    string
	port    string
	clients int
	pause   time.Duration // on average
	use     func(ctx context.Context, r *run, c *client) outcome
}

// flows is the traffic. It is as much as two cores carry beside the cluster: some ten new
// connections and 4 MiB a second.
func flows() []flow {
	return []flow{
		{"request", "http", 6, 500 * time.Millisecond, request},
		{"download", "stream", 5, 2 * time.Second, longDownload},
		{"burst", "stream", 1, 6 * time.Second, burst},
		{"upload", "sink", 3, 2 * time.Second, upload},
		{"idle connection", "echo", 20, time.Second, idle},
		{"half-closed request", "late", 2, time.Second, halfClosed},
		{"stalled download", "stream", 3, 3 * time.Second, stalled},
	}
}

// client is one connection of a flow.
type client struct {
	door   door
	random *rand.Rand
	bytes  int64 // verified, both ways
}

// outcome is how a connection went.
type outcome struct {
	err   error  // why it failed
	wrong string // what a fault never explains
}

func failed(err error) outcome { return outcome{err: err} }

// serve opens one connection after the other until ctx is done.
func (r *run) serve(ctx context.Context, f flow, random *rand.Rand) {
	at := r.doorsTo(f.port)
	wait := time.NewTimer(time.Duration(random.Int64N(int64(f.pause) + 1)))
	defer wait.Stop()
	for {
		select {
		case <-wait.C:
		case <-ctx.Done():
			return
		}
		c := &client{door: at[random.IntN(len(at))], random: random}
		opened := time.Now()
		o := f.use(ctx, r, c)
		ended := time.Now()
		if ctx.Err() == nil || o.wrong != "" {
			r.judge.Conn(judge.Conn{
				Tunnel: c.door.tunnel, What: fmt.Sprintf("%s at %s", f.what, c.door.addr),
				Opened: opened, Ended: ended, Bytes: c.bytes, Err: o.err, Wrong: o.wrong,
			})
		}
		wait.Reset(f.pause/2 + time.Duration(random.Int64N(int64(f.pause)+1)))
	}
}

// doorsTo are all local addresses that lead to a port of that name.
func (r *run) doorsTo(port string) []door {
	var all []door
	for _, p := range r.plans {
		all = append(all, r.doors[p.name][port]...)
	}
	return all
}

// wrong tells of what a fault never explains, and returns it as an error.
func (r *run) wrong(d door, what, text string) error {
	r.judge.Violate(judge.Violation{At: time.Now(), Kind: judge.Bytes, Tunnel: d.tunnel, Text: fmt.Sprintf("the %s at %s: %s", what, d.addr, text)})
	return fmt.Errorf("wrong bytes: %s", text)
}
