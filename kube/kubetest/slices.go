package kubetest

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// sliceSize is how many endpoints the real controller puts into one slice.
const sliceSize = 100

// The labels of endpoint slices.
const (
	labelService   = "kubernetes.io/service-name"
	labelManagedBy = "endpointslice.kubernetes.io/managed-by"
	labelHeadless  = "service.kubernetes.io/headless"
)

// madeSlice is a slice that the controller has made for a service.
type madeSlice struct {
	name, uid string
	created   time.Time
	ports     string        // of the pods in it, as portsOf's text
	pods      []*runningPod // in their order

	published  slice
	labels     map[string]string // nil while it is not in the store
	generation int
}

// portGroup is those pods of a service whose ports have the same numbers.
type portGroup struct {
	ports []slicePort
	pods  []*runningPod
}

// syncSlicesLocked brings a service's slices up to date: each has pods of one
// group only, and pods stay where they are.
func (s *Server) syncSlicesLocked(sv *service) {
	groups := make(map[string]*portGroup)
	if !sv.deleted {
		groups = sv.groups()
	}
	for _, m := range sv.slices {
		g := groups[m.ports]
		if g == nil {
			m.pods = nil
			continue
		}
		m.pods = slices.DeleteFunc(m.pods, func(r *runningPod) bool { return !take(&g.pods, r) })
	}
	for _, text := range slices.Sorted(maps.Keys(groups)) {
		sv.fill(text, groups[text].pods)
	}
	s.dropEmptySlices(sv)
	for _, m := range sv.slices {
		s.publishSlice(sv, m, groups[m.ports])
	}
}

// groups sorts the pods that are endpoints by what their ports are. Like the
// real controller it leaves out pods that have ended or have no address.
func (sv *service) groups() map[string]*portGroup {
	groups := make(map[string]*portGroup)
	members := slices.SortedFunc(maps.Keys(sv.members), func(a, b *runningPod) int { return cmp.Compare(a.name, b.name) })
	for _, r := range members {
		p := r.describe()
		if p.Phase == "Succeeded" || p.Phase == "Failed" || !p.hasSandbox() && !p.runs() {
			continue
		}
		ports := sv.desc.portsOf(p)
		text := fmt.Sprint(ports)
		if groups[text] == nil {
			groups[text] = &portGroup{ports: ports}
		}
		groups[text].pods = append(groups[text].pods, r)
	}
	return groups
}

// portsOf resolves the service's ports for a pod; those whose name the pod does
// not declare are left out.
func (v Service) portsOf(p Pod) []slicePort {
	var ports []slicePort
	for _, sp := range v.Ports {
		number, err := strconv.ParseUint(sp.Target, 10, 16)
		if err != nil {
			i := slices.IndexFunc(p.Ports, func(c Port) bool { return c.Name == sp.Target && c.Protocol == sp.Protocol })
			if i < 0 {
				continue
			}
			number = uint64(p.Ports[i].Number)
		}
		ports = append(ports, slicePort{Name: sp.Name, Protocol: sp.Protocol, Port: uint16(number)})
	}
	return ports
}

// take removes a pod from a list and says whether it was there.
func take(list *[]*runningPod, r *runningPod) bool {
	i := slices.Index(*list, r)
	if i >= 0 {
		*list = slices.Delete(*list, i, i+1)
	}
	return i >= 0
}

// fill puts pods of a group into its slices that have room, and into new ones.
func (sv *service) fill(text string, pods []*runningPod) {
	for _, m := range sv.slices {
		if room := sliceSize - len(m.pods); m.ports == text && room > 0 {
			n := min(room, len(pods))
			m.pods, pods = append(m.pods, pods[:n]...), pods[n:]
		}
	}
	for part := range slices.Chunk(pods, sliceSize) {
		part = slices.Clone(part)
		if i := slices.IndexFunc(sv.slices, func(m *madeSlice) bool { return len(m.pods) == 0 }); i >= 0 {
			sv.slices[i].ports, sv.slices[i].pods = text, part
			continue
		}
		sv.slices = append(sv.slices, sv.newSlice(text, part))
	}
}

func (sv *service) newSlice(text string, pods []*runningPod) *madeSlice {
	return &madeSlice{name: sv.desc.Name + "-" + randomSuffix(), uid: newUID(), created: time.Now(), ports: text, pods: pods}
}

// dropEmptySlices removes slices without pods; but the last one stays, without
// ports, as long as the service selects at all.
func (s *Server) dropEmptySlices(sv *service) {
	keep := !sv.deleted && len(sv.desc.Selector) > 0 && sv.desc.Type != "ExternalName"
	full := slices.ContainsFunc(sv.slices, func(m *madeSlice) bool { return len(m.pods) > 0 })
	sv.slices = slices.DeleteFunc(sv.slices, func(m *madeSlice) bool {
		if len(m.pods) > 0 {
			return false
		}
		if keep && !full {
			full, m.ports = true, ""
			return false
		}
		s.store.remove(endpointSlices, key{sv.desc.Namespace, m.name})
		return true
	})
	if keep && !full {
		sv.slices = append(sv.slices, sv.newSlice("", nil))
	}
}

// publishSlice stores a slice if it looks other than before.
func (s *Server) publishSlice(sv *service, m *madeSlice, g *portGroup) {
	v := sv.desc
	now := slice{AddressType: "IPv4"}
	if g != nil {
		now.Ports = g.ports
	}
	for _, r := range m.pods {
		now.Endpoints = append(now.Endpoints, r.endpoint(v.PublishNotReady))
	}
	labels := with(v.Labels, map[string]string{labelService: v.Name, labelManagedBy: "endpointslice-controller.k8s.io"})
	if v.ClusterIP == "None" {
		labels[labelHeadless] = ""
	}
	if m.labels != nil && reflect.DeepEqual(m.published, now) && maps.Equal(m.labels, labels) {
		return
	}
	m.published, m.labels = now, labels
	m.generation++
	s.store.put(endpointSlices, object{
		Metadata: objectMeta{
			Name: m.name, GenerateName: v.Name + "-", Namespace: v.Namespace, UID: m.uid, Generation: m.generation, Labels: labels, CreationTimestamp: stamp(m.created),
			OwnerReferences: []ownerReference{{
				APIVersion: "v1", Kind: "Service", Name: v.Name, UID: sv.uid, Controller: true, BlockOwnerDeletion: true,
			}},
		},
		slice: &now,
	})
}

func (r *runningPod) endpoint(publishNotReady bool) endpoint {
	r.mu.Lock()
	defer r.mu.Unlock()
	serving, terminating := r.desc.ready() && !r.stopped, !r.deleted.IsZero()
	return endpoint{
		Addresses:  []string{r.ip},
		Conditions: endpointConditions{Ready: publishNotReady || serving && !terminating, Serving: serving, Terminating: terminating},
		TargetRef:  &targetRef{Kind: "Pod", Namespace: r.namespace, Name: r.name, UID: r.uid},
		NodeName:   r.desc.Node,
	}
}
