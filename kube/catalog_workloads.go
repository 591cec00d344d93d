package kube

import (
	"context"
	"net/http"

	"culvert/tunnels"
)

// workloadKinds are the kinds of objects that make pods, in the order of
// [tunnels.Kinds].
var workloadKinds = [...]tunnels.Kind{
	tunnels.KindDeployment, tunnels.KindStatefulSet, tunnels.KindDaemonSet, tunnels.KindReplicaSet,
	tunnels.KindReplicationController, tunnels.KindJob, tunnels.KindCronJob, tunnels.KindDeploymentConfig,
}

// WatchWorkloads is like [Clusters.WatchPods] for what makes pods: deployments,
// stateful sets, daemon sets, cron jobs, on OpenShift deployment configs, and the
// replica sets, replication controllers and jobs that none of these has made.
// They are sorted by kind, in the order of [tunnels.Kinds], and by name.
//
// Kinds that cannot be listed are Missing, without hiding the others; those that
// the cluster does not have are not.
func (c *Clusters) WatchWorkloads(ctx context.Context, kubeContext, namespace string, fn func(Listing[Workload])) {
	key := c.catalogKey(kubeContext, namespace, "")
	q := newInquiry(ctx, c, tunnels.Target{Context: key.context, Namespace: key.namespace}, nil)
	defer q.end()
	var kinds [len(workloadKinds)]follower[Workload]
	for i, kind := range workloadKinds {
		key.resource = resourceOf(kind)
		kinds[i].follow(q, key, browse(c, key, func(o *workloadObject, kubeContext string) Workload {
			return o.listed(kubeContext, kind)
		}, func(o *workloadObject) bool { return o.independent(kind) }))
	}
	q.each(func() bool {
		var said [len(workloadKinds)]said[Workload]
		for i := range kinds {
			said[i] = kinds[i].last()
		}
		l, told := gatherWorkloads(said[:])
		if told {
			fn(l)
		}
		return l.Complete
	})
}

// gatherWorkloads returns what is said of all kinds; told is false before anything
// is.
func gatherWorkloads(kinds []said[Workload]) (l Listing[Workload], told bool) {
	l = Listing[Workload]{Items: []Workload{}, Complete: true}
	listed := 0
	var gone *tunnels.Error // the namespace
	for i, said := range kinds {
		told = told || said.told
		l.Complete = l.Complete && said.told && said.whole
		l.Items = append(l.Items, said.items...)
		switch {
		case said.told && said.err == nil:
			listed++
		case !said.told || isStatus(said.err, http.StatusNotFound): // the cluster does not have such a kind
		default:
			l.Missing = append(l.Missing, Missing{workloadKinds[i], said.err})
			if said.err.Cause == tunnels.CauseNotFound {
				gone = said.err
			}
		}
	}
	switch {
	case gone != nil && len(l.Items) == 0:
		l.Err = gone
	case l.Complete && listed == 0 && len(l.Missing) > 0:
		l.Err = withoutWorkloads(l.Missing[0].Err)
	}
	return l, told
}

// withoutWorkloads says why no kind can be listed, as the first one says it.
func withoutWorkloads(first *tunnels.Error) *tunnels.Error {
	e := *first
	if e.Cause == tunnels.CauseForbidden {
		e.Hint = "Ask whoever runs the cluster for the right to list workloads; until then type the name of yours."
	}
	return &e
}
