package kubetest

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// replicaSet is a replica set or a replication controller.
type replicaSet struct {
	owner
	replicas int
	revision int // of the workload that made it
}

func (w *replicaSet) reconcile(s *Server) error {
	active := slices.DeleteFunc(w.states(), func(p podState) bool { return !p.active() })
	for range w.replicas - len(active) {
		if err := w.newPod(s, w, s.freshName(w.namespace, w.name), nil); err != nil {
			return err
		}
	}
	if extra := len(active) - w.replicas; extra > 0 {
		slices.SortStableFunc(active, worstFirst)
		for _, p := range active[:extra] {
			s.endPod(p.runningPod)
		}
	}
	return nil
}

// worstFirst is the order in which pods that are too many are deleted: those
// that are not ready, then the newest.
func worstFirst(a, b podState) int {
	if a.ready != b.ready {
		if b.ready {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.desc.Restarts, a.desc.Restarts), b.created.Compare(a.created))
}

func (w *replicaSet) object() object {
	states := w.states()
	ready, active := count(states, isReady), count(states, isActive)
	replicas := w.replicas
	spec := workloadSpec{Replicas: &replicas, Selector: w.labelSelector(), Template: w.podTemplate()}
	if w.kind == "ReplicationController" {
		spec.Selector = w.selector
	}
	return object{Spec: spec, Status: replicaStatus{
		ObservedGeneration: w.generation, Replicas: active, FullyLabeledReplicas: active, ReadyReplicas: ready, AvailableReplicas: ready,
	}}
}

// scale sets how many replicas there are to be.
func (w *replicaSet) scale(s *Server, n int) {
	if w.replicas != n {
		w.replicas = n
		w.generation++
		s.controllers.lookAtLocked(w)
	}
}

// ReplicationController describes a replication controller.
type ReplicationController struct {
	Namespace string // empty means "default"
	Name      string
	Labels    map[string]string
	Age       time.Duration
	Replicas  int // as it is: 0 means none
	// Selector; empty means the template's labels.
	Selector map[string]string
	// Template is what pods are made from; its namespace, name and owner are not
	// looked at, and its age and restarts are those of the first pods only.
	Template Pod
	// Each, if it is set, may change every pod before it is made, and give it a
	// name. The first one has the number 0.
	Each func(n int, p *Pod)
}

// AddReplicationController makes a replication controller and its pods.
func (s *Server) AddReplicationController(d ReplicationController) error {
	w := &replicaSet{owner: newOwner("ReplicationController", d.Namespace, d.Name, d.Age), replicas: d.Replicas}
	w.labels = maps.Clone(d.Labels)
	w.withTemplate(d.Template, d.Selector, nil, d.Each)
	return s.addWorkload(w)
}

func (d ReplicationController) addTo(s *Server) error { return s.AddReplicationController(d) }
