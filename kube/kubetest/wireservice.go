package kubetest

import (
	"encoding/json"
	"strconv"
)

type serviceSpec struct {
	Type                     string            `json:"type"`
	ClusterIP                string            `json:"clusterIP,omitempty"`
	ClusterIPs               []string          `json:"clusterIPs,omitempty"`
	ExternalName             string            `json:"externalName,omitempty"`
	Selector                 map[string]string `json:"selector,omitempty"`
	Ports                    []servicePort     `json:"ports,omitempty"`
	PublishNotReadyAddresses bool              `json:"publishNotReadyAddresses,omitempty"`
	SessionAffinity          string            `json:"sessionAffinity"`
}

type serviceStatus struct {
	LoadBalancer struct{} `json:"loadBalancer"`
}

type servicePort struct {
	Name       string      `json:"name,omitempty"`
	Protocol   string      `json:"protocol"`
	Port       uint16      `json:"port"`
	TargetPort intOrString `json:"targetPort"`
}

// intOrString is a number or a name, which the API tells apart by their JSON.
type intOrString string

// MarshalJSON writes a number if it is one.
func (v intOrString) MarshalJSON() ([]byte, error) {
	if n, err := strconv.Atoi(string(v)); err == nil {
		return json.Marshal(n)
	}
	return json.Marshal(string(v))
}

// slice is an EndpointSlice's own part of an object.
type slice struct {
	AddressType string      `json:"addressType"`
	Endpoints   []endpoint  `json:"endpoints"`
	Ports       []slicePort `json:"ports"`
}

type endpoint struct {
	Addresses  []string           `json:"addresses"`
	Conditions endpointConditions `json:"conditions"`
	TargetRef  *targetRef         `json:"targetRef,omitempty"`
	NodeName   string             `json:"nodeName,omitempty"`
}

type endpointConditions struct {
	Ready       bool `json:"ready"`
	Serving     bool `json:"serving"`
	Terminating bool `json:"terminating"`
}

type targetRef struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	UID       string `json:"uid"`
}

type slicePort struct {
	Name     string `json:"name"`
	Protocol string `json:"protocol"`
	Port     uint16 `json:"port"`
}
