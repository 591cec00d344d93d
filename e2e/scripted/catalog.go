package main

import (
	"context"
	"fmt"
	"time"

	"culvert/kube"
	"culvert/ui"
)

// scriptedCatalog is a cluster that answers at once and never changes.
type scriptedCatalog struct {
	ui.Catalog // what the benchmark does not ask for
	pods       []kube.Pod
}

func contextName(i int) string { return [...]string{"dev", "stage"}[i] }

func newCatalog(pods int) *scriptedCatalog {
	c := &scriptedCatalog{}
	for i := range pods {
		c.pods = append(c.pods, kube.Pod{
			Context: "dev", Namespace: "big", Name: fmt.Sprintf("worker-%05d-%05x-x%04x", i/8, i/8*40503%1048576, i*7919%65536),
			UID: fmt.Sprintf("%08x-0000-4000-8000-000000000000", i), Node: fmt.Sprintf("node-%03d", i%200), Status: "Running", Ready: i%20 != 0,
			ReadyContainers: 1, Containers: 1, Created: time.Now().Add(-time.Hour),
			Ports: []kube.ContainerPort{{Name: "http", Number: 8080, Protocol: "TCP", Container: "worker"}, {Name: "metrics", Number: 9090, Protocol: "TCP", Container: "worker"}},
		})
	}
	return c
}

// WatchContexts tells of two contexts.
func (c *scriptedCatalog) WatchContexts(ctx context.Context, fn func([]kube.Context, error)) {
	fn([]kube.Context{
		{Name: contextName(0), Server: "https://dev.example.net:6443", Namespace: "big", Current: true},
		{Name: contextName(1), Server: "https://stage.example.net:6443", Namespace: "shop"},
	}, nil)
	<-ctx.Done()
}

// WatchNamespaces tells of two namespaces in each context.
func (c *scriptedCatalog) WatchNamespaces(ctx context.Context, _ string, fn func(kube.Listing[kube.Namespace])) {
	fn(kube.Listing[kube.Namespace]{Items: []kube.Namespace{{Name: "big"}, {Name: "shop"}}, Complete: true})
	<-ctx.Done()
}

// WatchServices tells that there are none.
func (c *scriptedCatalog) WatchServices(ctx context.Context, _, _ string, fn func(kube.Listing[kube.Service])) {
	fn(kube.Listing[kube.Service]{Complete: true})
	<-ctx.Done()
}

// WatchWorkloads tells that there are none.
func (c *scriptedCatalog) WatchWorkloads(ctx context.Context, _, _ string, fn func(kube.Listing[kube.Workload])) {
	fn(kube.Listing[kube.Workload]{Complete: true})
	<-ctx.Done()
}

// WatchPods tells of the pods of the namespace big.
func (c *scriptedCatalog) WatchPods(ctx context.Context, _, namespace string, fn func(kube.Listing[kube.Pod])) {
	l := kube.Listing[kube.Pod]{Complete: true}
	if namespace == "big" {
		l.Items = c.pods
	}
	fn(l)
	<-ctx.Done()
}

// Check says that the cluster answers.
func (c *scriptedCatalog) Check(context.Context, string) (time.Duration, error) {
	return 18 * time.Millisecond, nil
}

// RememberNamespace remembers nothing.
func (c *scriptedCatalog) RememberNamespace(string, string) error { return nil }
