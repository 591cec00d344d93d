package kubetest

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

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
