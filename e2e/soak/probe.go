package soak

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// probeEvery is how often each tunnel is probed.
	probeEvery = 500 * time.Millisecond
	// probesOut is how many probes of a tunnel may be out at a time: fewer than Culvert
	// holds.
	probesOut = 60
	// probeWithin is longer than a Culvert that stands still takes to come to itself: who
	// gives up is the judge of nothing.
	probeWithin = 60 * time.Second
)

// probe probes one tunnel until ctx is done: each time a new connection with an echo of
// what nobody else sends.
func (r *run) probe(ctx context.Context, p plan, first time.Duration, random *rand.Rand) {
	var running sync.WaitGroup
	defer running.Wait()
	var out atomic.Int32
	at := r.doors[p.name]["echo"]
	wait := time.NewTimer(first) // not all at once
	defer wait.Stop()
	for i := 0; ; i++ {
		select {
		case <-wait.C:
		case <-ctx.Done():
			return
		}
		wait.Reset(probeEvery)
		if out.Load() >= probesOut {
			continue
		}
		out.Add(1)
		d, nonce := at[i%len(at)], random.Uint64()
		running.Go(func() {
			defer out.Add(-1)
			r.probeOnce(ctx, d, nonce)
		})
	}
}

func (r *run) probeOnce(ctx context.Context, d door, nonce uint64) {
	r.judge.ProbeBegan(d.tunnel, nonce, time.Now())
	err := r.echoOnce(ctx, d, nonce)
	if ctx.Err() != nil {
		r.judge.ProbeForgotten(d.tunnel, nonce)
		return
	}
	r.judge.ProbeEnded(d.tunnel, nonce, time.Now(), err)
}

func (r *run) echoOnce(ctx context.Context, d door, nonce uint64) error {
	conn, err := r.dial(ctx, d, time.Now().Add(probeWithin))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	said := fmt.Sprintf("%s %016x\n", d.tunnel, nonce)
	if _, err := io.WriteString(conn, said); err != nil {
		return err
	}
	back := make([]byte, len(said))
	if _, err := io.ReadFull(conn, back); err != nil {
		return fmt.Errorf("at %s: %w", d.addr, err)
	}
	if string(back) != said {
		return r.wrong(d, "probe", fmt.Sprintf("%q came back as %q", said, back))
	}
	return nil
}
