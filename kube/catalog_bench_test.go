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

// manyPods are in the namespace "default", and run nothing.
func manyPods(n int) []kubetest.Pod {
	out := make([]kubetest.Pod, n)
	for i := range out {
		out[i] = kubetest.Pod{Name: fmt.Sprintf("web-7d4b9c6f5-%05d", i), Phase: "Pending", Waiting: "ContainerCreating"}
	}
	return out
}

// BenchmarkCatalog10000 tells how soon the first and the last of 10,000 pods are
// there, and how much memory each of them keeps.
func BenchmarkCatalog10000(b *testing.B) {
	const many = 10_000
	s, err := kubetest.New(kubetest.Options{Pods: manyPods(many)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	var first, all time.Duration
	var kept uint64
	for b.Loop() {
		c, err := kube.Open(kube.Options{Data: s.Kubeconfig()})
		if err != nil {
			b.Fatal(err)
		}
		before := heap()
		start := time.Now()
		ctx, done := context.WithTimeout(b.Context(), time.Minute)
		var page time.Duration
		c.WatchPods(ctx, "", "", func(l kube.Listing[kube.Pod]) {
			if page == 0 && len(l.Items) > 0 {
				page = time.Since(start)
			}
			if l.Complete {
				all += time.Since(start)
				if len(l.Items) != many || l.Err != nil {
					b.Errorf("%d pods, %v", len(l.Items), l.Err)
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
	b.ReportMetric(float64(kept)/n/many, "B/pod")
}

// heap returns what is in use once garbage is collected.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one left to finalizers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
