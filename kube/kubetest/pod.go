package kubetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"culvert/kube/kubetest/demopod"
)

// Pod describes a pod, with one container.
type Pod struct {
	Namespace   string // empty means "default"
	Name        string
	Labels      map[string]string
	Annotations map[string]string
	// Owner is the controller that is said to have made the pod, as
	// "ReplicaSet/web-7d4b9c6f5"; empty for none. Pods of the cluster's own
	// workloads have theirs, whatever this says.
	Owner string

	Node        string // empty means "node-1"
	Unscheduled bool   // there is no node for it yet
	Container   string // empty means the name up to its first '-'
	Image       string // empty means one called like the container
	// Ports that the container declares; nil means echo 9001 and http 9006.
	Ports []Port

	Phase    string        // empty means "Running"
	Waiting  string        // why the container waits, as "ImagePullBackOff"; empty when it runs
	Message  string        // more about Waiting
	NotReady bool          // runs without being ready
	Restarts int           // of the container
	Age      time.Duration // since it was created, when it is added

	// Workload is what runs while the phase is "Running" and the container does
	// not wait; nil means the standard services of demopod.
	Workload Workload
}

// Port is a port that a container declares.
type Port struct {
	Name     string
	Number   uint16
	Protocol string // empty means "TCP"
}

// Workload starts a pod's program. The program listens when it returns, and
// serves until stop is called, which ends all of it and waits for that.
type Workload func(pod string, listen demopod.ListenFunc) (stop func(), err error)

// Idle is a Workload that serves nothing, for pods by the thousand.
func Idle(string, demopod.ListenFunc) (stop func(), err error) { return func() {}, nil }

// Serving returns a Workload with the given services.
func Serving(services ...demopod.Service) Workload {
	return func(pod string, listen demopod.ListenFunc) (func(), error) {
		s, err := demopod.Start(listen, pod, services)
		if err != nil {
			return nil, err
		}
		return s.Stop, nil
	}
}

func (p Pod) withDefaults() Pod {
	def := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	def(&p.Namespace, "default")
	if !p.Unscheduled {
		def(&p.Node, defaultNode)
	}
	first, _, _ := strings.Cut(p.Name, "-")
	def(&p.Container, first)
	def(&p.Image, "registry.example/"+p.Container+":1.0")
	def(&p.Phase, "Running")
	if p.Ports == nil {
		p.Ports = []Port{{Name: "echo", Number: demopod.PortEcho}, {Name: "http", Number: demopod.PortHTTPAlt}}
	}
	p.Ports = slices.Clone(p.Ports)
	for i := range p.Ports {
		def(&p.Ports[i].Protocol, "TCP")
	}
	p.Labels, p.Annotations = maps.Clone(p.Labels), maps.Clone(p.Annotations)
	if p.Workload == nil {
		p.Workload = Serving(demopod.Standard()...)
	}
	return p
}

func (p Pod) key() key { return key{p.Namespace, p.Name} }

// runs says whether the container's program is there.
func (p Pod) runs() bool { return p.Phase == "Running" && p.Waiting == "" && !p.Unscheduled }

// ready says whether the pod is.
func (p Pod) ready() bool { return p.runs() && !p.NotReady }

// hasSandbox says whether the runtime holds a network for the pod, which is
// what a port-forward enters.
func (p Pod) hasSandbox() bool {
	return !p.Unscheduled && (p.Phase == "Running" || p.Phase == "Pending") && p.Waiting != "ContainerCreating"
}

// object returns the pod as the API shows it.
func (r *runningPod) object() object {
	p := r.desc
	meta := objectMeta{
		Name: p.Name, Namespace: p.Namespace, UID: r.uid, Labels: p.Labels, Annotations: p.Annotations, CreationTimestamp: stamp(r.created),
	}
	if ref := r.reference(); ref != nil {
		meta.GenerateName = ref.Name + "-"
		meta.OwnerReferences = []ownerReference{*ref}
	}
	if !r.deleted.IsZero() {
		grace := r.grace
		meta.DeletionTimestamp, meta.DeletionGracePeriodSeconds = stamp(r.deleted), &grace
	}
	restart := "Always"
	if r.owner != nil {
		restart = defaultTo(r.owner.base().restart, restart)
	}
	return object{
		Metadata: meta,
		Spec: podSpec{
			NodeName:                      p.Node,
			Containers:                    p.containers(),
			RestartPolicy:                 restart,
			TerminationGracePeriodSeconds: 30,
		},
		Status: r.status(),
	}
}

func (p Pod) containers() []container {
	ports := make([]containerPort, len(p.Ports))
	for i, port := range p.Ports {
		ports[i] = containerPort{Name: port.Name, ContainerPort: port.Number, Protocol: port.Protocol}
	}
	return []container{{Name: p.Container, Image: p.Image, Ports: ports}}
}

// reference names the pod's controller; nil when it has none.
func (r *runningPod) reference() *ownerReference {
	if r.owner != nil {
		ref := r.owner.base().reference()
		return &ref
	}
	kind, name, ok := strings.Cut(r.desc.Owner, "/")
	if !ok {
		return nil
	}
	return &ownerReference{
		APIVersion: resourceOf(kind).apiVersion(), Kind: kind, Name: name, UID: ownerUID(r.namespace, r.desc.Owner),
		Controller: true, BlockOwnerDeletion: true,
	}
}

func (r *runningPod) status() podStatus {
	p := r.desc
	st := podStatus{Phase: p.Phase, QOSClass: "BestEffort"}
	if p.Unscheduled {
		st.Conditions = []condition{{
			Type: "PodScheduled", Status: "False", Reason: "Unschedulable",
			Message: "0/1 nodes are available: 1 Insufficient memory.", LastTransitionTime: stamp(r.created),
		}}
		return st
	}
	st.HostIP, st.StartTime = "10.10.0.2", stamp(r.created)
	if p.hasSandbox() || p.runs() {
		st.PodIP, st.PodIPs = r.ip, []podIP{{r.ip}}
	}
	ready, reason, message := "True", "", ""
	switch {
	case p.Phase == "Succeeded":
		ready, reason = "False", "PodCompleted"
	case !p.ready() || r.stopped:
		ready, reason = "False", "ContainersNotReady"
		message = fmt.Sprintf("containers with unready status: [%s]", p.Container)
	}
	cond := func(kind, status, reason, message string, at time.Time) {
		st.Conditions = append(st.Conditions, condition{kind, status, reason, message, stamp(at)})
	}
	cond("PodReadyToStartContainers", "True", "", "", r.created)
	cond("Initialized", "True", "", "", r.created)
	cond("Ready", ready, reason, message, r.changed)
	cond("ContainersReady", ready, reason, message, r.changed)
	cond("PodScheduled", "True", "", "", r.created)
	st.ContainerStatuses = []containerStatus{r.containerStatus(ready == "True")}
	return st
}

func (r *runningPod) containerStatus(ready bool) containerStatus {
	p := r.desc
	cs := containerStatus{
		Name: p.Container, Image: p.Image, Ready: ready, RestartCount: p.Restarts, Started: p.runs() && !r.stopped,
	}
	ended := &stateTerminated{Reason: "Completed", StartedAt: stamp(r.started), FinishedAt: stamp(r.changed)}
	switch {
	case p.Waiting != "":
		cs.State.Waiting = &stateWaiting{Reason: p.Waiting, Message: p.Message}
	case p.Phase == "Failed":
		ended.Reason, ended.ExitCode = "Error", 1
		cs.State.Terminated = ended
	case p.Phase == "Pending":
		cs.State.Waiting = &stateWaiting{Reason: "ContainerCreating"}
	case p.Phase == "Succeeded" || r.stopped:
		cs.State.Terminated = ended
	default:
		cs.State.Running = &stateRunning{StartedAt: stamp(r.started)}
	}
	if p.Restarts > 0 {
		cs.LastState.Terminated = &stateTerminated{Reason: "Error", ExitCode: 1, StartedAt: stamp(r.created), FinishedAt: stamp(r.started)}
	}
	if p.Waiting != "ContainerCreating" && p.Phase != "Pending" {
		cs.ImageID = p.Image + "@sha256:" + r.sandbox
		cs.ContainerID = "containerd://" + r.sandbox
	}
	return cs
}
