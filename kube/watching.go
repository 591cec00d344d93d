package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
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
	go func() {
		defer close(events)
		readErr <- readEvents(ctx, cl.bounds.object(resp.Body), events)
	}()
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
// event is an error.
func readEvents(ctx context.Context, body *boundedReader, events chan<- watchEvent) error {
	dec := json.NewDecoder(body)
	for {
		var ev watchEvent
		body.renew()
		if err := dec.Decode(&ev); err != nil {
			return onlyWrong(err)
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
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("read a watch: %w", bad)
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

// apply changes the items as an event says and returns its version.
func (r *reflector[O, P, T]) apply(cl *cluster, ev watchEvent) (version string, err error) {
	if ev.Type == "ERROR" {
		var st status
		if err := json.Unmarshal(ev.Object, &st); err != nil {
			return "", fmt.Errorf("read a watch: %w", presentable(err))
		}
		if st.Code == http.StatusGone {
			return "", errRelist
		}
		return "", statusError(st)
	}
	o := new(O)
	if err := json.Unmarshal(ev.Object, o); err != nil {
		return "", fmt.Errorf("read a watch: %w", presentable(err))
	}
	meta := P(o).meta()
	switch ev.Type {
	case "ADDED", "MODIFIED":
		changed, err := r.put(cl, &r.items, o)
		if err != nil {
			return "", err
		}
		r.stale = r.stale || changed
	case "DELETED":
		if r.items.remove(string(meta.Name)) {
			r.stale = true
		}
	}
	return meta.ResourceVersion, nil
}
