package kubetest

import (
	"maps"
	"time"
)

// DaemonSet describes a daemon set.
type DaemonSet struct {
	Namespace string // empty means "default"
	Name      string
	Labels    map[string]string
	Age       time.Duration
	// Nodes that have a pod each; empty means "node-1".
	Nodes []string
	// Selector; empty means the template's labels.
	Selector map[string]string
	// Template is what pods are made from; its namespace, name, owner and node are
	// not looked at, and its age and restarts are those of the first pods only.
	Template Pod
	// Each, if it is set, may change every pod before it is made, and give it a
	// name. The first one has the number 0.
	Each func(n int, p *Pod)
}

type daemonSet struct {
	owner
	nodes []string
}

// AddDaemonSet makes a daemon set and its pods.
func (s *Server) AddDaemonSet(d DaemonSet) error {
	w := &daemonSet{owner: newOwner("DaemonSet", d.Namespace, d.Name, d.Age), nodes: d.Nodes}
	if len(w.nodes) == 0 {
		w.nodes = []string{defaultNode}
	}
	w.labels = maps.Clone(d.Labels)
	w.withTemplate(d.Template, d.Selector, nil, d.Each)
	return s.addWorkload(w)
}

func (d DaemonSet) addTo(s *Server) error { return s.AddDaemonSet(d) }

func (w *daemonSet) reconcile(s *Server) error {
	covered := make(map[string]bool)
	for _, p := range w.states() {
		if p.finished && !p.deleted {
			s.endPod(p.runningPod)
		}
		covered[p.desc.Node] = true // the next one waits until it is gone
	}
	for _, node := range w.nodes {
		if covered[node] {
			continue
		}
		w.template.Node = node
		err := w.newPod(s, w, s.freshName(w.namespace, w.name), map[string]string{
			"controller-revision-hash": templateHash(w.name, 1), "pod-template-generation": "1",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *daemonSet) object() object {
	states := w.states()
	ready, active := count(states, isReady), count(states, isActive)
	return object{
		Spec: workloadSpec{Selector: w.labelSelector(), Template: w.podTemplate()},
		Status: daemonStatus{
			ObservedGeneration: w.generation, Desired: len(w.nodes), Current: active, Updated: active, Ready: ready, Available: ready,
			Unavailable: len(w.nodes) - ready,
		},
	}
}
