package kube

import "encoding/json"

// The parts of services and their endpoint slices that we read.

type serviceObject struct {
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		Type                     text          `json:"type"`
		ClusterIP                text          `json:"clusterIP"` // "None" for a headless one
		ExternalName             text          `json:"externalName"`
		Selector                 map[text]text `json:"selector"`
		Ports                    []servicePort `json:"ports"`
		PublishNotReadyAddresses bool          `json:"publishNotReadyAddresses"`
	} `json:"spec"`
}

type servicePort struct {
	Name       text        `json:"name"`
	Protocol   text        `json:"protocol"` // empty means TCP
	Port       uint16      `json:"port"`
	TargetPort intOrString `json:"targetPort"`
}

// intOrString is a port's number or name; zero when it is neither.
type intOrString struct {
	Number uint16
	Name   text
}

// UnmarshalJSON takes a number or a string.
func (p *intOrString) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &p.Name)
	}
	return json.Unmarshal(b, &p.Number)
}

type endpointSliceObject struct {
	Metadata  objectMeta `json:"metadata"`
	Endpoints []struct {
		Addresses  []text `json:"addresses"`
		Conditions struct {
			Ready       *bool `json:"ready"` // nil means true
			Terminating bool  `json:"terminating"`
		} `json:"conditions"`
		TargetRef *struct {
			Kind text `json:"kind"`
			Name text `json:"name"`
			UID  text `json:"uid"`
		} `json:"targetRef"`
		NodeName text `json:"nodeName"`
	} `json:"endpoints"`
	Ports []slicePort `json:"ports"`
}

type slicePort struct {
	Name     text    `json:"name"`
	Protocol text    `json:"protocol"`
	Port     *uint16 `json:"port"` // nil means all
}

func (o *serviceObject) meta() *objectMeta       { return &o.Metadata }
func (o *endpointSliceObject) meta() *objectMeta { return &o.Metadata }
