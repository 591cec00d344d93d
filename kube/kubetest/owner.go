package kubetest

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// Requirement is one of a selector's matchExpressions.
type Requirement struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"` // "In", "NotIn", "Exists", "DoesNotExist"
	Values   []string `json:"values,omitempty"`
}

// owner is what all workloads have in common.
type owner struct {
	objectKey
	uid         string
	age         time.Duration
	created     time.Time
	labels      map[string]string
	annotations map[string]string
	generation  int
	parent      workload // made this one; nil for none
	deleted     bool
	published   *object // as it is in the store

	selector     map[string]string
	requirements []Requirement
	template     Pod
	each         func(n int, p *Pod)
	restart      string        // the pods' restart policy; empty means "Always"
	made         int           // how many pods were made so far
	settled      bool          // its first pods are made: later ones are not as old as the template says
	pods         []*runningPod // those that were made, in this order, and are not gone
}

func newOwner(kind, namespace, name string, age time.Duration) owner {
	return owner{
		objectKey: objectKey{kind, key{defaultTo(namespace, "default"), name}},
		uid:       newUID(), age: age, created: time.Now().Add(-age), generation: 1,
	}
}

func (o *owner) base() *owner { return o }

// withTemplate sets what pods are made from. Labels that the selector asks for
// are in the template afterwards; without a selector it is the template's labels.
func (o *owner) withTemplate(template Pod, selector map[string]string, requirements []Requirement, each func(int, *Pod)) {
	if len(template.Labels) == 0 && len(selector) == 0 && len(requirements) == 0 {
		template.Labels = map[string]string{"app": o.name}
	}
	if len(selector) == 0 && len(requirements) == 0 {
		selector = template.Labels
	}
	template.Namespace, template.Name, template.Owner = o.namespace, o.name, ""
	template.Labels = with(template.Labels, selector)
	if template.Container == "" {
		template.Container = o.name
	}
	o.template, o.selector, o.requirements, o.each = template, maps.Clone(selector), requirements, each
}

// with returns labels and more of them.
func with(labels, more map[string]string) map[string]string {
	out := make(map[string]string, len(labels)+len(more))
	maps.Copy(out, labels)
	maps.Copy(out, more)
	return out
}

func (o *owner) metadata() objectMeta {
	m := objectMeta{
		Name: o.name, Namespace: o.namespace, UID: o.uid, Generation: o.generation,
		CreationTimestamp: stamp(o.created.Truncate(time.Second)), Labels: o.labels, Annotations: maps.Clone(o.annotations),
	}
	if o.parent != nil {
		m.OwnerReferences = []ownerReference{o.parent.base().reference()}
	}
	return m
}

func (o *owner) reference() ownerReference {
	return ownerReference{
		APIVersion: resourceOf(o.kind).apiVersion(), Kind: o.kind, Name: o.name, UID: o.uid, Controller: true, BlockOwnerDeletion: true,
	}
}

// labelSelector is the selector as the workloads of today have it.
func (o *owner) labelSelector() *labelSelector {
	return &labelSelector{MatchLabels: o.selector, MatchExpressions: o.requirements}
}

// podTemplate is the template as the API shows it.
func (o *owner) podTemplate() podTemplate {
	p := o.template.withDefaults()
	return podTemplate{
		Metadata: templateMeta{Labels: p.Labels},
		Spec:     templateSpec{Containers: p.containers(), RestartPolicy: defaultTo(o.restart, "Always")},
	}
}

// newPod makes one more pod from the template, which has further labels.
func (o *owner) newPod(s *Server, w workload, name string, labels map[string]string) error {
	p := o.template
	p.Name = name
	p.Labels = with(p.Labels, labels)
	if o.settled {
		p.Age, p.Restarts = 0, 0
	}
	if o.each != nil {
		o.each(o.made, &p)
	}
	p.Namespace = o.namespace
	switch o.kind {
	case "StatefulSet":
		p.Name = name
	case "DaemonSet":
		p.Node = o.template.Node
	}
	if p.Phase == "Succeeded" || p.Phase == "Failed" {
		if o.restart != "Never" {
			return fmt.Errorf("its pods would end and be replaced for ever")
		}
	}
	o.made++
	r, err := s.createPod(p, w)
	if r != nil {
		o.pods = append(o.pods, r)
	}
	return err
}

// podState is what controllers look at.
type podState struct {
	*runningPod
	desc     Pod
	ready    bool
	finished bool // its program has ended by itself
	deleted  bool // it is being deleted
}

// active says whether the pod is one of those that a controller counts.
func (p podState) active() bool { return !p.finished && !p.deleted }

// states returns the pods that are there, and forgets those that are gone.
func (o *owner) states() []podState {
	var states []podState
	o.pods = slices.DeleteFunc(o.pods, func(r *runningPod) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.removed {
			states = append(states, podState{
				runningPod: r, desc: r.desc, ready: r.desc.ready() && !r.stopped, deleted: !r.deleted.IsZero(),
				finished: r.desc.Phase == "Succeeded" || r.desc.Phase == "Failed",
			})
		}
		return r.removed
	})
	return states
}

// count returns how many of the pods are as asked for.
func count(states []podState, is func(podState) bool) int {
	n := 0
	for _, p := range states {
		if is(p) {
			n++
		}
	}
	return n
}

func isActive(p podState) bool { return p.active() }

func isReady(p podState) bool { return p.active() && p.ready }

// alphabet is what Kubernetes makes names of: no vowels, so no words.
const alphabet = "bcdfghjklmnpqrstvwxz2456789"

// randomSuffix is what Kubernetes appends to a generated name.
func randomSuffix() string {
	b := make([]byte, 5)
	for i := range b {
		b[i] = alphabet[rand.IntN(len(alphabet))]
	}
	return string(b)
}

// freshName returns a generated name that no pod has. A real API server refuses
// one that is taken, and the controller tries again.
func (s *Server) freshName(namespace, prefix string) string {
	for {
		name := prefix + "-" + randomSuffix()
		if s.pods.get(key{namespace, name}) == nil {
			return name
		}
	}
}

// templateHash names a revision of a template.
func templateHash(name string, revision int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", name, revision))
	b := make([]byte, 9)
	for i := range b {
		b[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(b)
}
