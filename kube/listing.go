package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// namespace returns where the objects are; empty for those that are in none.
func (r *reflector[O, P, T]) namespace(cl *cluster) string {
	if r.key.namespace == "" && r.key.resource != "namespaces" {
		return cl.context.Namespace
	}
	return r.key.namespace
}

func (r *reflector[O, P, T]) action(cl *cluster, verb string) action {
	a := action{verb: verb, resource: r.key.resource, namespace: r.namespace(cl), name: r.key.name}
	a.op = verb + " " + a.what()
	if a.name != "" {
		a.op = "look for pod/" + a.name
	}
	return a
}

func (r *reflector[O, P, T]) path(cl *cluster) string {
	if ns := r.namespace(cl); ns != "" {
		return "/api/v1/namespaces/" + ns + "/" + r.key.resource
	}
	return "/api/v1/" + r.key.resource
}

func (r *reflector[O, P, T]) query() url.Values {
	q := url.Values{}
	if r.key.name != "" {
		q.Set("fieldSelector", "metadata.name="+r.key.name)
	}
	return q
}

// list replaces the items by what the server has and returns the version to
// watch from.
func (r *reflector[O, P, T]) list(ctx context.Context, cl *cluster) (version string, err error) {
	items := make(map[string]T)
	q := r.query()
	q.Set("limit", strconv.Itoa(pageSize))
	for {
		meta, err := r.page(ctx, cl, q, items)
		if isStatus(err, http.StatusGone) && q.Has("continue") {
			// The pages expired under us: take all in one, as kubectl does.
			clear(items)
			q = r.query()
			continue
		}
		if err != nil {
			return "", err
		}
		if meta.Continue == "" {
			r.items, r.known, r.stale = items, true, true
			return meta.ResourceVersion, nil
		}
		q.Set("continue", meta.Continue)
	}
}

func (r *reflector[O, P, T]) page(ctx context.Context, cl *cluster, q url.Values, items map[string]T) (listMeta, error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout+pluginTimeout)
	defer cancel()
	resp, err := cl.get(ctx, r.path(cl), q)
	if err != nil {
		return listMeta{}, err
	}
	defer resp.Body.Close()
	meta, err := decodeList(resp.Body, func(o *O) {
		items[P(o).meta().Name] = r.convert(cl.context.Name, o)
	})
	if err != nil {
		return meta, fmt.Errorf("read the answer of %s: %w", cl.context.Server, err)
	}
	return meta, nil
}

// getOne replaces the items by the one object the key names, for users who may
// read it but not list. A missing one is no error.
func (r *reflector[O, P, T]) getOne(ctx context.Context, cl *cluster) error {
	o, err := getObject[O](ctx, cl, r.path(cl)+"/"+r.key.name)
	items := make(map[string]T)
	switch {
	case isStatus(err, http.StatusNotFound):
	case err != nil:
		return cl.explain(r.action(cl, "get"), err)
	default:
		items[P(o).meta().Name] = r.convert(cl.context.Name, o)
	}
	r.items, r.known, r.stale = items, true, true
	return nil
}

func getObject[O any](ctx context.Context, cl *cluster, path string) (*O, error) {
	resp, err := cl.get(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	o := new(O)
	if err := json.NewDecoder(resp.Body).Decode(o); err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", cl.context.Server, err)
	}
	return o, nil
}
