package kube

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"culvert/tunnels"
)

// namespaceMissing returns an *tunnels.Error when the namespace certainly does
// not exist, else nil.
func (cl *cluster) namespaceMissing(ctx context.Context, namespace string) error {
	if namespace == "" {
		return nil
	}
	_, err := getObject[namespaceObject](ctx, cl, namespacesResource.object("", namespace))
	if !isStatus(err, http.StatusNotFound) {
		return nil // it is there, or we cannot tell
	}
	e := &tunnels.Error{
		Op:    "namespace " + namespace,
		Err:   fmt.Errorf("it does not exist in context %s", cl.context.Name),
		Hint:  "Check its name, or create it; it is used as soon as it is there.",
		Cause: tunnels.CauseNotFound,
	}
	names, err := cl.names(ctx, namespacesResource.path(""))
	if err == nil {
		if near := nearest(namespace, names); len(near) > 0 {
			e.Hint = "Did you mean " + strings.Join(near, " or ") + "?"
		}
	}
	return e
}

// orAbsent returns a 404 instead of the error of asking for a resource whose API
// group the server does not have: it looks at the user's rights before that.
func (cl *cluster) orAbsent(ctx context.Context, r resource, err error) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	resp, gone := cl.get(ctx, r.version(), nil)
	if gone == nil {
		resp.Body.Close()
	}
	if isStatus(gone, http.StatusNotFound) {
		return gone
	}
	return err
}

// missing says that an object does not exist, and which one may have been meant.
func (cl *cluster) missing(ctx context.Context, r resource, namespace, name string) *tunnels.Error {
	e := &tunnels.Error{
		Op:    "look for " + string(r.kind()) + "/" + name,
		Err:   fmt.Errorf("namespace %s has no %s of this name", namespace, r.singular()),
		Hint:  "It is used as soon as it is there; check its name and namespace.",
		Cause: tunnels.CauseNotFound,
	}
	names, err := cl.names(ctx, r.path(namespace))
	if err != nil {
		return e // without the right to list there is nothing to suggest
	}
	if near := nearest(name, names); len(near) > 0 {
		e.Hint = "Did you mean " + strings.Join(near, " or ") + "?"
	}
	return e
}

// names returns the names of the first objects of a kind.
func (cl *cluster) names(ctx context.Context, path string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	resp, err := cl.get(ctx, path, map[string][]string{"limit": {strconv.Itoa(pageSize)}})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	type named struct {
		Metadata struct {
			Name text `json:"name"`
		} `json:"metadata"`
	}
	var names []string
	_, err = decodeList(cl.bounds.page(resp.Body, cl.bounds.listBytes), func(o *named) error {
		if len(names) < pageSize {
			names = append(names, string(o.Metadata.Name))
		}
		return nil
	})
	return names, err
}
