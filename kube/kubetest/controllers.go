package kubetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
)

// Object is anything that [Options].Objects may hold: a [Service], an
// [EndpointSlice], or a workload.
type Object interface {
	addTo(s *Server) error
}

// workload is an object whose controller makes pods, or other workloads. Its
// methods are called with controllers.mu held.
type workload interface {
	base() *owner
	// reconcile makes what is there more like what is asked for. It is called
	// again when something of it has changed.
	reconcile(s *Server) error
	// object is the workload as the API shows it.
	object() object
}

type objectKey struct {
	kind string
	key
}

// controllers keep workloads and services in order. They have no goroutine: a
// method of the server that changes something has them work until nothing is
// left to do, and returns then.
type controllers struct {
	mu        sync.Mutex // held while they work
	ended     bool
	workloads map[objectKey]workload
	services  map[key]*service
	due       []workload // to be looked at
	dueSlices []*service

	lastAddress int // of a service

	touchMu sync.Mutex
	touched []*runningPod // changed, and not looked at yet
}

func newControllers() controllers {
	return controllers{workloads: make(map[objectKey]workload), services: make(map[key]*service)}
}

// touch tells that a pod has changed. The caller has sync called later.
func (c *controllers) touch(r *runningPod) {
	c.touchMu.Lock()
	defer c.touchMu.Unlock()
	c.touched = append(c.touched, r)
}

func (c *controllers) takeTouched() []*runningPod {
	c.touchMu.Lock()
	defer c.touchMu.Unlock()
	touched := c.touched
	c.touched = nil
	return touched
}

// end makes the controllers do nothing any more, and waits for what they do.
func (c *controllers) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
}

func (c *controllers) lookAtLocked(w workload) {
	if !slices.Contains(c.due, w) {
		c.due = append(c.due, w)
	}
}

func (c *controllers) lookAtSlicesLocked(sv *service) {
	if !slices.Contains(c.dueSlices, sv) {
		c.dueSlices = append(c.dueSlices, sv)
	}
}

// sync lets the controllers do what is to be done after pods have changed.
func (s *Server) sync() error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	return s.syncLocked()
}

func (s *Server) syncLocked() error {
	c := &s.controllers
	var errs []error
	for !c.ended {
		for _, r := range c.takeTouched() {
			c.noticeLocked(r)
		}
		switch {
		case len(c.dueSlices) > 0: // first, so that the slices follow step by step
			sv := c.dueSlices[0]
			c.dueSlices = c.dueSlices[1:]
			s.syncSlicesLocked(sv)
		case len(c.due) > 0:
			w := c.due[0]
			c.due = c.due[1:]
			if w.base().deleted {
				continue
			}
			if err := w.reconcile(s); err != nil {
				errs = append(errs, fmt.Errorf("%s %s: %w", w.base().kind, w.base().name, err))
			}
			s.publishLocked(w)
		default:
			return errors.Join(errs...)
		}
	}
	return errors.Join(errs...)
}

// noticeLocked has those look at a pod that has changed whom it concerns.
func (c *controllers) noticeLocked(r *runningPod) {
	if r.owner != nil {
		c.lookAtLocked(r.owner)
	}
	for _, sv := range c.services {
		if sv.noticeLocked(r) {
			c.lookAtSlicesLocked(sv)
		}
	}
}

// addWorkload takes a workload in and makes what it asks for.
func (s *Server) addWorkload(w workload) error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	if err := s.addWorkloadLocked(w); err != nil {
		return err
	}
	return s.settleLocked(w)
}

// settleLocked lets a new workload make its first pods.
func (s *Server) settleLocked(w workload) error {
	err := s.syncLocked()
	for _, made := range s.controllers.workloads {
		if o := made.base(); made == w || o.parent == w {
			o.settled = true
		}
	}
	return err
}

func (s *Server) addWorkloadLocked(w workload) error {
	c, o := &s.controllers, w.base()
	if o.name == "" {
		return fmt.Errorf("a %s without a name cannot be added", o.kind)
	}
	if res := resourceOf(o.kind); res.openShift && !s.opts.OpenShift {
		return fmt.Errorf("a cluster that is not OpenShift has no %s", res.name)
	}
	if c.workloads[o.objectKey] != nil {
		return fmt.Errorf("%s %q already exists", resourceOf(o.kind).qualified(), o.name)
	}
	s.addNamespace(o.namespace, o.age)
	c.workloads[o.objectKey] = w
	c.lookAtLocked(w)
	s.publishLocked(w)
	return nil
}

// publishLocked stores a workload if it looks other than before.
func (s *Server) publishLocked(w workload) {
	o := w.base()
	if o.deleted {
		return
	}
	now := w.object()
	now.Metadata = o.metadata()
	if o.published != nil && reflect.DeepEqual(*o.published, now) {
		return
	}
	o.published = &now
	s.store.put(resourceOf(o.kind).name, now)
	if o.parent != nil {
		s.controllers.lookAtLocked(o.parent)
	}
}

// find returns a workload.
func (c *controllers) findLocked(namespace, kind, name string) (workload, error) {
	w := c.workloads[objectKey{kind, key{defaultTo(namespace, "default"), name}}]
	if w == nil {
		return nil, fmt.Errorf("there is no %s %q in the namespace %q", kind, name, namespace)
	}
	return w, nil
}

// DeleteWorkload deletes a workload of a kind, as "Deployment", and what it has
// made. It returns when all is marked for deletion; the pods end as others do.
func (s *Server) DeleteWorkload(namespace, kind, name string) error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	w, err := s.controllers.findLocked(namespace, kind, name)
	if err != nil {
		return err
	}
	s.deleteWorkloadLocked(w)
	return s.syncLocked()
}

func (s *Server) deleteWorkloadLocked(w workload) {
	o := w.base()
	delete(s.controllers.workloads, o.objectKey)
	o.deleted = true
	s.store.remove(resourceOf(o.kind).name, o.key)
	for _, child := range s.controllers.workloads {
		if child.base().parent == w {
			s.deleteWorkloadLocked(child)
		}
	}
	for _, r := range o.pods {
		s.endPod(r)
	}
}
