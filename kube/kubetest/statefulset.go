package kubetest

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// StatefulSet describes a stateful set.
type StatefulSet struct {
	Namespace string // empty means "default"
	Name      string
	Labels    map[string]string
	Age       time.Duration
	Replicas  int    // as it is: 0 means none
	Service   string // the headless one that governs it
	// Selector; empty means the template's labels.
	Selector map[string]string
	// Template is what pods are made from; its namespace, name and owner are not
	// looked at, and its age and restarts are those of the first pods only.
	Template Pod
	// Each, if it is set, may change every pod before it is made; the name stays.
	// The first one that is made has the number 0.
	Each func(n int, p *Pod)
}

type statefulSet struct {
	owner
	replicas int
	service  string
}

// AddStatefulSet makes a stateful set and its pods, one after another as each
// becomes ready. A pod that is deleted comes back under its name once it is gone.
func (s *Server) AddStatefulSet(d StatefulSet) error {
	w := &statefulSet{owner: newOwner("StatefulSet", d.Namespace, d.Name, d.Age), replicas: d.Replicas, service: d.Service}
	w.labels = maps.Clone(d.Labels)
	w.withTemplate(d.Template, d.Selector, nil, d.Each)
	return s.addWorkload(w)
}

func (d StatefulSet) addTo(s *Server) error { return s.AddStatefulSet(d) }

func (w *statefulSet) reconcile(s *Server) error {
	there := make(map[int]podState)
	last := -1
	for _, p := range w.states() {
		n, err := strconv.Atoi(strings.TrimPrefix(p.name, w.name+"-"))
		if err != nil {
			continue // no other names are made
		}
		there[n], last = p, max(last, n)
	}
	for n := range w.replicas {
		p, ok := there[n]
		switch {
		case !ok:
			return w.make(s, n)
		case p.finished && !p.deleted:
			s.endPod(p.runningPod)
			return nil
		case !isReady(p):
			return nil // the next one waits for it
		}
	}
	if last >= w.replicas {
		s.endPod(there[last].runningPod) // one at a time
	}
	return nil
}

// make makes the pod of an ordinal.
func (w *statefulSet) make(s *Server, ordinal int) error {
	name := fmt.Sprintf("%s-%d", w.name, ordinal)
	return w.newPod(s, w, name, map[string]string{
		"apps.kubernetes.io/pod-index":       strconv.Itoa(ordinal),
		"statefulset.kubernetes.io/pod-name": name,
		"controller-revision-hash":           w.revision(),
	})
}

func (w *statefulSet) revision() string { return w.name + "-" + templateHash(w.name, 1) }

func (w *statefulSet) scale(s *Server, n int) {
	if w.replicas != n {
		w.replicas = n
		w.generation++
		s.controllers.lookAtLocked(w)
	}
}

func (w *statefulSet) object() object {
	states := w.states()
	ready, active := count(states, isReady), count(states, isActive)
	replicas := w.replicas
	return object{
		Spec: workloadSpec{
			Replicas: &replicas, Selector: w.labelSelector(), ServiceName: w.service, PodManagement: "OrderedReady", Template: w.podTemplate(),
		},
		Status: replicaStatus{
			ObservedGeneration: w.generation, Replicas: active, ReadyReplicas: ready, AvailableReplicas: ready, CurrentReplicas: active,
			UpdatedReplicas: active, CurrentRevision: w.revision(), UpdateRevision: w.revision(),
		},
	}
}
