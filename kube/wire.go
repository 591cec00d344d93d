package kube

import (
	"cmp"
	"encoding/json"
	"time"
)

// The parts of the API's objects that we read, with texts that are fit to be
// shown. Decoding only these keeps watching 1,000 pods at 18 MiB of memory,
// where a typed clientset takes 35.

type listMeta struct {
	ResourceVersion string `json:"resourceVersion"`
	Continue        string `json:"continue"`
}

type objectMeta struct {
	Name              text       `json:"name"`
	Namespace         text       `json:"namespace"`
	UID               text       `json:"uid"`
	ResourceVersion   string     `json:"resourceVersion"`
	CreationTimestamp time.Time  `json:"creationTimestamp"`
	DeletionTimestamp *time.Time `json:"deletionTimestamp"`
	Labels            podLabels  `json:"labels"`
	OwnerReferences   []owner    `json:"ownerReferences"`
}

// podLabels are the labels that controllers give to pods and we read.
type podLabels struct {
	TemplateHash text `json:"pod-template-hash"`
	PodIndex     text `json:"apps.kubernetes.io/pod-index"`
	JobIndex     text `json:"batch.kubernetes.io/job-completion-index"`
}

type owner struct {
	Kind       text `json:"kind"`
	Name       text `json:"name"`
	UID        text `json:"uid"`
	Controller bool `json:"controller"`
}

// controller returns the owner that made an object; zero without one.
func (m *objectMeta) controller() owner {
	for _, o := range m.OwnerReferences {
		if o.Controller {
			return o
		}
	}
	return owner{}
}

type namespaceObject struct {
	Metadata objectMeta `json:"metadata"`
	Status   struct {
		Phase text `json:"phase"`
	} `json:"status"`
}

type podObject struct {
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		NodeName       text        `json:"nodeName"`
		InitContainers []container `json:"initContainers"`
		Containers     []container `json:"containers"`
	} `json:"spec"`
	Status struct {
		Phase                 text              `json:"phase"`
		Reason                text              `json:"reason"`
		Conditions            []condition       `json:"conditions"`
		InitContainerStatuses []containerStatus `json:"initContainerStatuses"`
		ContainerStatuses     []containerStatus `json:"containerStatuses"`
	} `json:"status"`
}

type container struct {
	Name          text `json:"name"`
	RestartPolicy text `json:"restartPolicy"` // "Always" makes an init container a sidecar
	Ports         []struct {
		Name          text   `json:"name"`
		ContainerPort uint16 `json:"containerPort"`
		Protocol      text   `json:"protocol"`
	} `json:"ports"`
}

type condition struct {
	Type               text      `json:"type"`
	Status             text      `json:"status"`
	Reason             text      `json:"reason"`
	LastTransitionTime time.Time `json:"lastTransitionTime"`
}

type containerStatus struct {
	Name         text  `json:"name"`
	Ready        bool  `json:"ready"`
	Started      *bool `json:"started"`
	RestartCount int   `json:"restartCount"`
	State        struct {
		Waiting *struct {
			Reason text `json:"reason"`
		} `json:"waiting"`
		Running *struct {
			StartedAt time.Time `json:"startedAt"`
		} `json:"running"`
		Terminated *struct {
			ExitCode int  `json:"exitCode"`
			Signal   int  `json:"signal"`
			Reason   text `json:"reason"`
		} `json:"terminated"`
	} `json:"state"`
}

func (o *namespaceObject) meta() *objectMeta { return &o.Metadata }
func (o *podObject) meta() *objectMeta       { return &o.Metadata }

// object is a pointer to one of the objects above.
type object[O any] interface {
	*O
	meta() *objectMeta
}

// watchEvent is one line of a watch.
type watchEvent struct {
	Type   string          `json:"type"`
	Object json.RawMessage `json:"object"`
}

func (o *podObject) ports() []ContainerPort {
	return declaredPorts(o.Spec.Containers, o.Spec.InitContainers)
}

// declaredPorts returns those of all containers, sidecars included.
func declaredPorts(containers, inits []container) []ContainerPort {
	var out []ContainerPort
	add := func(c container) {
		for _, p := range c.Ports {
			out = append(out, ContainerPort{string(p.Name), p.ContainerPort, cmp.Or(string(p.Protocol), "TCP"), string(c.Name)})
		}
	}
	for _, c := range containers {
		add(c)
	}
	for _, c := range inits {
		if c.RestartPolicy == "Always" {
			add(c)
		}
	}
	return out
}

func (o *podObject) condition(kind text) condition {
	for _, c := range o.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return condition{}
}

func (o *podObject) pod(kubeContext string) Pod {
	sum := o.summary()
	return Pod{
		Context: kubeContext, Namespace: string(o.Metadata.Namespace), Name: string(o.Metadata.Name),
		UID: string(o.Metadata.UID), Node: string(o.Spec.NodeName),
		Status:          sum.status,
		Ready:           o.condition("Ready").Status == "True" && o.Metadata.DeletionTimestamp == nil,
		ReadyContainers: sum.ready, Containers: sum.total, Restarts: sum.restarts,
		Created: o.Metadata.CreationTimestamp,
		Ports:   o.ports(),
	}
}

func (o *namespaceObject) namespace(kubeContext string, from NamespaceSource) Namespace {
	return Namespace{
		Context: kubeContext, Name: string(o.Metadata.Name),
		Terminating: o.Metadata.DeletionTimestamp != nil || o.Status.Phase == "Terminating",
		Created:     o.Metadata.CreationTimestamp,
		Source:      from,
	}
}
