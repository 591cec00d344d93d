package kubetest

import (
	"fmt"
	"maps"
	"slices"
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
		return w.newPod(s, w, w.name+"-"+randomSuffix(), nil)
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
			err := w.newPod(s, w, fmt.Sprintf("%s-%d-%s", w.name, n, randomSuffix()), index)
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

// CronJob describes a cron job. It makes jobs when [Server.RunCronJob] says so.
type CronJob struct {
	Namespace string // empty means "default"
	Name      string
	Labels    map[string]string
	Age       time.Duration
	Schedule  string // empty means "0 3 * * *"
	Suspend   bool
	// Job is what jobs are made from; its namespace, name and cron job are not
	// looked at.
	Job Job
}

type cronJob struct {
	owner
	desc CronJob
	jobs []*job    // by age
	last time.Time // when it made one last; zero for never
}

// AddCronJob makes a cron job.
func (s *Server) AddCronJob(d CronJob) error {
	d.Schedule = defaultTo(d.Schedule, "0 3 * * *")
	w := &cronJob{owner: newOwner("CronJob", d.Namespace, d.Name, d.Age), desc: d}
	w.desc.Job.Name = d.Name
	w.labels = maps.Clone(d.Labels)
	return s.addWorkload(w)
}

func (d CronJob) addTo(s *Server) error { return s.AddCronJob(d) }

// RunCronJob lets a cron job make a job, as when its time has come, and returns
// the job's name.
func (s *Server) RunCronJob(namespace, name string) (string, error) {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	found, err := s.controllers.findLocked(namespace, "CronJob", name)
	if err != nil {
		return "", err
	}
	w, ok := found.(*cronJob)
	if !ok {
		return "", fmt.Errorf("there is no CronJob %q", name)
	}
	d := w.desc.Job
	d.Namespace, d.Age = w.namespace, 0
	for minute := time.Now().Unix() / 60; ; minute++ { // names are of minutes; the next ones if this one is taken
		d.Name = fmt.Sprintf("%s-%d", name, minute)
		if s.controllers.workloads[objectKey{"Job", key{w.namespace, d.Name}}] == nil {
			break
		}
	}
	made := newJob(d)
	made.parent = w
	if err := s.addWorkloadLocked(made); err != nil {
		return "", err
	}
	return made.name, s.syncLocked()
}

func (w *cronJob) reconcile(s *Server) error {
	w.jobs = nil
	for _, other := range s.controllers.workloads {
		if j, ok := other.(*job); ok && j.parent == w {
			w.jobs = append(w.jobs, j)
			if j.created.After(w.last) {
				w.last = j.created
			}
		}
	}
	slices.SortFunc(w.jobs, func(a, b *job) int { return a.created.Compare(b.created) })
	return nil
}

func (w *cronJob) object() object {
	st := cronJobStatus{}
	if !w.last.IsZero() {
		st.LastScheduleTime = stamp(w.last.Truncate(time.Second))
	}
	for _, j := range w.jobs {
		switch {
		case j.ended.IsZero():
			st.Active = append(st.Active, objectReference{APIVersion: "batch/v1", Kind: "Job", Namespace: j.namespace, Name: j.name, UID: j.uid})
		case j.succeeded >= j.desc.Completions:
			st.LastSuccessfulTime = stamp(j.ended.Truncate(time.Second))
		}
	}
	template := newJob(w.desc.Job).object()
	spec, _ := template.Spec.(workloadSpec)
	spec.Selector = nil
	spec.Template.Metadata.Labels = w.desc.Job.Template.Labels
	return object{
		Spec:   cronJobSpec{Schedule: w.desc.Schedule, Suspend: w.desc.Suspend, ConcurrencyPolicy: "Allow", JobTemplate: jobTemplate{spec}},
		Status: st,
	}
}
