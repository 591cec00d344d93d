package kube

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"culvert/tunnels"
)

// workloadInquiry is about the pods that one object has made.
type workloadInquiry struct {
	*inquiry
	object follower[workload]
	set    follower[workload] // of a pod that was named as its StatefulSet's, see numbered
	jobs   follower[workload] // of a CronJob
	pods   follower[candidate]
}

func newWorkloadInquiry(q *inquiry) *workloadInquiry {
	w := &workloadInquiry{inquiry: q}
	followWorkloads(&w.object, q, q.target.Kind, q.target.Name)
	return w
}

// followWorkloads makes s follow the object of a kind with a name, or all of
// them.
func followWorkloads(s *follower[workload], q *inquiry, kind tunnels.Kind, name string) {
	followObjects(s, q, q.key("workload", resourceOf(kind), name, ""),
		func(_ string, o *workloadObject) workload { return o.workload(kind) })
}

func (w *workloadInquiry) resolve() (found tunnels.Resolution, told bool, err *tunnels.Error) {
	object, only := w.last()
	if len(object.items) == 0 {
		w.jobs.drop()
		w.pods.drop()
		return found, object.told, object.err
	}
	of := object.items[0]
	if of.kind == tunnels.KindCronJob {
		job, reason, told, err := w.newestJob(of)
		if job == nil {
			w.pods.drop()
			return tunnels.Resolution{Reason: reason}, told, cmp.Or(err, object.err)
		}
		of = *job
	}
	if of.selector.err != nil || of.selector.text == "" {
		return found, true, w.unselective(of)
	}
	followPods(&w.pods, w.inquiry, "", of.selector.text)
	pods := w.pods.last()
	found = w.members(slices.DeleteFunc(slices.Clone(pods.items), func(p candidate) bool {
		return !of.owns(p) || only >= 0 && p.endpoint.Ordinal != only
	}))
	if len(found.Endpoints) == 0 || of.over != "" {
		found.Reason = of.reason()
	}
	return found, pods.told, cmp.Or(pods.err, object.err)
}

// last returns what is known of the object, and the number of the only pod of it
// that is meant, -1 for all: sts/db-0 is pod 0 of sts/db where there is no
// StatefulSet of that very name.
func (w *workloadInquiry) last() (object said[workload], only int) {
	object = w.object.last()
	set, n, ok := numbered(w.target)
	if !ok || len(object.items) > 0 || !object.told || object.err == nil || object.err.Cause != tunnels.CauseNotFound {
		w.set.drop()
		return object, -1
	}
	followWorkloads(&w.set, w.inquiry, tunnels.KindStatefulSet, set)
	of := w.set.last()
	if len(of.items) == 0 && of.err != nil && of.err.Cause == tunnels.CauseNotFound {
		return object, -1 // whose error names what was asked for
	}
	return of, n
}

// numbered splits a name as db-0, if it is that of a StatefulSet.
func numbered(t tunnels.Target) (set string, n int, ok bool) {
	i := strings.LastIndexByte(t.Name, '-')
	if t.Kind != tunnels.KindStatefulSet || i <= 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(t.Name[i+1:])
	return t.Name[:i], n, err == nil && n >= 0 && strconv.Itoa(n) == t.Name[i+1:]
}

// newestJob returns the Job of a CronJob that was made last, one at work before
// those that are over, or why there is none.
func (w *workloadInquiry) newestJob(of workload) (job *workload, reason string, told bool, err *tunnels.Error) {
	followWorkloads(&w.jobs, w.inquiry, tunnels.KindJob, "")
	jobs := w.jobs.last()
	for _, j := range jobs.items {
		if string(j.owner.UID) != of.uid {
			continue
		}
		if job == nil || j.active && !job.active || j.active == job.active && j.made.After(job.made) {
			job = &j
		}
	}
	reason = "it has not run yet"
	if of.suspend {
		reason = "suspended"
	}
	return job, reason, jobs.told, jobs.err
}

// unselective says that an object does not tell which pods are its own.
func (w *workloadInquiry) unselective(of workload) *tunnels.Error {
	e := &tunnels.Error{
		Op: "resolve " + w.target.String(), Err: fmt.Errorf("it has no selector, so that nothing tells its pods"),
		Hint: "Name a pod, or write the labels as selector/app=web.", Cause: tunnels.CauseInvalid, Permanent: true,
	}
	if of.selector.err != nil {
		e.Err = fmt.Errorf("its selector cannot be read: %w", of.selector.err)
	}
	return e
}
