package kube

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"culvert/tunnels"
)

// MissingError means that a namespace or a target does not exist.
type MissingError = tunnels.MissingError

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
	missing := &MissingError{Name: namespace, Text: fmt.Sprintf("it does not exist in context %s", cl.context.Name)}
	e := &tunnels.Error{
		Op:    "namespace " + namespace,
		Err:   missing,
		Hint:  "Check its name, or create it; it is used as soon as it is there.",
		Cause: tunnels.CauseNotFound,
	}
	names, err := cl.names(ctx, namespacesResource.path(""))
	if err == nil {
		if near := nearest(namespace, names); len(near) > 0 {
			missing.Near = near
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
	missing := &MissingError{Kind: r.kind(), Name: name, Text: fmt.Sprintf("namespace %s has no %s of this name", namespace, r.singular())}
	e := &tunnels.Error{
		Op:    "look for " + string(r.kind()) + "/" + name,
		Err:   missing,
		Hint:  "It is used as soon as it is there; check its name and namespace.",
		Cause: tunnels.CauseNotFound,
	}
	names, err := cl.names(ctx, r.path(namespace))
	if err != nil {
		return e // without the right to list there is nothing to suggest
	}
	if near := nearest(name, names); len(near) > 0 {
		missing.Near = near
		e.Hint = "Did you mean " + strings.Join(near, " or ") + "?"
		if r == podsResource && sameStem(name, near[0]) {
			missing.Owner = cl.ownerOf(ctx, namespace, near[0])
		}
	}
	return e
}

// ownerOf returns what makes a pod; zero where nothing does or that is not known.
func (cl *cluster) ownerOf(ctx context.Context, namespace, pod string) tunnels.Target {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	o, err := getObject[podObject](ctx, cl, podsResource.object(namespace, pod))
	if err != nil {
		return tunnels.Target{}
	}
	return o.Metadata.madeBy()
}

// madeBy returns the workload that made a pod, zero for none that can be a target.
// A ReplicaSet of a Deployment has the Deployment's name and the hash that its pods
// have as a label.
func (m *objectMeta) madeBy() tunnels.Target {
	made := m.controller()
	name := string(made.Name)
	switch made.Kind {
	case "ReplicaSet":
		if deployment, ok := strings.CutSuffix(name, "-"+string(m.Labels.TemplateHash)); ok && m.Labels.TemplateHash != "" {
			return tunnels.Target{Kind: tunnels.KindDeployment, Name: deployment}
		}
		return tunnels.Target{Kind: tunnels.KindReplicaSet, Name: name}
	case "StatefulSet":
		return tunnels.Target{Kind: tunnels.KindStatefulSet, Name: name}
	case "DaemonSet":
		return tunnels.Target{Kind: tunnels.KindDaemonSet, Name: name}
	case "ReplicationController":
		return tunnels.Target{Kind: tunnels.KindReplicationController, Name: name}
	case "Job":
		return tunnels.Target{Kind: tunnels.KindJob, Name: name}
	}
	return tunnels.Target{}
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
	body := cl.bounds.page(resp.Body, cl.bounds.listBytes).inTurn(cl.large)
	defer body.done()
	_, err = decodeList(body, func(o *named) error {
		if len(names) < pageSize {
			names = append(names, string(o.Metadata.Name))
		}
		return nil
	})
	return names, err
}
