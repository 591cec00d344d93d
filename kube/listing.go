package kube

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
)

// namespace returns where the objects are; empty for those that are in none.
func (r *reflector[O, P, T]) namespace(cl *cluster) string {
	if r.key.namespace == "" && r.key.resource.namespaced() {
		return cl.context.Namespace
	}
	return r.key.namespace
}

func (r *reflector[O, P, T]) action(cl *cluster, verb string) action {
	a := action{
		verb: verb, resource: r.key.resource.name(), group: r.key.resource.group(),
		namespace: r.namespace(cl), name: r.key.name,
	}
	a.op = verb + " " + a.what()
	if a.name != "" {
		a.op = "look for " + string(r.key.resource.kind()) + "/" + a.name
	}
	return a
}

func (r *reflector[O, P, T]) path(cl *cluster) string { return r.key.resource.path(r.namespace(cl)) }

func (r *reflector[O, P, T]) query() url.Values {
	q := url.Values{}
	if r.key.name != "" {
		q.Set("fieldSelector", "metadata.name="+selectorValue(r.key.name))
	}
	if r.key.selector != "" {
		q.Set("labelSelector", r.key.selector)
	}
	return q
}

// list replaces the items by what the server has and returns the version to
// watch from.
func (r *reflector[O, P, T]) list(ctx context.Context, cl *cluster) (version string, err error) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	items := newCollection[T](cl)
	defer func() {
		if err != nil {
			items.share.end()
		}
	}()
	q := r.query()
	q.Set("limit", strconv.Itoa(pageSize))
	seen := make(map[[sha256.Size]byte]bool) // tokens, which may be long
	left := cl.bounds.listBytes
	for anew := false; ; {
		if len(seen) >= cl.bounds.pages {
			return "", &excessError{what: fmt.Sprintf("a list of more than %d pages", cl.bounds.pages)}
		}
		body, meta, err := r.page(ctx, cl, q, items, left)
		if isStatus(err, http.StatusGone) && q.Has("continue") && !anew {
			// The pages expired under us: take all in one, as kubectl does.
			anew = true
			items.share.end()
			items = newCollection[T](cl)
			clear(seen)
			q, left = r.query(), cl.bounds.listBytes
			continue
		}
		if err != nil {
			return "", err
		}
		if meta.Continue == "" {
			if err := cl.bounds.version(meta.ResourceVersion); err != nil {
				return "", err
			}
			r.setKnown(cl, items)
			return meta.ResourceVersion, nil
		}
		if len(meta.Continue) > cl.bounds.tokenBytes {
			return "", &excessError{what: "a continue token of more than " + size(int64(cl.bounds.tokenBytes))}
		}
		token := sha256.Sum256([]byte(meta.Continue))
		if seen[token] {
			return "", &excessError{what: "the same page of a list again and again"}
		}
		r.publishPart(items)
		seen[token] = true
		left -= body
		q.Set("continue", meta.Continue)
	}
}

// page adds one page to the items; read is how many bytes it had.
func (r *reflector[O, P, T]) page(ctx context.Context, cl *cluster, q url.Values, items *collection[T], left int64) (read int64, meta listMeta, err error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout+pluginTimeout)
	defer cancel()
	resp, err := cl.get(ctx, r.path(cl), q)
	if err != nil {
		return 0, meta, err
	}
	defer resp.Body.Close()
	body := cl.bounds.page(resp.Body, left).inTurn(cl.large)
	defer body.done()
	most, n := math.MaxInt, 0
	if q.Has("limit") {
		most = cl.bounds.pageObjects
	}
	meta, err = decodeList(body, func(o *O) error {
		if n++; n > most {
			return &excessError{what: fmt.Sprintf("a list page of more than %d objects", most)}
		}
		_, err := r.put(cl, items, o)
		return err
	})
	if err != nil {
		return body.read, meta, fmt.Errorf("read the answer of %s: %w", cl.context.Server, err)
	}
	return body.read, meta, nil
}

// put adds an object to the items, or replaces it, or takes it out if it does not
// matter any more. changed says whether that makes a difference.
func (r *reflector[O, P, T]) put(cl *cluster, items *collection[T], o *O) (changed bool, err error) {
	name := string(P(o).meta().Name)
	if r.key.name != "" && name != clean(r.key.name, mostText) {
		return false, &eventError{fmt.Sprintf("another object than the one that was asked for (%s)", shownName(name))}
	}
	if r.keep != nil && !r.keep(o) {
		return r.remove(items, name), nil
	}
	most := cl.bounds.objects
	if r.most > 0 {
		most = min(most, r.most)
	}
	if items.len() >= most && !items.has(name) {
		return false, &excessError{what: fmt.Sprintf("more than %d %s", most, r.key.resource.name())}
	}
	item := r.convert(cl.context.Name, o)
	if err := items.share.take(weigh(&item) - weightOf(items.get(name))); err != nil {
		return false, err
	}
	items.put(name, item)
	return true, nil
}

// shownName is a name that may be empty.
func shownName(name string) string {
	if name == "" {
		return "one without a name"
	}
	return name
}

// remove says whether there was an item of that name.
func (r *reflector[O, P, T]) remove(items *collection[T], name string) bool {
	_ = items.share.take(-weightOf(items.get(name))) // there is always room for less
	return items.remove(name)
}

// newCollection returns one that takes part in the room of the cluster's server.
func newCollection[T any](cl *cluster) *collection[T] {
	return &collection[T]{share: share{room: cl.room}}
}

// weightOf is weigh of what may be nil.
func weightOf[T any](item *T) int64 {
	if item == nil {
		return 0
	}
	return weigh(item)
}

// getOne replaces the items by the one object the key names, for users who may
// read it but not list. A missing one is no error.
func (r *reflector[O, P, T]) getOne(ctx context.Context, cl *cluster) error {
	o, err := getObject[O](ctx, cl, r.path(cl)+"/"+url.PathEscape(r.key.name))
	items := newCollection[T](cl)
	switch {
	case isStatus(err, http.StatusNotFound):
	case err != nil:
		return cl.explain(r.action(cl, "get"), err)
	default:
		if _, err := r.put(cl, items, o); err != nil {
			return err
		}
	}
	r.setKnown(cl, items)
	return nil
}

func getObject[O any](ctx context.Context, cl *cluster, path string) (*O, error) {
	resp, err := cl.get(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body := cl.bounds.object(resp.Body).inTurn(cl.large)
	defer body.done()
	o := new(O)
	if err := json.NewDecoder(body).Decode(o); err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", cl.context.Server, presentable(err))
	}
	return o, nil
}
