package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"culvert/tunnels"
)

// apply changes the items as an event says and returns its version.
func (r *reflector[O, P, T]) apply(cl *cluster, ev watchEvent) (version string, err error) {
	switch ev.Type {
	case "ADDED", "MODIFIED", "DELETED", "BOOKMARK":
	case "ERROR":
		return "", errorEvent(ev)
	default:
		return "", &eventError{fmt.Sprintf("an event of the unknown type %q", clean(ev.Type, mostText))}
	}
	o := new(O)
	if err := json.Unmarshal(ev.Object, o); err != nil {
		return "", fmt.Errorf("read a watch: %w", presentable(err))
	}
	meta := P(o).meta()
	if err := r.judge(cl, ev, meta); err != nil {
		return "", err
	}
	switch ev.Type {
	case "ADDED", "MODIFIED":
		changed, err := r.put(cl, &r.items, o)
		if err != nil {
			return "", err
		}
		r.stale = r.stale || changed
	case "DELETED":
		if r.remove(&r.items, string(meta.Name)) {
			r.stale = true
		}
	}
	return meta.ResourceVersion, nil
}

// errorEvent is the error that an event tells.
func errorEvent(ev watchEvent) error {
	var st status
	if err := json.Unmarshal(ev.Object, &st); err != nil {
		return fmt.Errorf("read a watch: %w", presentable(err))
	}
	if st.Code == http.StatusGone {
		return errRelist
	}
	return statusError(st)
}

// judge says what is wrong with an event about an object.
func (r *reflector[O, P, T]) judge(cl *cluster, ev watchEvent, meta *objectMeta) error {
	kind := kindOf(ev.Object)
	switch {
	case kind != "" && !strings.EqualFold(kind, r.key.resource.singular()):
		return &eventError{fmt.Sprintf("an event about a %s where it is to tell of %s", clean(kind, mostText), r.key.resource.name())}
	case meta.ResourceVersion == "":
		return &eventError{"an event without a version"}
	case meta.Name == "" && ev.Type != "BOOKMARK":
		return &eventError{"an event about an object without a name"}
	}
	return cl.bounds.version(meta.ResourceVersion)
}

// kindOf returns what an object says that it is, empty for nothing. API servers
// say that first.
func kindOf(object []byte) string {
	if rest, ok := bytes.CutPrefix(object, []byte(`{"kind":"`)); ok {
		kind, _, _ := bytes.Cut(rest, []byte{'"'})
		return string(kind[:min(len(kind), mostText)])
	}
	var is struct {
		Kind text `json:"kind"`
	}
	_ = json.Unmarshal(object, &is) // that it is an object is known
	return string(is.Kind)
}

// version says whether a resource version is one that can be sent back.
func (b bounds) version(v string) error {
	if len(v) > b.tokenBytes {
		return &excessError{what: "a resource version of more than " + size(int64(b.tokenBytes))}
	}
	return nil
}

// eventError is an object or a watch event that no API server sends.
type eventError struct{ what string }

func (e *eventError) Error() string { return "the server sends " + e.what }

// explainEvent judges a watch that no API server gives.
func (cl *cluster) explainEvent(e *tunnels.Error, err error) bool {
	odd, ok := errors.AsType[*eventError](err)
	if !ok {
		return false
	}
	e.Cause = tunnels.CauseProtocol
	e.Err = fmt.Errorf("%s sends %s", cl.context.Server, odd.what)
	e.Hint = "Culvert tries again by itself; check the server's URL in the kubeconfig if it lasts."
	return true
}
