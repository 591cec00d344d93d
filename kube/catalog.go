package kube

import (
	"context"

	"culvert/tunnels"
)

// WatchPods blocks until ctx is done or c is closed and calls fn, never
// concurrently, with the pods of a namespace, sorted by name: page by page while
// they are read for the first time, then at each change, several changes at once.
// An empty namespace means the context's own. A namespace that does not exist is
// an error of CauseNotFound, and is looked for again.
func (c *Clusters) WatchPods(ctx context.Context, kubeContext, namespace string, fn func(Listing[Pod])) {
	key := c.catalogKey(kubeContext, namespace, podsResource)
	subscribe(ctx, c, key, browse(c, key, (*podObject).pod, nil), fn)
}

// WatchServices is like [Clusters.WatchPods] for services.
func (c *Clusters) WatchServices(ctx context.Context, kubeContext, namespace string, fn func(Listing[Service])) {
	key := c.catalogKey(kubeContext, namespace, servicesResource)
	subscribe(ctx, c, key, browse(c, key, (*serviceObject).listed, nil), fn)
}

// catalogKey returns the key of all objects of a kind in a namespace.
func (c *Clusters) catalogKey(kubeContext, namespace string, r resource) feedKey {
	t, err := c.Complete(tunnels.Target{Context: kubeContext, Namespace: namespace})
	if err != nil {
		// The feed tells the error, and follows the configuration until it knows
		// the context and its namespace.
		t.Context, t.Namespace = kubeContext, namespace
	}
	return feedKey{context: t.Context, view: "catalog", resource: r, namespace: t.Namespace}
}

// browse returns what runs a feed whose items are shown page by page. A keep that
// is not nil says which objects matter.
func browse[O any, P object[O], T any](
	c *Clusters, key feedKey, convert func(o *O, kubeContext string) T, keep func(*O) bool,
) func(context.Context, *feed[T]) {
	return func(ctx context.Context, f *feed[T]) {
		r := &reflector[O, P, T]{
			clusters: c, key: key, feed: f, early: true, keep: keep,
			convert: func(kubeContext string, o *O) T { return convert(o, kubeContext) },
		}
		r.run(ctx)
	}
}
