package kubetest

import (
	"fmt"
	"maps"
	"strconv"
	"time"
)

// Deployment describes a deployment.
type Deployment struct {
	Namespace string // empty means "default"
	Name      string
	Labels    map[string]string
	Age       time.Duration
	Replicas  int // as it is: 0 means none
	// Selector and Requirements; without both it is the template's labels.
	Selector     map[string]string
	Requirements []Requirement
	// Template is what pods are made from; its namespace, name and owner are not
	// looked at, and its age and restarts are those of the first pods only.
	Template Pod
	// Hash names the first replica set; empty means one that is made up.
	Hash string
	// Each, if it is set, may change every pod before it is made, and give it a
	// name. The first one of each replica set has the number 0.
	Each func(n int, p *Pod)
}

// deployment is a deployment or a deployment config. The last one of its sets is
// what it wants, the others are what it had before.
type deployment struct {
	owner
	replicas int
	hash     string
	sets     []*replicaSet
}

// AddDeployment makes a deployment, its replica set and its pods.
func (s *Server) AddDeployment(d Deployment) error {
	w := &deployment{owner: newOwner("Deployment", d.Namespace, d.Name, d.Age), replicas: d.Replicas, hash: d.Hash}
	w.labels = maps.Clone(d.Labels)
	w.withTemplate(d.Template, d.Selector, d.Requirements, d.Each)
	return s.addWorkload(w)
}

func (d Deployment) addTo(s *Server) error { return s.AddDeployment(d) }

// reconcile makes one step of a rollout: one new pod more than there are to be,
// and once it is ready one old pod less.
func (w *deployment) reconcile(s *Server) error {
	if len(w.sets) == 0 {
		return w.addSet(s)
	}
	current, old := w.sets[len(w.sets)-1], w.sets[:len(w.sets)-1]
	asked, ready := 0, count(current.states(), isReady)
	for _, set := range old {
		asked += set.replicas
		ready += set.ready()
	}
	if asked == 0 {
		current.scale(s, w.replicas)
		return nil
	}
	current.scale(s, max(current.replicas, min(w.replicas, w.replicas+1-asked)))
	for _, set := range old {
		idle := set.replicas - set.ready()
		spare := min(max(ready-w.replicas, 0), set.ready())
		ready -= spare
		set.scale(s, set.replicas-idle-spare)
	}
	return nil
}

// ready returns how many of the replicas that are to be are ready.
func (w *replicaSet) ready() int { return min(count(w.states(), isReady), w.replicas) }

// addSet makes the replica set, or replication controller, of the template.
func (w *deployment) addSet(s *Server) error {
	revision := 1
	if len(w.sets) > 0 {
		revision = w.sets[len(w.sets)-1].revision + 1
	}
	set := &replicaSet{revision: revision}
	if w.kind == "DeploymentConfig" {
		w.makeController(set)
	} else {
		w.makeSet(set)
	}
	set.parent, set.age, set.created = w, w.age, w.created
	if revision > 1 {
		set.age, set.created, set.settled = 0, time.Now(), true
	} else {
		set.replicas = w.replicas
	}
	w.sets = append(w.sets, set)
	return s.addWorkloadLocked(set)
}

func (w *deployment) makeSet(set *replicaSet) {
	hash := w.hash
	if hash == "" || set.revision > 1 {
		hash = templateHash(w.name, set.revision)
	}
	label := map[string]string{"pod-template-hash": hash}
	set.owner = newOwner("ReplicaSet", w.namespace, w.name+"-"+hash, w.age)
	template := w.template
	template.Labels = with(template.Labels, label)
	set.withTemplate(template, with(w.selector, label), w.requirements, w.each)
	set.labels = set.template.Labels
	set.annotations = map[string]string{"deployment.kubernetes.io/revision": strconv.Itoa(set.revision)}
	w.annotations = maps.Clone(set.annotations)
}

// Scale sets how many replicas a workload of a kind, as "Deployment", is to have.
// It returns when the controllers have done what they can: new pods are there,
// and pods that are too many are marked for deletion.
func (s *Server) Scale(namespace, kind, name string, n int) error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	w, err := s.controllers.findLocked(namespace, kind, name)
	if err != nil {
		return err
	}
	scaled, ok := w.(interface{ scale(s *Server, n int) })
	if !ok {
		return fmt.Errorf("a %s cannot be scaled", kind)
	}
	scaled.scale(s, n)
	return s.syncLocked()
}

func (w *deployment) scale(s *Server, n int) {
	if w.replicas != n {
		w.replicas = n
		w.generation++
		s.controllers.lookAtLocked(w)
	}
}

// Rollout changes what a deployment's pods are made from, and replaces its pods
// one by one: a new one is made, and when it is ready, an old one is deleted,
// which ends as deleted pods do. It returns when the controllers have done what
// they can. New pods that change makes NotReady hold the rollout up, one by one,
// until UpdatePod makes them ready; so a test can take it step by step.
func (s *Server) Rollout(namespace, name string, change func(*Pod)) error {
	return s.rollout(namespace, "Deployment", name, change)
}

func (s *Server) rollout(namespace, kind, name string, change func(*Pod)) error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	found, err := s.controllers.findLocked(namespace, kind, name)
	if err != nil {
		return err
	}
	w, ok := found.(*deployment)
	if !ok {
		return fmt.Errorf("a %s has no rollout", kind)
	}
	template := w.template
	template.Labels = maps.Clone(template.Labels)
	change(&template)
	w.withTemplate(template, w.selector, w.requirements, nil)
	w.generation++
	if err := w.addSet(s); err != nil {
		return err
	}
	s.controllers.lookAtLocked(w)
	return s.syncLocked()
}

func (w *deployment) object() object {
	st := replicaStatus{ObservedGeneration: w.generation}
	for i, set := range w.sets {
		states := set.states()
		ready, active := count(states, isReady), count(states, isActive)
		st.Replicas += active
		st.ReadyReplicas += ready
		st.AvailableReplicas += ready
		if i == len(w.sets)-1 {
			st.UpdatedReplicas = active
		}
	}
	st.UnavailableReplicas = max(w.replicas-st.AvailableReplicas, 0)
	available := condition{Type: "Available", Status: "True", Reason: "MinimumReplicasAvailable", Message: "Deployment has minimum availability.", LastTransitionTime: stamp(w.created.Truncate(time.Second))}
	if st.UnavailableReplicas > 0 {
		available.Status, available.Reason, available.Message = "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."
	}
	st.Conditions = []condition{available}
	replicas := w.replicas
	spec := workloadSpec{Replicas: &replicas, Selector: w.labelSelector(), Strategy: &strategy{"RollingUpdate"}, Template: w.podTemplate()}
	if w.kind == "DeploymentConfig" {
		spec.Selector, spec.Strategy, st.LatestVersion = w.selector, &strategy{"Rolling"}, len(w.sets)
	}
	return object{Spec: spec, Status: st}
}
