package kubetest

import (
	"fmt"
	"maps"
	"strconv"
	"time"
)

// backoffLimit is how many pods of a job may fail.
const backoffLimit = 6

// Job describes a job. Its pods end when a test says so, by UpdatePod with the
// phase Succeeded or Failed.
type Job struct {
	Namespace string // empty means "default"
	Name      string
	Labels    map[string]string
	Age       time.Duration
	// Completions is how many pods must succeed, and Parallelism how many run at a
	// time; 0 means one.
	Completions, Parallelism int
	// Indexed gives each completion a number of its own.
	Indexed bool
	Suspend bool
	// CronJob is the name of the one that has made it; empty for none.
	CronJob string
	// Template is what pods are made from; its namespace, name and owner are not
	// looked at, and its age and restarts are those of the first pods only.
	Template Pod
	// Each, if it is set, may change every pod before it is made, and give it a
	// name. The first one has the number 0.
	Each func(n int, p *Pod)
}

type job struct {
	owner
	desc      Job
	counted   map[*runningPod]bool // pods that have ended and are counted
	succeeded int
	failed    int
	done      map[int]bool // indexes that have succeeded
	ended     time.Time    // zero while it goes on
}

// The labels of a job's pods.
const (
	labelJob      = "batch.kubernetes.io/job-name"
	labelJobUID   = "batch.kubernetes.io/controller-uid"
	labelJobIndex = "batch.kubernetes.io/job-completion-index"
)

func newJob(d Job) *job {
	d.Completions, d.Parallelism = max(d.Completions, 1), max(d.Parallelism, 1)
	w := &job{
		owner: newOwner("Job", d.Namespace, d.Name, d.Age), desc: d, counted: make(map[*runningPod]bool), done: make(map[int]bool),
	}
	w.restart = "Never"
	selector := map[string]string{labelJobUID: w.uid}
	d.Template.Labels = with(d.Template.Labels, map[string]string{labelJob: w.name, "job-name": w.name, "controller-uid": w.uid})
	w.withTemplate(d.Template, selector, nil, d.Each)
	w.labels = with(w.template.Labels, d.Labels)
	return w
}

// AddJob makes a job and its first pods. A cron job that it names must exist.
func (s *Server) AddJob(d Job) error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	w := newJob(d)
	if d.CronJob != "" {
		parent, err := s.controllers.findLocked(w.namespace, "CronJob", d.CronJob)
		if err != nil {
			return err
		}
		w.parent = parent
	}
	if err := s.addWorkloadLocked(w); err != nil {
		return err
	}
	return s.settleLocked(w)
}

func (d Job) addTo(s *Server) error { return s.AddJob(d) }

func (w *job) reconcile(s *Server) error {
	states := w.states()
	w.countEnded(states)
	over := w.succeeded >= w.desc.Completions || w.failed > backoffLimit
	if over && w.ended.IsZero() {
		w.ended = time.Now()
	}
	for _, p := range states {
		if p.active() && (over || w.desc.Suspend) {
			s.endPod(p.runningPod)
		}
	}
	if over || w.desc.Suspend {
		return nil
	}
	active := count(states, isActive)
	for range min(w.desc.Parallelism, w.desc.Completions-w.succeeded) - active {
		if err := w.makePod(s); err != nil {
			return err
		}
	}
	return nil
}

// countEnded counts the pods that have ended since it was called last.
func (w *job) countEnded(states []podState) {
	for _, p := range states {
		if !p.finished || w.counted[p.runningPod] {
			continue
		}
		w.counted[p.runningPod] = true
		switch {
		case p.desc.Phase == "Failed":
			w.failed++
		case !w.desc.Indexed:
			w.succeeded++
		default:
			if n, err := strconv.Atoi(p.desc.Labels[labelJobIndex]); err == nil {
				w.done[n] = true
			}
			w.succeeded = len(w.done)
		}
	}
}

func (w *job) makePod(s *Server) error {
	if !w.desc.Indexed {
		return w.newPod(s, w, s.freshName(w.namespace, w.name), nil)
	}
	taken := maps.Clone(w.done)
	for _, p := range w.states() {
		if n, err := strconv.Atoi(p.desc.Labels[labelJobIndex]); err == nil && p.active() {
			taken[n] = true
		}
	}
	for n := range w.desc.Completions {
		if !taken[n] {
			index := map[string]string{labelJobIndex: strconv.Itoa(n)}
			saved := w.template.Annotations
			w.template.Annotations = with(saved, index)
			err := w.newPod(s, w, s.freshName(w.namespace, fmt.Sprintf("%s-%d", w.name, n)), index)
			w.template.Annotations = saved
			return err
		}
	}
	return nil
}

func (w *job) object() object {
	states := w.states()
	mode, suspend, limit := "NonIndexed", w.desc.Suspend, backoffLimit
	if w.desc.Indexed {
		mode = "Indexed"
	}
	created := stamp(w.created.Truncate(time.Second))
	st := jobStatus{
		Active: count(states, isActive), Ready: count(states, isReady), Succeeded: w.succeeded, Failed: w.failed,
		Terminating: count(states, func(p podState) bool { return p.deleted && !p.finished }),
	}
	if !suspend {
		st.StartTime = created
	}
	if !w.ended.IsZero() {
		ended := stamp(w.ended.Truncate(time.Second))
		cond := func(kind, reason, message string) {
			st.Conditions = append(st.Conditions, condition{Type: kind, Status: "True", Reason: reason, Message: message, LastTransitionTime: ended})
		}
		if w.failed > backoffLimit {
			cond("FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
			cond("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
		} else {
			st.CompletionTime = ended
			cond("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
			cond("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
		}
	}
	completions, parallelism := w.desc.Completions, w.desc.Parallelism
	return object{
		Spec: workloadSpec{
			Parallelism: &parallelism, Completions: &completions, CompletionMode: mode, BackoffLimit: &limit, Suspend: &suspend,
			Selector: w.labelSelector(), Template: w.podTemplate(),
		},
		Status: st,
	}
}
