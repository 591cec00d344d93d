package kube_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/kubetest"
)

// firstPageLimit is how long a user may look at nothing.
const firstPageLimit = 300 * time.Millisecond

// manyPods are in the namespace "default", and run nothing.
func manyPods(n int) []kubetest.Pod {
	out := make([]kubetest.Pod, n)
	for i := range out {
		out[i] = kubetest.Pod{Name: fmt.Sprintf("web-7d4b9c6f5-%05d", i), Phase: "Pending", Waiting: "ContainerCreating"}
	}
	return out
}

// BenchmarkCatalog10000 tells how soon the first and the last of 10,000 pods are
// there, and how much memory each of them keeps. It fails when the first ones are
// late.
func BenchmarkCatalog10000(b *testing.B) {
	benchmarkListing(b, kubetest.Options{Pods: manyPods(10_000)}, 10_000, func(ctx context.Context, c *kube.Clusters, fn func(kube.Listing[kube.Pod])) {
		c.WatchPods(ctx, "", "", fn)
	})
}

// BenchmarkCatalogNamespaces is the same for 1,000 namespaces and "default".
func BenchmarkCatalogNamespaces(b *testing.B) {
	benchmarkListing(b, kubetest.Options{Namespaces: manyNames(1000)}, 1001, func(ctx context.Context, c *kube.Clusters, fn func(kube.Listing[kube.Namespace])) {
		c.WatchNamespaces(ctx, "", fn)
	})
}

func benchmarkListing[T any](b *testing.B, o kubetest.Options, many int, watch func(context.Context, *kube.Clusters, func(kube.Listing[T]))) {
	s, err := kubetest.New(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	var first, all time.Duration
	var kept int64
	for b.Loop() {
		c, err := kube.Open(kube.Options{Data: s.Kubeconfig()})
		if err != nil {
			b.Fatal(err)
		}
		before, start := heap(), time.Now()
		ctx, done := context.WithTimeout(b.Context(), time.Minute)
		var page time.Duration
		watch(ctx, c, func(l kube.Listing[T]) {
			if page == 0 && len(l.Items) > 0 {
				page = time.Since(start)
			}
			if l.Complete {
				all += time.Since(start)
				if len(l.Items) != many || l.Err != nil {
					b.Errorf("%d items, %v", len(l.Items), l.Err)
				}
				kept += heap() - before
				done()
			}
		})
		first += page
		done()
		c.Close()
	}
	n := float64(b.N)
	b.ReportMetric(first.Seconds()*1000/n, "ms-first-page")
	b.ReportMetric(all.Seconds()*1000/n, "ms-all")
	b.ReportMetric(float64(kept)/n/float64(many), "B/item")
	if mean := first / time.Duration(b.N); mean > firstPageLimit {
		b.Errorf("the first page takes %v", mean)
	}
}

// heap returns what is in use once garbage is collected.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what the first one left to finalizers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
