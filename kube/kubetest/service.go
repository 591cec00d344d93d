package kubetest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Service describes a service. Its endpoint slices follow the pods that its
// selector selects.
type Service struct {
	Namespace string // empty means "default"
	Name      string
	Labels    map[string]string
	Age       time.Duration

	Type      string // empty means "ClusterIP"
	ClusterIP string // "None" for a headless one; empty means that it gets one
	// ExternalName makes it a service of the type ExternalName, which has no
	// endpoints.
	ExternalName string
	// Selector of pods; a service without one gets no endpoint slices.
	Selector map[string]string
	Ports    []ServicePort
	// PublishNotReady makes pods that are not ready count as ready.
	PublishNotReady bool
}

// ServicePort is a port of a service.
type ServicePort struct {
	Name     string
	Protocol string // empty means "TCP"
	Port     uint16
	Target   string // a number, or the name of a pod's port; empty means the same number
}

func (v Service) withDefaults(number int) Service {
	v.Namespace = defaultTo(v.Namespace, "default")
	v.Type = defaultTo(v.Type, "ClusterIP")
	switch {
	case v.ExternalName != "":
		v.Type, v.ClusterIP = "ExternalName", ""
	case v.ClusterIP == "":
		v.ClusterIP = fmt.Sprintf("10.96.%d.%d", number/200%256+1, number%200+2)
	}
	v.Labels, v.Selector = maps.Clone(v.Labels), maps.Clone(v.Selector)
	v.Ports = slices.Clone(v.Ports)
	for i := range v.Ports {
		p := &v.Ports[i]
		p.Protocol = defaultTo(p.Protocol, "TCP")
		p.Target = defaultTo(p.Target, strconv.Itoa(int(p.Port)))
	}
	return v
}

// selects says whether the service's endpoints may be among the pod.
func (v Service) selects(p Pod) bool {
	if v.Namespace != p.Namespace || len(v.Selector) == 0 || v.Type == "ExternalName" {
		return false
	}
	for k, value := range v.Selector {
		if got, ok := p.Labels[k]; !ok || got != value {
			return false
		}
	}
	return true
}

// service is a service that exists. Its fields are guarded by controllers.mu.
type service struct {
	desc    Service
	uid     string
	created time.Time
	number  int // of its address
	deleted bool
	members map[*runningPod]bool
	slices  []*madeSlice
}

func (sv *service) key() key { return key{sv.desc.Namespace, sv.desc.Name} }

// AddService makes a service and its endpoint slices.
func (s *Server) AddService(v Service) error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	if v.Name == "" {
		return fmt.Errorf("a service without a name cannot be added")
	}
	number := s.controllers.lastAddress + 1
	v = v.withDefaults(number)
	sv := &service{desc: v, uid: newUID(), created: time.Now().Add(-v.Age), number: number, members: make(map[*runningPod]bool)}
	if s.controllers.services[sv.key()] != nil {
		return fmt.Errorf("services %q already exists", v.Name)
	}
	s.addNamespace(v.Namespace, v.Age)
	s.controllers.services[sv.key()], s.controllers.lastAddress = sv, number
	s.publishService(sv)
	return s.syncLocked()
}

func (v Service) addTo(s *Server) error { return s.AddService(v) }

// UpdateService changes a service in place; namespace and name stay.
func (s *Server) UpdateService(namespace, name string, change func(*Service)) error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	sv := s.controllers.services[key{defaultTo(namespace, "default"), name}]
	if sv == nil {
		return fmt.Errorf("services %q not found", name)
	}
	v := sv.desc.withDefaults(sv.number)
	change(&v)
	v.Namespace, v.Name = sv.desc.Namespace, name
	sv.desc = v.withDefaults(sv.number)
	s.publishService(sv)
	return s.syncLocked()
}

// DeleteService deletes a service and the endpoint slices that were made for it.
func (s *Server) DeleteService(namespace, name string) error {
	s.controllers.mu.Lock()
	defer s.controllers.mu.Unlock()
	sv := s.controllers.services[key{defaultTo(namespace, "default"), name}]
	if sv == nil {
		return fmt.Errorf("services %q not found", name)
	}
	delete(s.controllers.services, sv.key())
	sv.deleted = true
	s.store.remove(services, sv.key())
	s.controllers.lookAtSlicesLocked(sv)
	return s.syncLocked()
}

// publishService stores a service, and has its members found anew.
func (s *Server) publishService(sv *service) {
	s.store.put(services, sv.object())
	clear(sv.members)
	for _, r := range s.pods.list() {
		sv.noticeLocked(r)
	}
	s.controllers.lookAtSlicesLocked(sv)
}

// noticeLocked takes a pod in or out, and says whether the pod concerns the
// service at all.
func (sv *service) noticeLocked(r *runningPod) bool {
	if r.namespace != sv.desc.Namespace {
		return false
	}
	r.mu.Lock()
	member := !r.removed && sv.desc.selects(r.desc)
	r.mu.Unlock()
	was := sv.members[r]
	if member {
		sv.members[r] = true
	} else {
		delete(sv.members, r)
	}
	return was || member
}

func (sv *service) object() object {
	v := sv.desc
	spec := serviceSpec{
		Type: v.Type, ClusterIP: v.ClusterIP, ExternalName: v.ExternalName, Selector: v.Selector,
		PublishNotReadyAddresses: v.PublishNotReady, SessionAffinity: "None",
	}
	if v.ClusterIP != "" {
		spec.ClusterIPs = []string{v.ClusterIP}
	}
	for _, p := range v.Ports {
		spec.Ports = append(spec.Ports, servicePort{Name: p.Name, Protocol: p.Protocol, Port: p.Port, TargetPort: intOrString(p.Target)})
	}
	return object{
		Metadata: objectMeta{Name: v.Name, Namespace: v.Namespace, UID: sv.uid, Labels: v.Labels, CreationTimestamp: stamp(sv.created)},
		Spec:     spec, Status: serviceStatus{},
	}
}
