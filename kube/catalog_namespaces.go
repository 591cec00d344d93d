package kube

import (
	"context"
	"slices"
	"strings"

	"culvert/tunnels"
)

// WatchNamespaces is like [Clusters.WatchPods] for the namespaces of a context.
//
// Where the user may not list them, the items are the projects that OpenShift
// shows the user. Where there are none of these either, Err is of CauseForbidden,
// and the items are the context's own namespace and those that were used before,
// whether they exist or not. Namespace.Source tells these apart.
func (c *Clusters) WatchNamespaces(ctx context.Context, kubeContext string, fn func(Listing[Namespace])) {
	q := newInquiry(ctx, c, tunnels.Target{Context: c.contextName(kubeContext)}, nil)
	defer q.end()
	n := &namespaceInquiry{inquiry: q}
	n.followAll(&n.listed, namespacesResource, NamespaceListed)
	q.each(func() bool {
		l, told := n.listing()
		if told {
			fn(l)
		}
		return l.Complete
	})
}

// namespaceInquiry is about the namespaces of one context.
type namespaceInquiry struct {
	*inquiry
	listed   follower[Namespace]
	projects follower[Namespace] // followed while the namespaces are refused
}

func (n *namespaceInquiry) followAll(s *follower[Namespace], r resource, from NamespaceSource) {
	key := feedKey{context: n.target.Context, view: "catalog", resource: r}
	s.follow(n.inquiry, key, browse(n.clusters, key, func(o *namespaceObject, kubeContext string) Namespace {
		return o.namespace(kubeContext, from)
	}, nil))
}

// listing says told only once it knows something.
func (n *namespaceInquiry) listing() (l Listing[Namespace], told bool) {
	listed := n.listed.last()
	if !listed.told {
		return l, false
	}
	if listed.err == nil || listed.err.Cause != tunnels.CauseForbidden {
		n.projects.drop()
		return listed.listing(), true
	}
	n.followAll(&n.projects, projectsResource, NamespaceProject)
	projects := n.projects.last()
	switch {
	case !projects.told:
		return l, false
	case projects.err == nil || len(projects.items) > 0:
		return projects.listing(), true
	}
	return Listing[Namespace]{Items: n.clusters.ownNamespaces(n.target.Context), Complete: true, Err: listed.err}, true
}

// ownNamespaces returns the namespaces that a context's user has to do with as far
// as we know without the cluster.
func (c *Clusters) ownNamespaces(kubeContext string) []Namespace {
	out := []Namespace{}
	k, err := c.find(kubeContext)
	if err != nil {
		return out // the context has just gone
	}
	add := func(name string, from NamespaceSource) {
		known := func(n Namespace) bool { return n.Name == name }
		if tunnels.ValidateNamespace(name) == nil && !slices.ContainsFunc(out, known) {
			out = append(out, Namespace{Context: kubeContext, Name: name, Source: from})
		}
	}
	add(k.Namespace, NamespaceOwn)
	for _, name := range k.Recent {
		add(name, NamespaceUsed)
	}
	slices.SortFunc(out, func(a, b Namespace) int { return strings.Compare(a.Name, b.Name) })
	return out
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
