package kube

import (
	"fmt"
	"time"

	"culvert/tunnels"
)

// Workload is one object that has pods made, as last seen.
type Workload struct {
	Context   string
	Namespace string
	Kind      tunnels.Kind
	Name      string
	// Ready and Wanted count pods: of a job those at work, and of a cron job the
	// jobs at work, all of which count as ready.
	Ready, Wanted int
	// Status is short: "2/3", or "scaled to 0", "suspended", "complete", "failed",
	// "waiting" of a job without pods, "idle" of a cron job without jobs, and
	// "terminating".
	Status  string
	Created time.Time
	Ports   []ContainerPort // that its pods will declare
}

// Target returns what a tunnel to the workload leads to.
func (w Workload) Target() tunnels.Target {
	return tunnels.Target{Context: w.Context, Namespace: w.Namespace, Kind: w.Kind, Name: w.Name}
}

// independent says whether no other workload has made the object, which then
// stands for it.
func (o *workloadObject) independent(kind tunnels.Kind) bool {
	made := o.Metadata.controller().Kind
	switch kind {
	case tunnels.KindReplicaSet, tunnels.KindReplicationController:
		return made == ""
	case tunnels.KindJob:
		return made != "CronJob"
	default:
		return true
	}
}

func (o *workloadObject) listed(kubeContext string, kind tunnels.Kind) Workload {
	known := o.workload(kind)
	template := o.Spec.Template.Spec
	if kind == tunnels.KindCronJob {
		template = o.Spec.JobTemplate.Spec.Template.Spec
	}
	w := Workload{
		Context: kubeContext, Namespace: string(o.Metadata.Namespace), Kind: kind, Name: known.name,
		Created: known.made, Ports: declaredPorts(template.Containers, template.InitContainers),
	}
	w.Ready, w.Wanted = o.counts(known)
	w.Status = fmt.Sprintf("%d/%d", w.Ready, w.Wanted)
	switch {
	case o.Metadata.DeletionTimestamp != nil:
		w.Status = "terminating"
	case known.over != "":
		w.Status = known.over
	case known.suspend:
		w.Status = "suspended"
	case known.replicas == 0 && w.Ready == 0:
		w.Status = "scaled to 0"
	case kind == tunnels.KindJob && w.Wanted == 0:
		w.Status = "waiting"
	case kind == tunnels.KindCronJob && w.Wanted == 0:
		w.Status = "idle"
	}
	return w
}

// counts returns how many pods are ready and wanted.
func (o *workloadObject) counts(known workload) (ready, wanted int) {
	switch known.kind {
	case tunnels.KindDaemonSet:
		return o.Status.NumberReady, o.Status.DesiredNumberScheduled
	case tunnels.KindJob:
		ready, wanted = o.active(), o.active()
		if o.Status.Ready != nil {
			ready = *o.Status.Ready
		}
		return ready, wanted
	case tunnels.KindCronJob:
		return o.active(), o.active()
	default:
		return o.Status.ReadyReplicas, known.replicas
	}
}
