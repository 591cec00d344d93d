package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/load"
	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

const (
	listensAfter = 2 * time.Second        // how long the replaced pod's program takes to start
	knockEvery   = 20 * time.Millisecond  // while a pod is replaced: 50 new connections a second
	probeEvery   = 100 * time.Millisecond // new connections while something else is away
	giveUp       = 60 * time.Second       // what serves not again in this time has not recovered
	knockWithin  = 20 * time.Second       // more than a forwarder may hold a connection
	holeFor      = 60 * time.Second
)

// echoPlace is a place with the echo only.
func (b *bench) echoPlace() place {
	at := b.demo()
	at.ports = []uint16{demopod.PortEcho}
	return at
}

// podReplaced deletes a bare pod under 50 new connections a second and makes it
// again; its program listens 2 s after it has started, and nothing tells when.
func (b *bench) podReplaced(ctx context.Context, p peer) (sample, error) {
	const name = "bare"
	pods := b.c.API().CoreV1().Pods(benchNamespace)
	create := func() error {
		if err := b.c.CreatePod(ctx, real.NewSlowPod(benchNamespace, name, listensAfter)); err != nil {
			return err
		}
		_, err := b.c.AwaitPod(ctx, benchNamespace, name, running)
		return err
	}
	if err := create(); err != nil {
		return sample{}, err
	}
	defer func() { _ = b.c.DeletePod(context.WithoutCancel(ctx), benchNamespace, name, metav1.DeleteOptions{}) }()
	at := b.echoPlace()
	at.namespace, at.pod = benchNamespace, name
	time.Sleep(listensAfter + calm) // kubectl would not survive an attempt that comes too early
	return b.through(ctx, p, at, func(f *forwarder) (sample, error) {
		k := load.StartKnocks(ctx, b.c.Dial, f.addrs[demopod.PortEcho], knockEvery, knockWithin)
		defer k.End()
		time.Sleep(calm)
		old, err := pods.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return sample{}, err
		}
		if err := pods.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			return sample{}, err
		}
		deleted := time.Now()
		if _, err := b.c.AwaitPod(ctx, benchNamespace, name, real.Gone(old.UID)); err != nil {
			return sample{}, err
		}
		if err := create(); err != nil {
			return sample{}, err
		}
		listens := time.Now().Add(listensAfter)
		time.Sleep(listensAfter + calm)
		back, err := backAfter(ctx, k, f, listens)
		time.Sleep(2 * calm)
		v := map[string]float64{good: 0, bad: 0, cut: 0}
		if err == nil {
			v[seconds] = max(0, back.Sub(listens).Seconds())
		}
		for _, one := range k.End() {
			switch {
			case one.Err == nil:
				v[good]++
			case one.Began.Before(deleted):
				v[cut]++
			default:
				v[bad]++
				if err == nil {
					err = fmt.Errorf("a connection %.2f s after the deletion: %w", one.Began.Sub(deleted).Seconds(), one.Err)
				}
			}
		}
		return values(v), err
	})
}

func running(p *corev1.Pod) bool {
	return p != nil && p.DeletionTimestamp == nil && len(p.Status.ContainerStatuses) > 0 && p.Status.ContainerStatuses[0].State.Running != nil
}

// backAfter is as Answered, but ends when the forwarder has ended or the time is
// over.
func backAfter(ctx context.Context, k *load.Knocks, f *forwarder, since time.Time) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	over := make(chan struct{})
	go func() {
		select {
		case <-f.ended:
			cancel()
		case <-over:
		}
	}()
	defer close(over)
	at, err := k.Answered(ctx, since, since)
	if err == nil {
		return at, nil
	}
	if gone := f.exited(); gone != nil {
		return at, gone
	}
	return at, fmt.Errorf("%w within %v", errNotAgain, giveUp)
}

// errNotAgain is the trouble of a forwarder that runs on and does not serve.
var errNotAgain = errors.New("does not serve again")

// away measures how long after something has answered again the forwarder
// serves. Back brings it back, and returns when it answered of the pod and when
// it first answered at all.
func (b *bench) away(ctx context.Context, p peer, away func() error, back func() (answers, first time.Time, err error)) (sample, error) {
	return b.through(ctx, p, b.echoPlace(), func(f *forwarder) (sample, error) {
		if err := away(); err != nil {
			return sample{}, err
		}
		gone := time.Now()
		k := load.StartKnocks(ctx, b.c.Dial, f.addrs[demopod.PortEcho], probeEvery, knockWithin)
		defer k.End()
		answers, first, err := back()
		if err != nil {
			return sample{}, err
		}
		served, err := backAfter(ctx, k, f, gone)
		if err != nil {
			return sample{}, err
		}
		return values(map[string]float64{
			seconds: max(0, served.Sub(answers).Seconds()), "s after any answer": max(0, served.Sub(first).Seconds()),
			"away s": answers.Sub(gone).Seconds(),
		}), nil
	})
}

// apiKilled ends the API server as a crash would. It answers again when it tells
// of a pod.
func (b *bench) apiKilled(ctx context.Context, p peer) (sample, error) {
	s, err := b.away(
		ctx, p, func() error { return b.c.Kill(real.APIServer) },
		func() (answers, first time.Time, err error) {
			if err := b.c.StartComponent(real.APIServer); err != nil {
				return answers, first, err
			}
			err = until(ctx, func() error {
				_, err := b.c.API().CoreV1().Pods("default").Get(ctx, "podsrv", metav1.GetOptions{})
				var refusal apierrors.APIStatus
				if first.IsZero() && (err == nil || errors.As(err, &refusal)) {
					first = time.Now()
				}
				return err
			})
			return time.Now(), first, err
		},
	)
	return s, errors.Join(err, b.c.AwaitReady(ctx, real.APIServer))
}

// kubeletRestarted ends the kubelet in good order. It answers again when it
// tells of the pod: it does not know its pods when it starts.
func (b *bench) kubeletRestarted(ctx context.Context, p peer) (sample, error) {
	api := b.c.API().CoreV1().RESTClient()
	s, err := b.away(
		ctx, p, func() error { return b.c.StopComponent(ctx, real.Kubelet) },
		func() (answers, first time.Time, err error) {
			if err := b.c.StartComponent(real.Kubelet); err != nil {
				return answers, first, err
			}
			err = until(ctx, func() error {
				var pods corev1.PodList
				err := api.Get().AbsPath("/api/v1/nodes", real.NodeName, "proxy/pods").Do(ctx).Into(&pods)
				if err != nil {
					return err
				}
				if first.IsZero() {
					first = time.Now()
				}
				for _, pod := range pods.Items {
					if pod.Name == "podsrv" {
						return nil
					}
				}
				return errors.New("it does not know the pod")
			})
			return time.Now(), first, err
		},
	)
	return s, errors.Join(err, b.c.AwaitReady(ctx, real.Kubelet))
}

// until tries until it works.
func until(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("not within %v: %w", giveUp, err)
		}
	}
}

// blackHole swallows every packet between a client's host and the cluster, and
// measures how long after its end the forwarder serves.
func (b *bench) blackHole(ctx context.Context, p peer) (sample, error) {
	host, err := b.c.NewClientHost()
	if err != nil {
		return sample{}, err
	}
	s, err := b.hole(ctx, p, host)
	return s, errors.Join(err, host.Close())
}

func (b *bench) hole(ctx context.Context, p peer, host *real.ClientHost) (sample, error) {
	at := b.echoPlace()
	at.command = host.Command
	f, err := b.start(ctx, p, at)
	if err != nil {
		return sample{}, err
	}
	defer func() { _ = f.stop() }()
	if err := load.EchoOnce(ctx, host.Dial, f.addrs[demopod.PortEcho], knockWithin); err != nil {
		return sample{}, err
	}
	if err := host.Blackhole(); err != nil {
		return sample{}, err
	}
	k := load.StartKnocks(ctx, host.Dial, f.addrs[demopod.PortEcho], time.Second, knockWithin)
	defer k.End()
	time.Sleep(holeFor)
	if err := host.Heal(); err != nil {
		return sample{}, err
	}
	healed := time.Now()
	served, err := backAfter(ctx, k, f, healed)
	if err != nil {
		return sample{}, err
	}
	return values(map[string]float64{seconds: served.Sub(healed).Seconds()}), nil
}
