package kube

import (
	"bytes"
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// workloadObject has what we read of Deployments, StatefulSets, DaemonSets,
// ReplicaSets, ReplicationControllers, DeploymentConfigs, Jobs and CronJobs.
type workloadObject struct {
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		Replicas *int        `json:"replicas"`
		Selector podSelector `json:"selector"`
		Suspend  bool        `json:"suspend"`
		Template struct {
			Spec podTemplate `json:"spec"`
		} `json:"template"`
		JobTemplate struct {
			Spec struct {
				Template struct {
					Spec podTemplate `json:"spec"`
				} `json:"template"`
			} `json:"spec"`
		} `json:"jobTemplate"`
	} `json:"spec"`
	Status struct {
		Replicas               int             `json:"replicas"`
		ReadyReplicas          int             `json:"readyReplicas"`
		DesiredNumberScheduled int             `json:"desiredNumberScheduled"` // of a DaemonSet
		NumberReady            int             `json:"numberReady"`
		Active                 json.RawMessage `json:"active"` // a number for a Job, a list for a CronJob
		Ready                  *int            `json:"ready"`  // of a Job's pods; older servers do not tell
		Succeeded              int             `json:"succeeded"`
		Failed                 int             `json:"failed"`
		Conditions             []condition     `json:"conditions"`
		LastScheduleTime       *time.Time      `json:"lastScheduleTime"`
	} `json:"status"`
}

// podTemplate is the part of a pod's spec that tells its ports.
type podTemplate struct {
	InitContainers []container `json:"initContainers"`
	Containers     []container `json:"containers"`
}

func (o *workloadObject) meta() *objectMeta { return &o.Metadata }

// podSelector is how a workload selects its pods. The older kinds have a plain
// map of labels, the others a LabelSelector.
type podSelector struct {
	text string // in the form of the API's query; empty for none
	err  error
}

// UnmarshalJSON never fails: a selector that makes no sense concerns only who
// uses it.
func (s *podSelector) UnmarshalJSON(b []byte) error {
	*s = podSelector{}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var plain map[string]string
	if json.Unmarshal(b, &plain) == nil {
		s.text = labels.SelectorFromSet(plain).String()
		return nil
	}
	var full metav1.LabelSelector
	if s.err = json.Unmarshal(b, &full); s.err != nil {
		return nil //nolint:nilerr // kept in s
	}
	sel, err := metav1.LabelSelectorAsSelector(&full)
	if err != nil {
		s.err = presentable(err)
		return nil
	}
	if !sel.Empty() { // a Nothing selector is empty text, too
		s.text = sel.String()
	}
	return nil
}
