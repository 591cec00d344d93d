package kubetest

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// DeletePod deletes a pod and returns when it is gone, and its controller, if it
// has one, has made another. Watches see it as in a
// real cluster: first marked for deletion, then not ready, then deleted. Open
// connections to it end; sessions stay, and refuse further connections.
func (s *Server) DeletePod(namespace, name string) error {
	r := s.pods.get(key{namespace, name})
	if r == nil {
		return fmt.Errorf("pods %q not found", name)
	}
	if !s.markDeleted(r, s.grace()) {
		<-r.gone
		return nil
	}
	err := s.sync() // some controllers do not wait for the end
	return errors.Join(err, s.terminate(r))
}

// grace is how long pods take to end, in seconds.
func (s *Server) grace() int { return int(s.opts.Termination.Seconds()) }

// endPod marks a pod for deletion and lets it end in the background. Close waits
// for that.
func (s *Server) endPod(r *runningPod) {
	if s.markDeleted(r, s.grace()) {
		s.terminateLater(r)
	}
}

func (s *Server) terminateLater(r *runningPod) {
	end, ok := s.begin()
	if !ok {
		return // Close ends it
	}
	go func() {
		defer end()
		_ = s.terminate(r) // nobody asked for what a controller cannot do
	}()
}

// ReplacePod deletes a pod and makes it anew: the same name, another UID. What
// comes after the pod of a workload is up to the workload.
func (s *Server) ReplacePod(namespace, name string) error {
	r := s.pods.get(key{namespace, name})
	if r == nil {
		return fmt.Errorf("pods %q not found", name)
	}
	desc := r.describe()
	desc.Restarts, desc.Age = 0, 0
	if err := s.DeletePod(namespace, name); err != nil || r.owner != nil {
		return err
	}
	return s.AddPod(desc)
}

// markDeleted returns whether this call was the first one.
func (s *Server) markDeleted(r *runningPod, grace int) bool {
	r.mu.Lock()
	first := r.deleted.IsZero()
	if first {
		r.grace = grace
		r.deleted = time.Now().Add(time.Duration(grace) * time.Second)
	}
	r.mu.Unlock()
	if first {
		s.publish(r)
	}
	return first
}

// terminate ends a pod that is marked for deletion. It returns when the pod is
// gone and the controllers have seen to that.
func (s *Server) terminate(r *runningPod) error {
	wait := time.NewTimer(s.opts.Termination)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-s.closing.Done():
	}
	r.stop()
	r.mu.Lock()
	r.changed = time.Now()
	r.mu.Unlock()
	s.publish(r)
	s.pods.mu.Lock()
	delete(s.pods.all, r.key)
	s.pods.mu.Unlock()
	r.mu.Lock()
	r.removed = true
	s.store.remove(pods, r.key)
	r.mu.Unlock()
	s.controllers.touch(r)
	err := s.sync()
	close(r.gone)
	return err
}

func (s *Server) deletePodREST(w http.ResponseWriter, r *http.Request, q request) *status {
	pod := s.pods.get(key{q.namespace, q.name})
	if pod == nil {
		return notFound("", pods, q.name)
	}
	grace := 30
	if text := r.URL.Query().Get("gracePeriodSeconds"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return badRequest("gracePeriodSeconds %q is not a count", text)
		}
		grace = n
	}
	first := s.markDeleted(pod, grace)
	o, ok := s.store.get(pods, pod.key) // as it is before it can be gone
	if first {
		if err := s.sync(); err != nil {
			return newStatus(http.StatusInternalServerError, "InternalError", "Internal error occurred: "+err.Error())
		}
		s.terminateLater(pod)
	}
	if !ok {
		return notFound("", pods, q.name)
	}
	writeJSON(w, http.StatusOK, listing{res: resourceOf("Pod")}.item(o, true))
	return nil
}
