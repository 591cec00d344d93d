package kube

import (
	"context"
	"net/url"

	"culvert/tunnels/crash"

	"k8s.io/apimachinery/pkg/util/runtime"
)

// ContainLibraries keeps panics in goroutines of Kubernetes' libraries from ending the
// process: those recover, and would panic again, after telling a log that nobody
// reads. What they do is run again by them, as the watch over a client certificate, or was
// asked for by a request that ends by its own time. It is for the whole process; call it
// once, before anything else of this package but [LogTo].
func ContainLibraries(crashes *crash.Reporter) {
	runtime.ReallyCrash = false
	runtime.PanicHandlers = []func(context.Context, any){func(_ context.Context, value any) {
		_ = crashes.Caught("a library of Kubernetes", value)
	}}
}

// keepOutOfReports has crash reports call contexts, clusters, users and servers by what
// they are.
func (c *Clusters) keepOutOfReports(known *config) {
	for _, e := range known.entries {
		c.crashes.Know("context", e.context.Name)
		c.crashes.Know("cluster", e.context.Cluster)
		c.crashes.Know("user", e.context.User)
		if u, err := url.Parse(e.context.Server); err == nil {
			c.crashes.Know("server", u.Hostname())
		}
	}
}

// keepFollowing follows the files until Close; after a panic it begins anew.
func (c *Clusters) keepFollowing() {
	for c.crashes.Contain("following the kubeconfigs", c.follow) != nil {
		pause(c.ctx, lastRetry, nil, nil)
		if c.ctx.Err() != nil {
			return
		}
	}
}
