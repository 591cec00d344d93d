package kubetest

import "time"

// The types of this file are the JSON of the API, as far as the cluster fills
// it. Values are immutable once they are in the store.

type listMeta struct {
	ResourceVersion    string `json:"resourceVersion"`
	Continue           string `json:"continue,omitempty"`
	RemainingItemCount *int   `json:"remainingItemCount,omitempty"`
}

type objectMeta struct {
	Name                       string            `json:"name,omitempty"`
	GenerateName               string            `json:"generateName,omitempty"`
	Namespace                  string            `json:"namespace,omitempty"`
	UID                        string            `json:"uid,omitempty"`
	ResourceVersion            string            `json:"resourceVersion,omitempty"`
	CreationTimestamp          *timestamp        `json:"creationTimestamp,omitempty"`
	DeletionTimestamp          *timestamp        `json:"deletionTimestamp,omitempty"`
	DeletionGracePeriodSeconds *int              `json:"deletionGracePeriodSeconds,omitempty"`
	Generation                 int               `json:"generation,omitempty"`
	Labels                     map[string]string `json:"labels,omitempty"`
	Annotations                map[string]string `json:"annotations,omitempty"`
	OwnerReferences            []ownerReference  `json:"ownerReferences,omitempty"`
}

type ownerReference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Controller bool   `json:"controller"`
	// BlockOwnerDeletion is true wherever Controller is.
	BlockOwnerDeletion bool `json:"blockOwnerDeletion"`
}

// object is one thing in the store.
type object struct {
	Kind       string     `json:"kind,omitempty"`
	APIVersion string     `json:"apiVersion,omitempty"`
	Metadata   objectMeta `json:"metadata"`
	Spec       any        `json:"spec,omitempty"`
	Status     any        `json:"status,omitempty"`
	*slice                // of an EndpointSlice, which has neither of the two
}

func (o *object) key() key { return key{o.Metadata.Namespace, o.Metadata.Name} }

type objectList struct {
	Kind       string   `json:"kind"`
	APIVersion string   `json:"apiVersion"`
	Metadata   listMeta `json:"metadata"`
	Items      []object `json:"items"`
}

type podSpec struct {
	NodeName                      string      `json:"nodeName,omitempty"`
	Containers                    []container `json:"containers"`
	RestartPolicy                 string      `json:"restartPolicy"`
	TerminationGracePeriodSeconds int         `json:"terminationGracePeriodSeconds"`
}

type container struct {
	Name  string          `json:"name"`
	Image string          `json:"image"`
	Ports []containerPort `json:"ports,omitempty"`
}

type containerPort struct {
	Name          string `json:"name,omitempty"`
	ContainerPort uint16 `json:"containerPort"`
	Protocol      string `json:"protocol"`
}

type podStatus struct {
	Phase             string            `json:"phase"`
	Reason            string            `json:"reason,omitempty"`
	Message           string            `json:"message,omitempty"`
	HostIP            string            `json:"hostIP,omitempty"`
	PodIP             string            `json:"podIP,omitempty"`
	PodIPs            []podIP           `json:"podIPs,omitempty"`
	StartTime         *timestamp        `json:"startTime,omitempty"`
	Conditions        []condition       `json:"conditions,omitempty"`
	ContainerStatuses []containerStatus `json:"containerStatuses,omitempty"`
	QOSClass          string            `json:"qosClass,omitempty"`
}

type podIP struct {
	IP string `json:"ip"`
}

type condition struct {
	Type               string     `json:"type"`
	Status             string     `json:"status"`
	Reason             string     `json:"reason,omitempty"`
	Message            string     `json:"message,omitempty"`
	LastTransitionTime *timestamp `json:"lastTransitionTime"`
}

type containerStatus struct {
	Name         string         `json:"name"`
	Ready        bool           `json:"ready"`
	Started      bool           `json:"started"`
	RestartCount int            `json:"restartCount"`
	Image        string         `json:"image"`
	ImageID      string         `json:"imageID"`
	ContainerID  string         `json:"containerID,omitempty"`
	State        containerState `json:"state"`
	LastState    containerState `json:"lastState"`
}

type containerState struct {
	Waiting    *stateWaiting    `json:"waiting,omitempty"`
	Running    *stateRunning    `json:"running,omitempty"`
	Terminated *stateTerminated `json:"terminated,omitempty"`
}

type stateWaiting struct {
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}

type stateRunning struct {
	StartedAt *timestamp `json:"startedAt,omitempty"`
}

type stateTerminated struct {
	ExitCode   int        `json:"exitCode"`
	Reason     string     `json:"reason,omitempty"`
	StartedAt  *timestamp `json:"startedAt,omitempty"`
	FinishedAt *timestamp `json:"finishedAt,omitempty"`
}

type namespaceStatus struct {
	Phase string `json:"phase"`
}

// timestamp is a time as the API writes it: UTC, whole seconds.
type timestamp time.Time

func stamp(t time.Time) *timestamp {
	ts := timestamp(t)
	return &ts
}

// MarshalText writes RFC 3339.
func (t timestamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format(time.RFC3339)), nil
}
