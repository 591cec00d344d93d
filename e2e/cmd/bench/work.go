package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"culvert/e2e/load"
)

// What samples hold.
const (
	rate       = "MiB/s"
	cpuPerGiB  = "CPU-s/GiB"
	p50        = "p50 ms"
	p99        = "p99 ms"
	perSecond  = "req/s"
	seconds    = "s"
	rssIdle    = "RSS idle MiB"
	rssNow     = "RSS MiB"
	good       = "good"
	bad        = "bad"
	cut        = "cut in flight"
	toCalm     = "p50 to undisturbed"
	calmP50    = "undisturbed p50 ms"
	liveGrowth = "live heap growth MiB"
	moreThread = "more goroutines"
)

// values makes a sample.
func values(v map[string]float64) sample { return sample{Values: v} }

// failed returns an error when not everything of a job went well.
func failed(r load.Result) error {
	if r.Failed == 0 {
		return nil
	}
	return fmt.Errorf("%d failed, the first with: %s", r.Failed, r.Failure)
}

// through starts a forwarder, lets do work through it, and ends it.
func (b *bench) through(ctx context.Context, p peer, at place, do func(f *forwarder) (sample, error)) (sample, error) {
	f, err := b.warm(ctx, p, at)
	if err != nil {
		return sample{}, err
	}
	s, err := do(f)
	if serr := f.stop(); serr != nil && !errors.Is(err, errExits) {
		err = errors.Join(serr, err)
	}
	return s, err
}

// bulk measures the rate and the forwarder's CPU time.
func bulk(kind load.Kind, conns int) func(*bench, context.Context, peer) (sample, error) {
	return func(b *bench, ctx context.Context, p peer) (sample, error) {
		return b.through(ctx, p, b.demo(), func(f *forwarder) (sample, error) {
			before, err := f.cpuSeconds()
			if err != nil {
				return sample{}, err
			}
			r, err := b.load(ctx, f, load.Job{Kind: kind, Conns: conns, Bytes: b.megabytes << 20}, nil)
			if err := errors.Join(err, failed(r)); err != nil {
				return sample{}, err
			}
			after, err := f.cpuSeconds()
			mib := float64(r.Bytes) / (1 << 20)
			return values(map[string]float64{rate: mib / r.Seconds, cpuPerGiB: (after - before) / mib * 1024}), err
		})
	}
}

// connect measures a new connection with an echo of one byte, one at a time.
func connect(kind load.Kind, count int, far bool) func(*bench, context.Context, peer) (sample, error) {
	return func(b *bench, ctx context.Context, p peer) (sample, error) {
		at := b.demo()
		if far {
			at.kubeconfig = b.far
		}
		return b.through(ctx, p, at, func(f *forwarder) (sample, error) {
			r, err := b.load(ctx, f, load.Job{Kind: kind, Count: count}, nil)
			if err := errors.Join(err, failed(r)); err != nil {
				return sample{}, err
			}
			return values(map[string]float64{p50: quantile(r.Millis, 0.5), p99: quantile(r.Millis, 0.99)}), nil
		})
	}
}

func (b *bench) requests(ctx context.Context, p peer) (sample, error) {
	return b.through(ctx, p, b.demo(), func(f *forwarder) (sample, error) {
		r, err := b.load(ctx, f, load.Job{Kind: load.Requests, Conns: 50, For: 2 * time.Second}, nil)
		if err := errors.Join(err, failed(r)); err != nil {
			return sample{}, err
		}
		return values(map[string]float64{perSecond: float64(r.Done) / r.Seconds}), nil
	})
}

// calm is how long a forwarder is left alone before its memory is read.
const calm = time.Second

// held measures the memory idle and with 1,000 connections.
func (b *bench) held(ctx context.Context, p peer) (sample, error) {
	return b.through(ctx, p, b.demo(), func(f *forwarder) (sample, error) {
		time.Sleep(calm)
		idle, err := f.rss()
		if err != nil {
			return sample{}, err
		}
		var now float64
		r, err := b.load(ctx, f, load.Job{Kind: load.Hold, Conns: 1000}, func(load.Result) (err error) {
			time.Sleep(calm)
			now, err = f.rss()
			return err
		})
		return values(map[string]float64{rssIdle: idle, rssNow: now, seconds: r.Seconds}), errors.Join(err, failed(r))
	})
}

// short measures the memory after 30,000 connections.
func (b *bench) short(ctx context.Context, p peer) (sample, error) {
	return b.through(ctx, p, b.demo(), func(f *forwarder) (sample, error) {
		r, err := b.load(ctx, f, load.Job{Kind: load.Short, Conns: 32, Count: 30_000}, nil)
		if err := errors.Join(err, failed(r)); err != nil {
			return sample{}, err
		}
		time.Sleep(2 * calm)
		now, err := f.rss()
		return values(map[string]float64{rssNow: now, seconds: r.Seconds}), err
	})
}

// flat measures whether 100,000 connections leave anything behind: what the
// collections of the last five tenths leave alive and those of the first five, and
// goroutines in comparison with a forwarder that has had 1,000. The memory that the
// system sees is told as well, but moves by some MiB with the collections.
func (b *bench) flat(ctx context.Context, p peer) (sample, error) {
	at := b.demo()
	at.env = []string{traceHeap}
	type end struct {
		rss, live  []float64 // after each tenth; the median of its collections
		goroutines int
		took       float64
	}
	after := func(tenths, count int) (e end, err error) {
		f, err := b.warm(ctx, p, at)
		if err != nil {
			return e, err
		}
		for range tenths {
			r, err := b.load(ctx, f, load.Job{Kind: load.Short, Conns: 32, Count: count}, nil)
			if err := errors.Join(err, failed(r)); err != nil {
				return e, errors.Join(err, f.stop())
			}
			e.took += r.Seconds
			time.Sleep(2 * calm)
			now, err := f.rss()
			if err != nil {
				return e, errors.Join(err, f.stop())
			}
			e.rss = append(e.rss, now)
			e.live = append(e.live, quantile(f.takeLive(), 0.5))
		}
		e.goroutines, err = f.countGoroutines()
		return e, err
	}
	few, err := after(1, 1000)
	if err != nil {
		return sample{}, err
	}
	many, err := after(10, 10_000)
	if err != nil {
		return sample{}, err
	}
	first, last := many.live[:len(many.live)/2], many.live[len(many.live)/2:]
	if slices.Contains(many.live, 0) {
		return sample{}, errors.New("it has not told of its collections")
	}
	v := map[string]float64{
		rssNow: many.rss[len(many.rss)-1], liveGrowth: quantile(last, 0.5) - quantile(first, 0.5),
		moreThread: float64(many.goroutines - few.goroutines), seconds: many.took,
		"goroutines after 1,000": float64(few.goroutines), "goroutines after 100,000": float64(many.goroutines),
	}
	for i := range many.rss {
		v[fmt.Sprintf("RSS after %d0,000", i+1)] = many.rss[i]
		v[fmt.Sprintf("live heap in tenth %d", i+1)] = many.live[i]
	}
	return values(v), nil
}

// beside measures ten new connections with echoes beside four unread downloads.
func (b *bench) beside(ctx context.Context, p peer) (sample, error) {
	return b.through(ctx, p, b.demo(), func(f *forwarder) (sample, error) {
		r, err := b.load(ctx, f, load.Job{Kind: load.Beside}, nil)
		if err != nil {
			return sample{}, err
		}
		v := map[string]float64{good: float64(r.Done), calmP50: quantile(r.Before, 0.5)}
		if r.Done > 0 {
			v[p50] = quantile(r.Millis, 0.5)
			v[toCalm] = v[p50] / v[calmP50]
		}
		return values(v), nil
	})
}

// late measures whether the answer comes to a client that has ended its side.
func (b *bench) late(ctx context.Context, p peer) (sample, error) {
	return b.through(ctx, p, b.demo(), func(f *forwarder) (sample, error) {
		r, err := b.load(ctx, f, load.Job{Kind: load.Late}, nil)
		return values(map[string]float64{good: float64(r.Done)}), err
	})
}
