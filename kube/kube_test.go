package kube_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// patience bounds everything that a test waits for.
const patience = 20 * time.Second

// serve starts a cluster that ends with the test; nothing may be left of it or
// of what uses it.
func serve(t *testing.T, o kubetest.Options) *kubetest.Server {
	t.Helper()
	noneLeft(t)
	return start(t, o)
}

// start is serve for a second cluster.
func start(t *testing.T, o kubetest.Options) *kubetest.Server {
	t.Helper()
	s, err := kubetest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// noneLeft fails the test when it ends with more goroutines than there are now.
func noneLeft(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for end := time.Now().Add(patience); runtime.NumGoroutine() > before; runtime.Gosched() {
			if time.Now().After(end) {
				buf := make([]byte, 1<<20)
				t.Fatalf("%d goroutines instead of %d are left:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
			}
		}
	})
}

func open(t *testing.T, o kube.Options) *kube.Clusters {
	t.Helper()
	c, err := kube.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// told is one call of a watch's callback.
type told[T any] struct {
	items []T
	err   error
}

// watching runs a watch until the test ends and returns what waits for a call
// that is as the test wants it.
func watching[T any](t *testing.T, watch func(context.Context, func([]T, error))) func(what string, ok func([]T, error) bool) []T {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	calls, done := make(chan told[T]), make(chan struct{})
	go func() {
		defer close(done)
		watch(ctx, func(items []T, err error) {
			select {
			case calls <- told[T]{items, err}:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return func(what string, ok func([]T, error) bool) []T {
		t.Helper()
		deadline := time.After(patience)
		var last told[T]
		for {
			select {
			case last = <-calls:
				if ok(last.items, last.err) {
					return last.items
				}
			case <-deadline:
				t.Fatalf("waited for %s; the last that came was %+v, %v", what, last.items, last.err)
			}
		}
	}
}

func pods(c *kube.Clusters, kubeContext, ns string) func(context.Context, func([]kube.Pod, error)) {
	return func(ctx context.Context, fn func([]kube.Pod, error)) {
		c.WatchPods(ctx, kubeContext, ns, func(l kube.Listing[kube.Pod]) { fn(l.Items, l.Err) })
	}
}

func namespaces(c *kube.Clusters, kubeContext string) func(context.Context, func([]kube.Namespace, error)) {
	return func(ctx context.Context, fn func([]kube.Namespace, error)) {
		c.WatchNamespaces(ctx, kubeContext, func(l kube.Listing[kube.Namespace]) { fn(l.Items, l.Err) })
	}
}

func endpoints(c *kube.Clusters, target tunnels.Target, ports ...uint16) func(context.Context, func([]tunnels.Endpoint, error)) {
	return func(ctx context.Context, fn func([]tunnels.Endpoint, error)) {
		var want []tunnels.Port
		for _, p := range ports {
			want = append(want, tunnels.Port{Number: p})
		}
		if err := c.Watch(ctx, target, want, func(found tunnels.Resolution, err error) { fn(found.Endpoints, err) }); err != nil {
			fn(nil, err)
		}
	}
}

func pod(namespace, name string) tunnels.Target {
	return tunnels.Target{Kind: tunnels.KindPod, Namespace: namespace, Name: name}
}

func names(pods []kube.Pod) string {
	var out []string
	for _, p := range pods {
		out = append(out, p.Name)
	}
	return strings.Join(out, " ")
}

func isCause(err error, cause tunnels.Cause) bool {
	e, ok := errors.AsType[*tunnels.Error](err)
	return ok && e.Cause == cause
}
