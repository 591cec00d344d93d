package kube

import (
	"cmp"
	"fmt"
)

// summary is what the columns of `kubectl get pods` say.
type summary struct {
	status   string
	ready    int
	total    int
	restarts int
}

// summary counts and words as kubectl does.
func (o *podObject) summary() summary {
	s := summary{
		status: string(cmp.Or(o.Status.Reason, o.Status.Phase, "Unknown")),
		total:  len(o.Spec.Containers),
	}
	sidecars := make(map[text]bool)
	for _, c := range o.Spec.InitContainers {
		if c.RestartPolicy == "Always" {
			sidecars[c.Name] = true
			s.total++
		}
	}
	if c := o.condition("PodScheduled"); c.Status == "False" && c.Reason == "SchedulingGated" {
		s.status = string(c.Reason)
	}
	initializing, sidecarRestarts := o.summarizeInit(&s, sidecars)
	if !initializing || o.condition("Initialized").Status == "True" {
		s.restarts = sidecarRestarts
		o.summarizeContainers(&s)
	}
	if o.Metadata.DeletionTimestamp != nil {
		switch {
		case o.Status.Reason == "NodeLost":
			s.status = "Unknown"
		case o.Status.Phase != "Succeeded" && o.Status.Phase != "Failed":
			s.status = "Terminating"
		}
	}
	return s
}

// summarizeInit looks at the init containers up to the one that is not done.
func (o *podObject) summarizeInit(s *summary, sidecars map[text]bool) (initializing bool, sidecarRestarts int) {
	for i, c := range o.Status.InitContainerStatuses {
		s.restarts += c.RestartCount
		if sidecars[c.Name] {
			sidecarRestarts += c.RestartCount
		}
		st := c.State
		switch {
		case st.Terminated != nil && st.Terminated.ExitCode == 0:
			continue
		case sidecars[c.Name] && c.Started != nil && *c.Started:
			if c.Ready {
				s.ready++
			}
			continue
		case st.Terminated != nil:
			s.status = "Init:" + ending(st.Terminated.Reason, st.Terminated.Signal, st.Terminated.ExitCode)
		case st.Waiting != nil && st.Waiting.Reason != "" && st.Waiting.Reason != "PodInitializing":
			s.status = "Init:" + string(st.Waiting.Reason)
		default:
			s.status = fmt.Sprintf("Init:%d/%d", i, len(o.Spec.InitContainers))
		}
		return true, sidecarRestarts
	}
	return false, sidecarRestarts
}

// summarizeContainers lets the first container that has something to say speak
// for the pod.
func (o *podObject) summarizeContainers(s *summary) {
	running := false
	for i := len(o.Status.ContainerStatuses) - 1; i >= 0; i-- {
		c := o.Status.ContainerStatuses[i]
		s.restarts += c.RestartCount
		st := c.State
		switch {
		case st.Waiting != nil && st.Waiting.Reason != "":
			s.status = string(st.Waiting.Reason)
		case st.Terminated != nil:
			s.status = ending(st.Terminated.Reason, st.Terminated.Signal, st.Terminated.ExitCode)
		case c.Ready && st.Running != nil:
			running = true
			s.ready++
		}
	}
	if s.status == "Completed" && running {
		s.status = "NotReady"
		if o.condition("Ready").Status == "True" {
			s.status = "Running"
		}
	}
}

func ending(reason text, signal, code int) string {
	switch {
	case reason != "":
		return string(reason)
	case signal != 0:
		return fmt.Sprintf("Signal:%d", signal)
	}
	return fmt.Sprintf("ExitCode:%d", code)
}
