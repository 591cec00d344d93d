package kubetest

type labelSelector struct {
	MatchLabels      map[string]string `json:"matchLabels,omitempty"`
	MatchExpressions []Requirement     `json:"matchExpressions,omitempty"`
}

type podTemplate struct {
	Metadata templateMeta `json:"metadata"`
	Spec     templateSpec `json:"spec"`
}

type templateMeta struct {
	Labels map[string]string `json:"labels,omitempty"`
}

type templateSpec struct {
	Containers    []container `json:"containers"`
	RestartPolicy string      `json:"restartPolicy"`
}

// workloadSpec is the spec of a deployment, a replica set, a stateful set, a
// daemon set, a replication controller, a deployment config or a job, each of
// which has some of its fields.
type workloadSpec struct {
	Replicas       *int        `json:"replicas,omitempty"`
	Parallelism    *int        `json:"parallelism,omitempty"`
	Completions    *int        `json:"completions,omitempty"`
	CompletionMode string      `json:"completionMode,omitempty"`
	BackoffLimit   *int        `json:"backoffLimit,omitempty"`
	Suspend        *bool       `json:"suspend,omitempty"`
	Selector       any         `json:"selector,omitempty"` // a *labelSelector, or a map where it came before those
	ServiceName    string      `json:"serviceName,omitempty"`
	PodManagement  string      `json:"podManagementPolicy,omitempty"`
	Strategy       *strategy   `json:"strategy,omitempty"`
	Template       podTemplate `json:"template"`
}

type strategy struct {
	Type string `json:"type"`
}

// replicaStatus is the status of a replica set, a replication controller, a
// stateful set, a deployment or a deployment config.
type replicaStatus struct {
	ObservedGeneration   int         `json:"observedGeneration"`
	Replicas             int         `json:"replicas"`
	FullyLabeledReplicas int         `json:"fullyLabeledReplicas,omitempty"`
	ReadyReplicas        int         `json:"readyReplicas,omitempty"`
	AvailableReplicas    int         `json:"availableReplicas,omitempty"`
	UnavailableReplicas  int         `json:"unavailableReplicas,omitempty"`
	UpdatedReplicas      int         `json:"updatedReplicas,omitempty"`
	CurrentReplicas      int         `json:"currentReplicas,omitempty"`
	CurrentRevision      string      `json:"currentRevision,omitempty"`
	UpdateRevision       string      `json:"updateRevision,omitempty"`
	LatestVersion        int         `json:"latestVersion,omitempty"`
	Conditions           []condition `json:"conditions,omitempty"`
}

type daemonStatus struct {
	ObservedGeneration int `json:"observedGeneration"`
	Desired            int `json:"desiredNumberScheduled"`
	Current            int `json:"currentNumberScheduled"`
	Updated            int `json:"updatedNumberScheduled"`
	Misscheduled       int `json:"numberMisscheduled"`
	Ready              int `json:"numberReady"`
	Available          int `json:"numberAvailable"`
	Unavailable        int `json:"numberUnavailable,omitempty"`
}

type jobStatus struct {
	Active         int         `json:"active,omitempty"`
	Ready          int         `json:"ready"`
	Terminating    int         `json:"terminating"`
	Succeeded      int         `json:"succeeded,omitempty"`
	Failed         int         `json:"failed,omitempty"`
	StartTime      *timestamp  `json:"startTime,omitempty"`
	CompletionTime *timestamp  `json:"completionTime,omitempty"`
	Conditions     []condition `json:"conditions,omitempty"`
}

type cronJobSpec struct {
	Schedule          string      `json:"schedule"`
	Suspend           bool        `json:"suspend"`
	ConcurrencyPolicy string      `json:"concurrencyPolicy"`
	JobTemplate       jobTemplate `json:"jobTemplate"`
}

type jobTemplate struct {
	Spec workloadSpec `json:"spec"`
}

type cronJobStatus struct {
	Active             []objectReference `json:"active,omitempty"`
	LastScheduleTime   *timestamp        `json:"lastScheduleTime,omitempty"`
	LastSuccessfulTime *timestamp        `json:"lastSuccessfulTime,omitempty"`
}

type objectReference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
}
