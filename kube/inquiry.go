package kube

import (
	"cmp"
	"context"
	"sync"

	"culvert/tunnels"
)

// inquiry is one Watch of a target, or of a list that several feeds make: it
// follows feeds, and says what the target means, or what is in the list, whenever
// one of them has changed. Its methods are for one goroutine.
type inquiry struct {
	clusters *Clusters
	target   tunnels.Target // completed, as far as the configuration allows; of a list only where it is
	ports    []tunnels.Port

	ctx     context.Context // of the feeds; an inquiry lives as long as one call of Watch
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	changed chan struct{} // 1 slot
}

func newInquiry(ctx context.Context, c *Clusters, t tunnels.Target, ports []tunnels.Port) *inquiry {
	q := &inquiry{clusters: c, target: t, ports: ports, changed: make(chan struct{}, 1)}
	q.ctx, q.cancel = context.WithCancel(ctx)
	return q
}

// end ends the feeds and waits for them.
func (q *inquiry) end() {
	q.cancel()
	q.wg.Wait()
}

// run calls fn with what resolve says, at first and after each change, until the
// context or the clusters are done. resolve says told only once it knows
// something.
func (q *inquiry) run(resolve func() (found tunnels.Resolution, told bool, err *tunnels.Error), fn func(tunnels.Resolution, error)) {
	for {
		if found, told, err := resolve(); told {
			if err != nil {
				fn(found, err)
			} else {
				fn(found, nil)
			}
		}
		select {
		case <-q.changed:
		case <-q.ctx.Done():
			return
		case <-q.clusters.ctx.Done():
			return
		}
	}
}

// key returns the key of one object of the target's namespace, or of all.
func (q *inquiry) key(view string, r resource, name, selector string) feedKey {
	return feedKey{context: q.target.Context, view: view, resource: r, namespace: q.target.Namespace, name: name, selector: selector}
}

// follower is one feed that an inquiry follows, and what it has said last. The
// zero value follows none. Its methods are for the inquiry's goroutine.
type follower[T any] struct {
	key  feedKey
	stop func() // ends the following, and waits for it; nil while nothing is followed

	mu   sync.Mutex // guards the rest
	said said[T]
}

type said[T any] struct {
	items []T // immutable
	err   *tunnels.Error
	whole bool // the feed's Listing is Complete
	told  bool // the feed has said something
}

// follow makes s follow the feed with a key, run by run when nobody else follows
// it; nothing changes when it does so already.
func (s *follower[T]) follow(q *inquiry, key feedKey, run func(context.Context, *feed[T])) {
	if s.stop != nil && s.key == key {
		return
	}
	s.drop()
	ctx, cancel := context.WithCancel(q.ctx)
	ended := make(chan struct{})
	q.wg.Go(q.clusters.crashes.Contained("a watch", func() {
		defer close(ended)
		subscribe(ctx, q.clusters, key, run, func(l Listing[T]) {
			s.say(said[T]{l.Items, tunnels.AsError(l.Err), l.Complete, true})
			select {
			case q.changed <- struct{}{}:
			default: // it will look
			}
		})
	}, nil))
	s.key = key
	s.stop = func() {
		cancel()
		<-ended
	}
}

func (s *follower[T]) say(what said[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = what
}

// drop ends the following; s has said nothing then.
func (s *follower[T]) drop() {
	if s.stop != nil {
		s.stop()
	}
	s.stop = nil
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = said[T]{}
}

func (s *follower[T]) last() said[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said
}

// mostCandidates is how many objects what a target means is found by: Kubernetes
// is made for 5,000 nodes and measured with as many pods in one service.
const mostCandidates = 10_000

// The views of what a tunnel's pods are found by.
const (
	podsView   = "candidate"
	slicesView = "slice"
)

// followPods makes s follow the pods with a label selector, or the one with a
// name.
func followPods(s *follower[candidate], q *inquiry, name, selector string) {
	followObjects(s, q, q.key(podsView, podsResource, name, selector),
		func(kubeContext string, o *podObject) candidate { return o.candidate(kubeContext) })
}

// followObjects makes s follow what a key names. Where that is one object it
// says why there is none.
func followObjects[O any, P object[O], T any](s *follower[T], q *inquiry, key feedKey, convert func(kubeContext string, o *O) T) {
	s.follow(q, key, func(ctx context.Context, f *feed[T]) {
		r := &reflector[O, P, T]{clusters: q.clusters, key: key, feed: f, convert: convert, most: mostCandidates}
		if key.name != "" {
			r.missing = missingObject(key)
		}
		r.run(ctx)
	})
}

// missingObject returns a reflector's word for when there is no object with a
// key's name.
func missingObject(key feedKey) func(context.Context, *cluster) *tunnels.Error {
	return func(ctx context.Context, cl *cluster) *tunnels.Error {
		return cl.missing(ctx, key.resource, cmp.Or(key.namespace, cl.context.Namespace), key.name)
	}
}
