package ui

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"culvert/kube"
	"culvert/tunnels"
)

// Catalog is what the window needs to know of clusters; *kube.Clusters
// implements it. The methods that watch block until ctx is done and call fn, never concurrently, now and at
// each change, with what is immutable; while a list cannot be had fn gets the
// last known items, if any, with the reason.
type Catalog interface {
	WatchContexts(ctx context.Context, fn func([]kube.Context, error))
	WatchNamespaces(ctx context.Context, kubeContext string, fn func(kube.Listing[kube.Namespace]))
	WatchServices(ctx context.Context, kubeContext, namespace string, fn func(kube.Listing[kube.Service]))
	WatchWorkloads(ctx context.Context, kubeContext, namespace string, fn func(kube.Listing[kube.Workload]))
	WatchPods(ctx context.Context, kubeContext, namespace string, fn func(kube.Listing[kube.Pod]))
	// Check returns how long the API server takes to answer.
	Check(ctx context.Context, kubeContext string) (time.Duration, error)
	// Access returns what the user may do of all that forwarding takes.
	Access(ctx context.Context, t tunnels.Target, via tunnels.Via) (kube.Access, error)
	// RememberNamespace stores that a namespace was used, for users who may not
	// list them.
	RememberNamespace(kubeContext, namespace string) error
}

// listing is what is known of one list. It is immutable.
type listing[T any] struct {
	items   []T
	err     error
	loaded  bool      // the first answer has come
	partial bool      // more of it is coming
	since   time.Time // when it was asked for
	refused bool      // the user may not list it: names have to be typed
	missing []kube.Missing
}

// feed is a watched list and how many look at it.
type feed[T any] struct {
	listing[T]
	users  int
	cancel context.CancelFunc
}

// podsOf names a namespace, or without one a context.
type podsOf struct{ context, namespace string }

// checked is what the last check of a context found.
type checked struct {
	took    time.Duration
	err     error
	running bool
	since   time.Time // that it has been running
	done    bool
}

// browser watches lists of clusters for as long as somebody looks at them. Its
// methods return at once and may be called from any goroutine.
type browser struct {
	cat     Catalog
	spawn   func(func(context.Context)) // a goroutine that ends with the app
	changed func()                      // something is new; any goroutine
	now     func() time.Time
	news    atomic.Uint64

	mu         sync.Mutex
	contexts   listing[kube.Context]
	namespaces map[string]*feed[kube.Namespace]
	targets    map[groupOf]*feed[offer]
	checks     map[string]checked
}

func newBrowser(cat Catalog, spawn func(func(context.Context)), changed func(), now func() time.Time) *browser {
	return &browser{
		cat: cat, spawn: spawn, changed: changed, now: now,
		namespaces: make(map[string]*feed[kube.Namespace]),
		targets:    make(map[groupOf]*feed[offer]),
		checks:     make(map[string]checked),
	}
}

// start watches the contexts; it is called once.
func (b *browser) start() {
	b.spawn(func(ctx context.Context) {
		b.cat.WatchContexts(ctx, func(cs []kube.Context, err error) {
			b.mu.Lock()
			b.contexts = listing[kube.Context]{items: cs, err: err, loaded: true}
			b.mu.Unlock()
			b.tell()
		})
	})
}

// tell says that something is new; it is called when it can be seen already.
func (b *browser) tell() {
	b.news.Add(1)
	b.changed()
}

// News counts what was new so far: while it stays the same nothing is.
func (b *browser) News() uint64 { return b.news.Load() }

// Contexts returns the contexts as last seen.
func (b *browser) Contexts() listing[kube.Context] {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.contexts
}

// Namespaces returns what is known of a context's namespaces.
func (b *browser) Namespaces(kubeContext string) listing[kube.Namespace] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f := b.namespaces[kubeContext]; f != nil {
		return f.listing
	}
	return listing[kube.Namespace]{}
}

// Targets returns what is known of a group of targets.
func (b *browser) Targets(g groupOf) listing[offer] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f := b.targets[g]; f != nil {
		return f.listing
	}
	return listing[offer]{}
}

// lookNamespaces watches the namespaces of a context until done is called.
func (b *browser) lookNamespaces(kubeContext string) (done func()) {
	return look(b, b.namespaces, kubeContext, func(ctx context.Context, fn func(kube.Listing[kube.Namespace])) {
		b.cat.WatchNamespaces(ctx, kubeContext, fn)
	})
}

// lookTargets watches a group of targets until done is called.
func (b *browser) lookTargets(g groupOf) (done func()) {
	return look(b, b.targets, g, func(ctx context.Context, fn func(kube.Listing[offer])) {
		switch g.group {
		case serviceGroup:
			b.cat.WatchServices(ctx, g.context, g.namespace, func(l kube.Listing[kube.Service]) { fn(offersOf(l, offerService)) })
		case workloadGroup:
			b.cat.WatchWorkloads(ctx, g.context, g.namespace, func(l kube.Listing[kube.Workload]) { fn(offersOf(l, offerWorkload)) })
		case podGroup:
			var pods podOffers
			b.cat.WatchPods(ctx, g.context, g.namespace, func(l kube.Listing[kube.Pod]) { fn(pods.update(l)) })
		}
	})
}

// look starts a feed for its first user and stops it after the last one.
func look[K comparable, T any](b *browser, feeds map[K]*feed[T], key K, watch func(context.Context, func(kube.Listing[T]))) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := feeds[key]
	if f == nil {
		f = &feed[T]{}
		f.since = b.now()
		feeds[key] = f
		b.spawn(func(ctx context.Context) {
			ctx, stop := context.WithCancel(ctx)
			defer stop()
			b.mu.Lock()
			gone := feeds[key] != f
			f.cancel = stop
			b.mu.Unlock()
			if gone {
				return
			}
			watch(ctx, func(l kube.Listing[T]) {
				b.mu.Lock()
				f.items, f.err, f.loaded, f.partial, f.refused = l.Items, l.Err, true, !l.Complete, isForbidden(l.Err)
				f.missing = l.Missing
				b.mu.Unlock()
				b.tell()
			})
		})
	}
	f.users++
	var once sync.Once
	return func() {
		once.Do(func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			if f.users--; f.users > 0 {
				return
			}
			delete(feeds, key)
			if f.cancel != nil {
				f.cancel()
			}
		})
	}
}

// Check returns what the last check of a context found.
func (b *browser) Check(kubeContext string) checked {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.checks[kubeContext]
}

// check asks a context's API server for a sign of life, unless that is being
// done already.
func (b *browser) check(kubeContext string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.checks[kubeContext].running {
		return
	}
	b.checks[kubeContext] = checked{running: true, since: b.now()}
	b.spawn(func(ctx context.Context) {
		took, err := b.cat.Check(ctx, kubeContext)
		b.mu.Lock()
		b.checks[kubeContext] = checked{took: took, err: err, done: true}
		b.mu.Unlock()
		b.tell()
	})
}
