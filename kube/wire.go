package kube

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// The parts of the API's objects that we read. Decoding only these keeps
// watching 1,000 pods at 18 MiB of memory, where a typed clientset takes 35.

type listMeta struct {
	ResourceVersion string `json:"resourceVersion"`
	Continue        string `json:"continue"`
}

type objectMeta struct {
	Name              string     `json:"name"`
	Namespace         string     `json:"namespace"`
	UID               string     `json:"uid"`
	ResourceVersion   string     `json:"resourceVersion"`
	CreationTimestamp time.Time  `json:"creationTimestamp"`
	DeletionTimestamp *time.Time `json:"deletionTimestamp"`
	OwnerReferences   []struct {
		Kind       string `json:"kind"`
		Name       string `json:"name"`
		Controller bool   `json:"controller"`
	} `json:"ownerReferences"`
}

type namespaceObject struct {
	Metadata objectMeta `json:"metadata"`
	Status   struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

type podObject struct {
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		NodeName       string      `json:"nodeName"`
		InitContainers []container `json:"initContainers"`
		Containers     []container `json:"containers"`
	} `json:"spec"`
	Status struct {
		Phase                 string            `json:"phase"`
		Reason                string            `json:"reason"`
		Conditions            []condition       `json:"conditions"`
		InitContainerStatuses []containerStatus `json:"initContainerStatuses"`
		ContainerStatuses     []containerStatus `json:"containerStatuses"`
	} `json:"status"`
}

type container struct {
	Name          string `json:"name"`
	RestartPolicy string `json:"restartPolicy"` // "Always" makes an init container a sidecar
	Ports         []struct {
		Name          string `json:"name"`
		ContainerPort uint16 `json:"containerPort"`
		Protocol      string `json:"protocol"`
	} `json:"ports"`
}

type condition struct {
	Type               string    `json:"type"`
	Status             string    `json:"status"`
	Reason             string    `json:"reason"`
	LastTransitionTime time.Time `json:"lastTransitionTime"`
}

type containerStatus struct {
	Name         string `json:"name"`
	Ready        bool   `json:"ready"`
	Started      *bool  `json:"started"`
	RestartCount int    `json:"restartCount"`
	State        struct {
		Waiting *struct {
			Reason string `json:"reason"`
		} `json:"waiting"`
		Running *struct {
			StartedAt time.Time `json:"startedAt"`
		} `json:"running"`
		Terminated *struct {
			ExitCode int    `json:"exitCode"`
			Signal   int    `json:"signal"`
			Reason   string `json:"reason"`
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

// decodeList reads a list item by item, so that only one of them is in memory
// as JSON, and calls each for every one.
func decodeList[O any](r io.Reader, each func(*O)) (listMeta, error) {
	var meta listMeta
	dec := json.NewDecoder(r)
	if err := expect(dec, '{'); err != nil {
		return meta, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return meta, err
		}
		switch key {
		case "metadata":
			err = dec.Decode(&meta)
		case "items":
			err = decodeItems(dec, each)
		default:
			err = dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return meta, fmt.Errorf("read %v: %w", key, err)
		}
	}
	return meta, expect(dec, '}')
}

func decodeItems[O any](dec *json.Decoder, each func(*O)) error {
	start, err := dec.Token()
	if err != nil || start == nil { // null is an empty list
		return err
	}
	if start != json.Delim('[') {
		return fmt.Errorf("%v is no list", start)
	}
	for dec.More() {
		item := new(O)
		if err := dec.Decode(item); err != nil {
			return err
		}
		each(item)
	}
	return expect(dec, ']')
}

func expect(dec *json.Decoder, want json.Delim) error {
	got, err := dec.Token()
	if err == nil && got != want {
		err = fmt.Errorf("found %v where %v belongs", got, want)
	}
	return err
}

// ports returns the declared ports of all containers, sidecars included.
func (o *podObject) ports() []ContainerPort {
	var out []ContainerPort
	add := func(c container) {
		for _, p := range c.Ports {
			out = append(out, ContainerPort{p.Name, p.ContainerPort, cmp.Or(p.Protocol, "TCP"), c.Name})
		}
	}
	for _, c := range o.Spec.Containers {
		add(c)
	}
	for _, c := range o.Spec.InitContainers {
		if c.RestartPolicy == "Always" {
			add(c)
		}
	}
	return out
}

func (o *podObject) condition(kind string) condition {
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
		Context: kubeContext, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name,
		UID: o.Metadata.UID, Node: o.Spec.NodeName,
		Status:          sum.status,
		Ready:           o.condition("Ready").Status == "True" && o.Metadata.DeletionTimestamp == nil,
		ReadyContainers: sum.ready, Containers: sum.total, Restarts: sum.restarts,
		Created: o.Metadata.CreationTimestamp,
		Ports:   o.ports(),
	}
}

func (o *namespaceObject) namespace(kubeContext string) Namespace {
	return Namespace{
		Context: kubeContext, Name: o.Metadata.Name,
		Terminating: o.Metadata.DeletionTimestamp != nil || o.Status.Phase == "Terminating",
		Created:     o.Metadata.CreationTimestamp,
	}
}
