package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"culvert/tunnels"
)

// errRelist says that a watch cannot go on from where it was.
var errRelist = errors.New("the resource version is too old")

// watch follows the changes from a version on, which it returns as far as it
// has come. There is no error when the server or the network ended the watch:
// whether the server is still there, the next request tells.
func (r *reflector[O, P, T]) watch(ctx context.Context, cl *cluster, version string) (string, error) {
	const least = 5 * time.Minute // spread, so that not all watches end together
	lasts := least + rand.N(least)
	ctx, cancel := context.WithTimeout(ctx, lasts+time.Minute)
	defer cancel()
	q := r.query()
	q.Set("watch", "true")
	q.Set("resourceVersion", version)
	q.Set("allowWatchBookmarks", "true")
	q.Set("timeoutSeconds", strconv.Itoa(int(lasts.Seconds())))
	resp, err := cl.get(ctx, r.path(cl), q) //nolint:bodyclose // closed before the reader is waited for
	if isStatus(err, http.StatusGone) {
		return version, errRelist
	}
	if err != nil {
		return version, err
	}
	events := make(chan watchEvent)
	readErr := make(chan error, 1) // filled before events is closed
	go cl.crashes.Guard("reading a watch", func() {
		defer close(events)
		var err error
		if p := cl.crashes.Contain("reading a watch", func() { err = readEvents(ctx, cl.bounds, cl.bounds.object(resp.Body).inTurn(cl.large), events) }); p != nil {
			err = tunnels.PanicError(p)
		}
		readErr <- err
	})
	defer func() {
		cancel()
		resp.Body.Close()
		for range events { // until the reader has ended
		}
	}()
	version, err = r.follow(ctx, cl, version, events)
	if err != nil || ctx.Err() != nil {
		return version, err
	}
	return version, <-readErr
}

// readEvents sends what it reads until the body ends. Only what is no watch
// event is an error, and more of them than the bounds allow.
func readEvents(ctx context.Context, b bounds, body *boundedReader, events chan<- watchEvent) error {
	defer body.done()
	dec := json.NewDecoder(body)
	began := time.Now()
	for n := 0; ; n++ {
		var ev watchEvent
		if body.renew() > largeValue {
			// The decoder would keep as much memory for as long as the watch lasts.
			dec = json.NewDecoder(io.MultiReader(dec.Buffered(), body))
		}
		if err := dec.Decode(&ev); err != nil {
			return onlyWrong(err)
		}
		if most := float64(b.events) + float64(b.eventsPerSecond)*time.Since(began).Seconds(); float64(n) > most {
			return &excessError{what: fmt.Sprintf("more than %d changes in %.0f s", n-1, time.Since(began).Seconds())}
		}
		select {
		case events <- ev:
		case <-ctx.Done():
			return nil
		}
	}
}

// onlyWrong drops the errors of a connection that ended.
func onlyWrong(err error) error {
	if excess, ok := errors.AsType[*excessError](err); ok {
		return excess
	}
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	if syntax || kind || errors.Is(err, errNoTurn) {
		return fmt.Errorf("read a watch: %w", presentable(err))
	}
	return nil
}

// follow applies events until there are no more. The first of several changes
// is published at once, the others together a little later.
func (r *reflector[O, P, T]) follow(ctx context.Context, cl *cluster, version string, events <-chan watchEvent) (string, error) {
	var due <-chan time.Time
	var last time.Time
	for {
		select {
		case ev, ok := <-events:
			if !ok {
				return version, r.publish(ctx, cl)
			}
			next, err := r.apply(cl, ev)
			if err != nil {
				return version, err
			}
			version = next
			if r.stale && due == nil {
				due = time.After(max(0, publishEvery-time.Since(last)))
			}
		case <-due:
			due, last = nil, time.Now()
			if err := r.publish(ctx, cl); err != nil {
				return version, err
			}
		case <-ctx.Done():
			return version, nil
		}
	}
}
