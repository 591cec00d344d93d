package kubetest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listing is what a list or watch asks for.
type listing struct {
	res     resource
	match   selector
	partial bool // metadata only
}

func (s *Server) newListing(q request, r *http.Request, res resource, user *account) (listing, *status) {
	l := listing{res: res, partial: wantsPartial(r)}
	v := r.URL.Query()
	fields, err := parseFieldSelector(res, v.Get("fieldSelector"))
	if err != nil {
		return l, badRequest("Unable to find %q that match label selector %q, field selector %q: %v",
			fmt.Sprintf("%s/%s, Resource=%s", res.group, res.version, res.name), v.Get("labelSelector"), v.Get("fieldSelector"), err)
	}
	labels, err := parseLabelSelector(v.Get("labelSelector"))
	if err != nil {
		return l, badRequest("%v", err)
	}
	l.match = both(fields, labels)
	if ns := q.namespace; ns != "" {
		l.match = both(func(o *object) bool { return o.Metadata.Namespace == ns }, l.match)
	}
	if res.name == projects {
		l.match = both(func(o *object) bool { return s.sees(user, o.Metadata.Name) }, l.match)
	}
	return l, nil
}

// wantsPartial says whether the client asked for objects' metadata only.
func wantsPartial(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadata")
}

// item returns an object as it stands in a list, alone it also says its kind.
func (l listing) item(o object, alone bool) object {
	if l.partial {
		o.Spec, o.Status, o.slice = nil, nil, nil
		if alone {
			o.Kind, o.APIVersion = "PartialObjectMetadata", "meta.k8s.io/v1"
		}
		return o
	}
	if alone {
		o.Kind, o.APIVersion = l.res.kind, l.res.apiVersion()
	}
	return o
}

// continuation is where the next page begins and of which version it is.
type continuation struct {
	Version uint64 `json:"rv"`
	After   key    `json:"-"`
	Start   string `json:"start"`
}

func (c continuation) String() string {
	c.Start = c.After.namespace + "/" + c.After.name
	b, err := json.Marshal(c)
	if err != nil {
		return "" // a number and a string are always encoded
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseContinue(s string) (continuation, error) {
	var c continuation
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return c, fmt.Errorf("invalid continue token: continue key is not valid: %w", err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("invalid continue token: continue key is not valid: %w", err)
	}
	c.After.namespace, c.After.name, _ = strings.Cut(c.Start, "/")
	return c, nil
}

const continueExpired = "The provided continue parameter is too old to display a consistent list result. " +
	"You can start a new list without the continue parameter."

func (s *Server) list(w http.ResponseWriter, r *http.Request, q request, res resource, user *account) *status {
	l, st := s.newListing(q, r, res, user)
	if st != nil {
		return st
	}
	v := r.URL.Query()
	limit, err := strconv.Atoi(defaultTo(v.Get("limit"), "0"))
	if err != nil || limit < 0 {
		return badRequest("limit %q is not a count", v.Get("limit"))
	}
	at, after, st := s.listFrom(v)
	if st != nil {
		return st
	}
	objects, now, known := s.store.snapshot(l.res.name, at)
	if !known {
		if at > now {
			return tooLarge(at, now)
		}
		return expired(fmt.Sprintf("too old resource version: %d (%d)", at, s.store.oldest()))
	}
	if after != nil {
		objects = objects[behind(objects, *after):]
	}
	out := objectList{Kind: res.kind + "List", APIVersion: res.apiVersion(), Metadata: listMeta{ResourceVersion: version(now)}, Items: []object{}}
	if l.partial {
		out.Kind, out.APIVersion = "PartialObjectMetadataList", "meta.k8s.io/v1"
	}
	left := 0
	for _, o := range objects {
		switch {
		case !l.match(o):
		case limit == 0 || len(out.Items) < limit:
			out.Items = append(out.Items, l.item(*o, false))
		default:
			left++
		}
	}
	if left > 0 {
		out.Metadata.Continue = continuation{Version: now, After: out.Items[limit-1].key()}.String()
		if v.Get("fieldSelector") == "" && v.Get("labelSelector") == "" {
			out.Metadata.RemainingItemCount = &left
		}
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// behind returns the index of the first object after a key.
func behind(objects []*object, k key) int {
	i, found := slices.BinarySearchFunc(objects, k, func(o *object, k key) int { return o.key().compare(k) })
	if found {
		i++
	}
	return i
}

// listFrom returns the version that a list is of, 0 meaning now, and the last
// object of the page before.
func (s *Server) listFrom(v url.Values) (at uint64, after *key, st *status) {
	if token := v.Get("continue"); token != "" {
		c, err := parseContinue(token)
		if err != nil {
			return 0, nil, badRequest("%v", err)
		}
		if c.Version < s.store.oldest() {
			return 0, nil, expired(continueExpired)
		}
		return c.Version, &c.After, nil
	}
	at, st = parseVersion(v)
	if st != nil {
		return 0, nil, st
	}
	if now := s.store.now(); at > now {
		return 0, nil, tooLarge(at, now)
	}
	if v.Get("resourceVersionMatch") != "Exact" {
		at = 0 // the newest is never older than asked for
	}
	return at, nil, nil
}

func parseVersion(v url.Values) (uint64, *status) {
	s := defaultTo(v.Get("resourceVersion"), "0")
	at, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, badRequest("invalid resource version: resourceVersion: Invalid value: %q: strconv.ParseUint: parsing %q: invalid syntax", s, s)
	}
	return at, nil
}

func tooLarge(at, now uint64) *status {
	st := newStatus(http.StatusGatewayTimeout, "Timeout",
		fmt.Sprintf("Timeout: Too large resource version: %d, current: %d", at, now)).retryAfter(time.Second)
	st.Details.Causes = []statusCause{{Reason: "ResourceVersionTooLarge", Message: "Too large resource version"}}
	return st
}

func defaultTo(s, value string) string {
	if s == "" {
		return value
	}
	return s
}
