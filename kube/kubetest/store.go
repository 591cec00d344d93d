package kubetest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// historyLimit is how many events are kept at least for watches that start late.
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

// store keeps the cluster's objects and the latest changes to them. What a
// pointer that it holds or returns points to is never changed.
type store struct {
	mu        sync.Mutex
	version   uint64
	forgotten uint64 // changes up to this version are not known any more
	objects   map[string]map[key]*object
	sorted    map[string][]*object // the objects in their order, for those resources where it is known
	history   []event              // by version
	changed   chan struct{}        // closed at the next change
}

func newStore() *store {
	s := &store{
		version: firstVersion, forgotten: firstVersion,
		objects: make(map[string]map[key]*object),
		sorted:  make(map[string][]*object),
		changed: make(chan struct{}),
	}
	for _, res := range catalog {
		s.objects[res.name] = make(map[key]*object)
	}
	return s
}

// put adds or replaces an object and gives it its version.
func (s *store) put(resource string, o object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := o.key()
	before := s.objects[resource][k]
	o.Metadata.ResourceVersion = s.nextLocked()
	s.objects[resource][k] = &o
	s.recordLocked(event{resource: resource, key: k, before: before, after: &o})
}

// remove takes an object away; the event carries it as it was last.
func (s *store) remove(resource string, k key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.objects[resource][k]
	if old == nil {
		return
	}
	delete(s.objects[resource], k)
	s.nextLocked()
	s.recordLocked(event{resource: resource, key: k, before: old})
}

func (s *store) nextLocked() string {
	s.version++
	return version(s.version)
}

func (s *store) recordLocked(e event) {
	e.version = s.version
	delete(s.sorted, e.resource)
	s.history = append(s.history, e)
	if len(s.history) >= 2*historyLimit { // not at every event, for each one moves them all
		extra := len(s.history) - historyLimit
		s.forgotten = s.history[extra-1].version
		s.history = slices.Delete(s.history, 0, extra)
	}
	s.wakeLocked()
}

func (s *store) wakeLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// compact forgets all changes so far.
func (s *store) compact() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	s.forgotten, s.history = s.version, nil
	s.wakeLocked()
}

func (s *store) get(resource string, k key) (object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[resource][k]
	if o == nil {
		return object{}, false
	}
	return *o, true
}

// now returns the version of the latest change.
func (s *store) now() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// snapshot returns the objects of a resource in their order as they were at a
// version, 0 meaning now, and that version; known is false for one that is
// forgotten or still to come. The caller must not change the list.
func (s *store) snapshot(resource string, at uint64) (objects []*object, now uint64, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at == 0 {
		at = s.version
	}
	if at < s.forgotten || at > s.version {
		return nil, s.version, false
	}
	var past map[key]*object // what has changed since, as it was
	for _, e := range slices.Backward(s.history) {
		if e.version <= at {
			break
		}
		if e.resource == resource {
			if past == nil {
				past = make(map[key]*object)
			}
			past[e.key] = e.before
		}
	}
	if past == nil {
		return s.sortedLocked(resource), at, true
	}
	state := maps.Clone(s.objects[resource])
	for k, o := range past {
		if state[k] = o; o == nil {
			delete(state, k)
		}
	}
	return inOrder(state), at, true
}

func (s *store) sortedLocked(resource string) []*object {
	objects, ok := s.sorted[resource]
	if !ok {
		objects = inOrder(s.objects[resource])
		s.sorted[resource] = objects
	}
	return objects
}

func inOrder(objects map[key]*object) []*object {
	return slices.SortedFunc(maps.Values(objects), func(a, b *object) int { return a.key().compare(b.key()) })
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
	first, _ := slices.BinarySearchFunc(s.history, after+1, func(e event, v uint64) int { return cmp.Compare(e.version, v) })
	for _, e := range s.history[first:] {
		if e.resource == resource {
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
