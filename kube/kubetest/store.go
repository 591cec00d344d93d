package kubetest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// historyLimit is how many events are kept for watches that start late.
const historyLimit = 4096

// firstVersion is the resource version of an empty cluster.
const firstVersion = 1000

type key struct{ namespace, name string }

func (k key) compare(o key) int {
	return cmp.Or(cmp.Compare(k.namespace, o.namespace), cmp.Compare(k.name, o.name))
}

// event is a change of one object. Either side is nil when it was not there.
type event struct {
	resource      string
	version       uint64
	key           key
	before, after *object
}

// store keeps the cluster's objects and the latest changes to them.
type store struct {
	mu        sync.Mutex
	version   uint64
	forgotten uint64 // changes up to this version are not known any more
	objects   map[string]map[key]object
	history   []event
	changed   chan struct{} // closed at the next change
}

func newStore() *store {
	return &store{
		version: firstVersion, forgotten: firstVersion,
		objects: map[string]map[key]object{"pods": {}, "namespaces": {}},
		changed: make(chan struct{}),
	}
}

// put adds or replaces an object and gives it its version.
func (s *store) put(resource string, o object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{o.Metadata.Namespace, o.Metadata.Name}
	var before *object
	if old, ok := s.objects[resource][k]; ok {
		before = &old
	}
	o.Metadata.ResourceVersion = s.nextLocked()
	s.objects[resource][k] = o
	s.recordLocked(event{resource: resource, key: k, before: before, after: &o})
}

// remove takes an object away; the event carries it as it was last.
func (s *store) remove(resource string, k key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.objects[resource][k]
	if !ok {
		return
	}
	delete(s.objects[resource], k)
	s.nextLocked()
	s.recordLocked(event{resource: resource, key: k, before: &old})
}

func (s *store) nextLocked() string {
	s.version++
	return version(s.version)
}

func (s *store) recordLocked(e event) {
	e.version = s.version
	s.history = append(s.history, e)
	if extra := len(s.history) - historyLimit; extra > 0 {
		s.forgotten = s.history[extra-1].version
		s.history = slices.Delete(s.history, 0, extra)
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// compact forgets all changes so far.
func (s *store) compact() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	s.forgotten, s.history = s.version, nil
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *store) get(resource string, k key) (object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.objects[resource][k]
	return o, ok
}

// snapshot returns the objects of a resource in their order as they were at a
// version, 0 meaning now, and that version; known is false for one that is
// forgotten or still to come.
func (s *store) snapshot(resource string, at uint64) (objects []object, now uint64, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at == 0 {
		at = s.version
	}
	if at < s.forgotten || at > s.version {
		return nil, s.version, false
	}
	state := maps.Clone(s.objects[resource])
	for _, e := range slices.Backward(s.history) {
		if e.version <= at {
			break
		}
		switch {
		case e.resource != resource:
		case e.before == nil:
			delete(state, e.key)
		default:
			state[e.key] = *e.before
		}
	}
	keys := slices.SortedFunc(maps.Keys(state), key.compare)
	objects = make([]object, len(keys))
	for i, k := range keys {
		objects[i] = state[k]
	}
	return objects, at, true
}

// since returns the changes to a resource after a version, the version now, and
// a channel that is closed at the next change; known is false when some of the
// changes are forgotten.
func (s *store) since(resource string, after uint64) (events []event, now uint64, changed <-chan struct{}, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if after < s.forgotten {
		return nil, s.version, s.changed, false
	}
	for _, e := range s.history {
		if e.resource == resource && e.version > after {
			events = append(events, e)
		}
	}
	return events, s.version, s.changed, true
}

func (s *store) oldest() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forgotten
}

func version(v uint64) string { return strconv.FormatUint(v, 10) }
