package kubetest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"culvert/tunnels/tunneltest/memnet"
)

// podSet is the pods that exist.
type podSet struct {
	mu     sync.Mutex
	all    map[key]*runningPod
	lastIP int
}

func (ps *podSet) get(k key) *runningPod {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.all[k]
}

func (ps *podSet) list() []*runningPod {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	var rs []*runningPod
	for _, r := range ps.all {
		rs = append(rs, r)
	}
	return rs
}

// runningPod is a pod from its creation to its end.
type runningPod struct {
	key
	owner   workload // the cluster's own that made it; nil for none
	uid     string
	sandbox string // the runtime's name for it
	ip      string
	net     *memnet.Network
	created time.Time

	mu      sync.Mutex
	desc    Pod
	started time.Time // of the container
	changed time.Time // of its readiness
	deleted time.Time // when it must have ended; zero while it is not being deleted
	grace   int
	stopped bool          // its program has ended for good
	removed bool          // it is not in the store any more
	program func()        // stops the program; nil while none runs
	gone    chan struct{} // closed when the pod is no more
}

func newRunningPod(p Pod, number int, owner workload) *runningPod {
	now := time.Now()
	return &runningPod{
		key: p.key(), owner: owner, desc: p, uid: newUID(), sandbox: newHex(32), net: &memnet.Network{},
		ip:      fmt.Sprintf("10.244.%d.%d", number/250%256, number%250+2),
		created: now.Add(-p.Age), started: now.Add(-p.Age), changed: now.Add(-p.Age),
		gone: make(chan struct{}),
	}
}

func (r *runningPod) describe() Pod {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.desc
}

func (r *runningPod) isGone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

// start runs the pod's program if there is one to run.
func (r *runningPod) start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.desc.runs() || r.stopped || r.program != nil {
		return nil
	}
	stop, err := r.desc.Workload(r.desc.Name, r.net.Listen)
	if err != nil {
		return fmt.Errorf("start pod %s: %w", r.desc.Name, err)
	}
	r.program = stop
	return nil
}

// halt ends the program as SIGKILL does and waits for it: connections end, the
// network stays.
func (r *runningPod) halt() {
	r.mu.Lock()
	program := r.program
	r.program = nil
	r.mu.Unlock()
	r.net.Kill()
	if program != nil {
		program()
	}
}

// stop ends program and network for good.
func (r *runningPod) stop() {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	r.net.Close()
	r.halt()
}

// AddNamespace makes a namespace; it does nothing when there is one.
func (s *Server) AddNamespace(name string) { s.addNamespace(name, 0) }

func (s *Server) addNamespace(name string, age time.Duration) {
	s.mu.Lock()
	known := s.namespace[name]
	s.namespace[name] = true
	s.mu.Unlock()
	if known {
		return
	}
	o := object{
		Metadata: objectMeta{
			Name: name, UID: newUID(), CreationTimestamp: stamp(time.Now().Add(-age)),
			Labels: map[string]string{"kubernetes.io/metadata.name": name},
		},
		Status: namespaceStatus{Phase: "Active"},
	}
	s.store.put(namespaces, o)
	if s.opts.OpenShift {
		s.store.put(projects, o)
	}
}

// AddPod makes a pod and starts its program, which listens when AddPod returns.
// Its namespace is made if need be. It is an error when there is a pod of that
// name.
func (s *Server) AddPod(p Pod) error { return s.AddPods(p) }

// AddPods is AddPod for many, which costs the controllers less.
func (s *Server) AddPods(list ...Pod) error {
	var errs []error
	for _, p := range list {
		_, err := s.createPod(p, nil)
		errs = append(errs, err)
	}
	return errors.Join(append(errs, s.sync())...)
}

// createPod is AddPod without what the controllers do about it. A pod whose
// program does not start is there all the same.
func (s *Server) createPod(p Pod, owner workload) (*runningPod, error) {
	p = p.withDefaults()
	if p.Name == "" {
		return nil, fmt.Errorf("a pod without a name cannot be added")
	}
	if kind, _, ok := strings.Cut(p.Owner, "/"); ok && !isKind(kind) {
		return nil, fmt.Errorf("the owner %q of the pod %s is of no kind that there is", p.Owner, p.Name)
	}
	s.addNamespace(p.Namespace, p.Age)
	s.pods.mu.Lock()
	if s.pods.all[p.key()] != nil {
		s.pods.mu.Unlock()
		return nil, fmt.Errorf("pods %q already exists", p.Name)
	}
	s.pods.lastIP++
	r := newRunningPod(p, s.pods.lastIP, owner)
	s.pods.all[r.key] = r
	s.pods.mu.Unlock()
	err := r.start()
	s.publish(r)
	return r, err
}

func (s *Server) publish(r *runningPod) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.removed {
		s.store.put(pods, r.object())
	}
	s.controllers.touch(r)
}

// UpdatePod changes a pod in place. Its program is started or ended as the
// change asks; namespace and name stay.
func (s *Server) UpdatePod(namespace, name string, change func(*Pod)) error {
	r := s.pods.get(key{namespace, name})
	if r == nil {
		return fmt.Errorf("pods %q not found", name)
	}
	r.mu.Lock()
	before := r.desc
	change(&r.desc)
	r.desc.Namespace, r.desc.Name = namespace, name
	r.desc = r.desc.withDefaults()
	after := r.desc
	if before.ready() != after.ready() {
		r.changed = time.Now()
	}
	if after.runs() && (!before.runs() || before.Restarts != after.Restarts) {
		r.started = time.Now()
	}
	r.mu.Unlock()
	if before.runs() && (!after.runs() || before.Restarts != after.Restarts) {
		r.halt()
	}
	err := r.start()
	s.publish(r)
	return errors.Join(err, s.sync())
}

// RestartContainer kills a pod's program and starts it again: connections end,
// the pod and the sessions to it stay.
func (s *Server) RestartContainer(namespace, name string) error {
	return s.UpdatePod(namespace, name, func(p *Pod) { p.Restarts++ })
}

func newUID() string {
	return formatUID(newHex(16))
}

// ownerUID is the same for all pods of one owner.
func ownerUID(namespace, owner string) string {
	sum := sha256.Sum256([]byte(namespace + "/" + owner))
	return formatUID(hex.EncodeToString(sum[:]))
}

func formatUID(h string) string {
	return fmt.Sprintf("%s-%s-4%s-8%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:32])
}

// newHex returns n random bytes in hexadecimal.
func newHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
