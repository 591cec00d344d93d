package kube

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"culvert/tunnels"
)

// WatchNamespaces blocks until ctx is done or c is closed and calls fn, never
// concurrently, with the namespaces of a context: once they are known and at
// each change. The slice is sorted by name and immutable.
//
// While they cannot be listed fn gets the last known ones, if any, with an
// *tunnels.Error, and WatchNamespaces tries again by itself. Without the right
// to list them the error is of CauseForbidden and the context's own namespace
// is the only entry.
func (c *Clusters) WatchNamespaces(ctx context.Context, kubeContext string, fn func([]Namespace, error)) {
	kubeContext = c.contextName(kubeContext)
	key := feedKey{context: kubeContext, view: "namespace", resource: namespacesResource}
	subscribe(ctx, c, key, func(ctx context.Context, f *feed[Namespace]) {
		r := &reflector[namespaceObject, *namespaceObject, Namespace]{
			clusters: c, key: key, feed: f,
			convert: func(name string, o *namespaceObject) Namespace { return o.namespace(name) },
			instead: func(cl *cluster, err *tunnels.Error) ([]Namespace, bool) {
				own := []Namespace{{Context: cl.context.Name, Name: cl.context.Namespace}}
				return own, err.Cause == tunnels.CauseForbidden
			},
		}
		r.run(ctx)
	}, fn)
}

// WatchPods is like [Clusters.WatchNamespaces] for the pods of a namespace; an
// empty namespace means the context's own. A namespace that does not exist is
// an error of CauseNotFound, and is looked for again.
func (c *Clusters) WatchPods(ctx context.Context, kubeContext, namespace string, fn func([]Pod, error)) {
	t, err := c.Complete(tunnels.Target{Context: kubeContext, Namespace: namespace})
	if err != nil {
		// The feed tells the error, and follows the configuration until it knows
		// the context and its namespace.
		t.Context, t.Namespace = kubeContext, namespace
	}
	key := feedKey{context: t.Context, view: "pod", resource: podsResource, namespace: t.Namespace}
	subscribe(ctx, c, key, func(ctx context.Context, f *feed[Pod]) {
		r := &reflector[podObject, *podObject, Pod]{
			clusters: c, key: key, feed: f,
			convert: func(name string, o *podObject) Pod { return o.pod(name) },
		}
		r.run(ctx)
	}, fn)
}

// contextName returns name, or the current context's if it is empty.
func (c *Clusters) contextName(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name == "" {
		return c.loaded.current
	}
	return name
}

// namespaceMissing returns an *tunnels.Error when the namespace certainly does
// not exist, else nil.
func (cl *cluster) namespaceMissing(ctx context.Context, namespace string) error {
	if namespace == "" {
		return nil
	}
	_, err := getObject[namespaceObject](ctx, cl, namespacesResource.object("", namespace))
	if !isStatus(err, http.StatusNotFound) {
		return nil // it is there, or we cannot tell
	}
	e := &tunnels.Error{
		Op:    "namespace " + namespace,
		Err:   fmt.Errorf("it does not exist in context %s", cl.context.Name),
		Hint:  "Check its name, or create it; it is used as soon as it is there.",
		Cause: tunnels.CauseNotFound,
	}
	names, err := cl.names(ctx, namespacesResource.path(""))
	if err == nil {
		if near := nearest(namespace, names); len(near) > 0 {
			e.Hint = "Did you mean " + strings.Join(near, " or ") + "?"
		}
	}
	return e
}

// missing says that an object does not exist, and which one may have been meant.
func (cl *cluster) missing(ctx context.Context, r resource, namespace, name string) *tunnels.Error {
	e := &tunnels.Error{
		Op:    "look for " + string(r.kind()) + "/" + name,
		Err:   fmt.Errorf("namespace %s has no %s of this name", namespace, r.singular()),
		Hint:  "It is used as soon as it is there; check its name and namespace.",
		Cause: tunnels.CauseNotFound,
	}
	names, err := cl.names(ctx, r.path(namespace))
	if err != nil {
		return e // without the right to list there is nothing to suggest
	}
	if near := nearest(name, names); len(near) > 0 {
		e.Hint = "Did you mean " + strings.Join(near, " or ") + "?"
	}
	return e
}

// names returns the names of the first objects of a kind.
func (cl *cluster) names(ctx context.Context, path string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	resp, err := cl.get(ctx, path, map[string][]string{"limit": {strconv.Itoa(pageSize)}})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	type named struct {
		Metadata struct {
			Name text `json:"name"`
		} `json:"metadata"`
	}
	var names []string
	_, err = decodeList(cl.bounds.page(resp.Body, cl.bounds.listBytes), func(o *named) error {
		if len(names) < pageSize {
			names = append(names, string(o.Metadata.Name))
		}
		return nil
	})
	return names, err
}
