package kube

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"reflect"
	"time"

	"culvert/tunnels"
)

// How a reflector paces itself.
const (
	pageSize     = 500              // objects per page, as kubectl lists
	pollEvery    = 15 * time.Second // where watching is not allowed
	publishEvery = 100 * time.Millisecond
	firstRetry   = 250 * time.Millisecond
	lastRetry    = 10 * time.Second
	rareRetry    = 30 * time.Second // after an error that will hardly pass by itself
	shortWatch   = time.Second      // a watch that ends sooner was no success
	calmRound    = 10 * time.Second // a round that breaks sooner makes the next one wait longer
)

// reflector keeps a copy of what a feed is about: it lists, watches from there
// on, and starts again wherever that breaks.
type reflector[O any, P object[O], T any] struct {
	clusters *Clusters
	key      feedKey
	feed     *feed[T]
	convert  func(kubeContext string, o *O) T
	// keep, when set, says which objects matter.
	keep func(o *O) bool
	// most, when set, is how many objects there may be.
	most int
	// missing, when set, says why nothing was found.
	missing func(ctx context.Context, cl *cluster) *tunnels.Error
	// early publishes the pages of the first listing as they come. Nobody may
	// take such a feed's items for all there are before they are complete.
	early bool

	items  collection[T]
	known  bool      // items is what some listing found
	from   *cluster  // that it was found with
	part   []T       // what was published of the first listing, until that is known
	partAt time.Time // when
	stale  bool      // items differs from what was published
}

// run works until ctx is done. Each round uses the configuration of its time.
func (r *reflector[O, P, T]) run(ctx context.Context) {
	defer func() { r.items.share.end() }()
	var delay time.Duration
	for ctx.Err() == nil {
		cl, changed, err := r.clusters.clusterFor(ctx, r.key.context)
		if err != nil {
			r.items.share.end()
			r.items, r.part, r.known = collection[T]{}, nil, false
			r.feed.publish(Listing[T]{Complete: true, Err: err})
			pause(ctx, rareRetry, changed, nil)
			continue
		}
		began := time.Now()
		worked, again, err := r.roundWith(ctx, cl)
		if worked && time.Since(began) >= calmRound {
			delay = 0
		}
		switch {
		case ctx.Err() != nil:
			return
		case isClosed(cl.gone):
		case errors.Is(err, errRelist):
			delay = min(max(2*delay, firstRetry), lastRetry)
			pause(ctx, delay, cl.gone, r.feed.poke)
		case err == nil:
			pause(ctx, again, cl.gone, r.feed.poke)
		default:
			e := cl.explain(r.action(cl, "list"), err)
			r.publishError(e)
			delay = min(max(2*delay, firstRetry), lastRetry)
			next := delay
			if e.Permanent {
				next = rareRetry
			}
			next = time.Duration(float64(next) * (0.5 + rand.Float64()/2))
			pause(ctx, max(next, e.RetryAfter), cl.gone, r.feed.poke)
		}
	}
}

// roundWith is round for as long as the configuration stays as it is.
func (r *reflector[O, P, T]) roundWith(ctx context.Context, cl *cluster) (worked bool, again time.Duration, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go r.clusters.crashes.Guard("a watch", func() {
		select {
		case <-cl.gone:
			cancel()
		case <-ctx.Done():
		}
	})
	if p := r.clusters.crashes.Contain("a watch", func() { worked, again, err = r.round(ctx, cl) }); p != nil {
		// What it knew may be wrong now.
		r.items, r.part, r.known = collection[T]{}, nil, false
		return false, 0, tunnels.PanicError(p)
	}
	return worked, again, err
}

// round lists, then watches until that breaks. worked tells that the server
// let us list; without an error the next round comes after again.
func (r *reflector[O, P, T]) round(ctx context.Context, cl *cluster) (worked bool, again time.Duration, err error) {
	version, err := r.list(ctx, cl)
	if isStatus(err, http.StatusForbidden) && r.key.name != "" {
		// Perhaps the one object may be read.
		if err = r.getOne(ctx, cl); err == nil {
			err = r.publish(ctx, cl)
		}
		return err == nil, pollEvery, err
	}
	if isStatus(err, http.StatusForbidden) && r.key.resource.optional() {
		err = cl.orAbsent(ctx, r.key.resource, err)
	}
	if err != nil {
		return false, 0, err
	}
	if err := r.publish(ctx, cl); err != nil {
		return false, 0, err
	}
	for quick := 0; quick < 3; {
		start := time.Now()
		version, err = r.watch(ctx, cl, version)
		switch {
		case ctx.Err() != nil:
			return true, 0, ctx.Err()
		case isStatus(err, http.StatusForbidden), isStatus(err, http.StatusMethodNotAllowed):
			return true, pollEvery, nil
		case err != nil:
			return true, 0, err
		}
		// Servers end watches now and then: go on from there.
		quick++
		if time.Since(start) >= shortWatch {
			quick = 0
			continue
		}
		pause(ctx, firstRetry<<quick, nil, nil)
	}
	return true, lastRetry, nil
}

// isStatus says whether the server answered with an HTTP status.
func isStatus(err error, code int) bool {
	resp, ok := errors.AsType[*responseError](err)
	return ok && resp.Code == code
}

// publish tells the items if they differ from what was told. Its error is that
// the namespace is missing.
func (r *reflector[O, P, T]) publish(ctx context.Context, cl *cluster) error {
	if !r.stale {
		return nil
	}
	var why error
	if r.items.len() == 0 {
		if err := cl.namespaceMissing(ctx, r.namespace(cl)); err != nil {
			return err
		}
		if r.missing != nil {
			why = r.missing(ctx, cl)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	r.stale = false
	r.feed.publish(Listing[T]{Items: r.items.all(), Complete: true, Err: why})
	return nil
}

// publishPart tells how far the first listing has come, unless that was told just
// now, or more of it when it was tried before.
func (r *reflector[O, P, T]) publishPart(items *collection[T]) {
	if !r.early || r.known || items.len() <= len(r.part) || time.Since(r.partAt) < publishEvery {
		return
	}
	r.part, r.partAt = items.all(), time.Now()
	r.feed.publish(Listing[T]{Items: r.part})
}

// publishError tells an error, with what is known besides.
func (r *reflector[O, P, T]) publishError(e *tunnels.Error) {
	items := r.part
	if r.known {
		items = r.items.all()
	}
	r.stale = true // the next success is to be told, whatever it finds
	r.feed.publish(Listing[T]{Items: items, Complete: true, Err: e})
}

// setKnown makes what a listing found the items. Who polls finds the same again
// and again, which is nothing to tell; from a changed configuration it is.
func (r *reflector[O, P, T]) setKnown(cl *cluster, items *collection[T]) {
	items.trim()
	if !r.known || cl != r.from || !reflect.DeepEqual(r.items.all(), items.all()) {
		r.stale = true
	}
	r.items.share.end()
	r.items, r.part, r.known, r.from = *items, nil, true, cl
}

// pause waits for d, or until ctx is done or one of the others is ready.
func pause(ctx context.Context, d time.Duration, changed, poke <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-changed:
	case <-poke:
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
