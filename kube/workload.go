package kube

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"culvert/tunnels"
)

// workload is an object that has pods made, as last seen.
type workload struct {
	kind     tunnels.Kind
	name     string
	uid      string
	made     time.Time
	selector podSelector
	replicas int // wanted; -1 where the kind has none
	suspend  bool
	active   bool   // a Job that has pods at work
	over     string // how a Job ended, as "complete"; empty while it has not
	owner    owner
}

func (o *workloadObject) workload(kind tunnels.Kind) workload {
	w := workload{
		kind: kind, name: string(o.Metadata.Name), uid: string(o.Metadata.UID), made: o.Metadata.CreationTimestamp,
		selector: o.Spec.Selector, replicas: -1, suspend: o.Spec.Suspend,
		active: o.active() > 0, owner: o.Metadata.controller(),
	}
	switch kind {
	case tunnels.KindDeployment, tunnels.KindStatefulSet, tunnels.KindReplicaSet,
		tunnels.KindReplicationController, tunnels.KindDeploymentConfig:
		w.replicas = 1 // when it is not said
		if o.Spec.Replicas != nil {
			w.replicas = *o.Spec.Replicas
		}
	default:
	}
	for _, c := range o.Status.Conditions {
		if c.Status == "True" && c.Type == "Complete" {
			w.over = "complete"
		}
		if c.Status == "True" && c.Type == "Failed" {
			w.over = "failed"
		}
	}
	return w
}

// active returns how many pods of a Job, or Jobs of a CronJob, are at work.
func (o *workloadObject) active() int {
	raw := bytes.TrimSpace(o.Status.Active)
	if n, err := strconv.Atoi(string(raw)); err == nil {
		return n
	}
	var jobs []json.RawMessage
	if json.Unmarshal(raw, &jobs) != nil {
		return 0 // it is not said
	}
	return len(jobs)
}

// owns says whether a pod with the workload's labels is its own, and not of
// another one whose selector overlaps.
func (w workload) owns(p candidate) bool {
	switch w.kind {
	case tunnels.KindDeployment:
		// A ReplicaSet stands between them, which has its name from both.
		return p.owner.Kind == "ReplicaSet" && string(p.owner.Name) == w.name+"-"+p.hash
	case tunnels.KindDeploymentConfig:
		return true // its selector has its name
	default:
		return string(p.owner.UID) == w.uid
	}
}

// reason says why a workload has no pods.
func (w workload) reason() string {
	switch {
	case w.replicas == 0:
		return "scaled to 0"
	case w.over != "":
		return "the job is over: " + w.over
	case w.suspend:
		return "suspended"
	}
	return ""
}
