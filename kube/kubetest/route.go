package kubetest

import (
	"net/http"
	"strings"
)

// request is what a URL path is about.
type request struct {
	group                 string
	resource, subresource string
	namespace, name       string
	selected              string    // the name that a list's field selector asks for
	pod                   forwarded // of a port-forward by way of the node
}

func (q request) fullResource() string {
	if q.subresource == "" {
		return q.resource
	}
	return q.resource + "/" + q.subresource
}

// object is the name of the one object that the request is about, if it is
// about one: the API server lets whoever may list it by its name do so.
func (q request) object() string { return defaultTo(q.name, q.selected) }

// parsePath reads the paths below /api/v1 and /apis/GROUP/v1; ok is false for
// others. Whether there is such a resource is not looked at.
func parsePath(path string) (q request, ok bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(parts) > 2 && parts[0] == "api" && parts[1] == "v1":
		parts = parts[2:]
	case len(parts) > 3 && parts[0] == "apis" && parts[2] == "v1":
		q.group, parts = parts[1], parts[3:]
	default:
		return q, false
	}
	if parts[0] == namespaces && len(parts) > 2 {
		q.namespace, parts = parts[1], parts[2:]
	}
	q.resource = parts[0]
	if len(parts) > 1 {
		q.name = parts[1]
	}
	if len(parts) > 2 {
		q.subresource = parts[2]
	}
	if q.resource == namespaces || q.resource == projects {
		q.namespace = q.name // in Kubernetes, the namespace of a namespace is itself
	}
	return q, len(parts) <= 3
}

// verb returns the API's word for a request; empty when there is none.
func (q request) verb(r *http.Request) string {
	watching := r.URL.Query().Get("watch")
	switch {
	case r.Method == http.MethodPost && (q.subresource != "" || q.name == ""):
		return "create"
	case r.Method == http.MethodGet && q.name == "" && watching != "" && watching != "0" && watching != "false":
		return "watch"
	case r.Method == http.MethodGet && q.name == "":
		return "list"
	case r.Method == http.MethodGet:
		return "get"
	case r.Method == http.MethodDelete && q.name != "" && q.subresource == "":
		return "delete"
	}
	return ""
}

func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	end, ok := s.begin()
	if !ok {
		return
	}
	defer end()
	if st := s.dispatch(w, r); st != nil {
		st.write(w)
	}
}

func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) *status {
	q, isResource := parseNodePath(r.URL.Path, s.opts.NodeRoute)
	if !isResource {
		q, isResource = parsePath(r.URL.Path)
	}
	verb := q.verb(r)
	if verb == "list" || verb == "watch" {
		q.selected = selectedName(r.URL.Query().Get("fieldSelector"))
	}
	if isResource {
		s.count(verb, q)
		if a := s.answerFor(verb, q); a != nil {
			return a.status()
		}
	}
	if r.URL.Path == authorizePath && s.signIns.elsewhere == nil && s.authorize(w, r) {
		return nil // whoever asks there is not signed in yet
	}
	user := s.authenticate(r)
	if user == nil && (!isPublic(r.URL.Path) || r.Header.Get("Authorization") != "") {
		return newStatus(http.StatusUnauthorized, "Unauthorized", "Unauthorized")
	}
	if st, ok := s.serveIdentity(w, r, user); ok {
		return st
	}
	if !isResource {
		return s.serveDiscovery(w, r)
	}
	if q.resource == "nodes" {
		return s.serveNode(w, r, q, user, verb)
	}
	return s.serveResource(w, r, q, user, verb)
}

func (s *Server) serveNode(w http.ResponseWriter, r *http.Request, q request, user *account, verb string) *status {
	if verb == "" {
		return methodNotAllowed()
	}
	if st := s.forbidden(user, q, verb); st != nil {
		return st
	}
	if q.subresource != "proxy" || q.pod.name == "" {
		return noResource()
	}
	return s.forwardByNode(w, r, q)
}

// serveResource answers as the API server does, which looks at the user's rights
// before it looks whether there is such a resource.
func (s *Server) serveResource(w http.ResponseWriter, r *http.Request, q request, user *account, verb string) *status {
	res, known := s.findResource(q.group, q.fullResource())
	if verb != "" && !res.review {
		if st := s.forbidden(user, q, verb); st != nil {
			return st
		}
	}
	switch {
	case !known || !res.found(q, r.URL.Path):
		if !s.hasGroup(q.group) {
			http.NotFound(w, r)
			return nil
		}
		return noResource()
	case !res.serves(verb, q):
		return methodNotAllowed()
	case res.review:
		return s.review(w, r, res, user)
	case res.subresource:
		// Since Kubernetes 1.35 the WebSocket form needs both verbs.
		if st := s.forbidden(user, q, "create"); st != nil && !s.opts.getForwards() {
			return st
		}
		return s.portForward(w, r, q)
	case verb == "watch":
		return s.watch(w, r, q, res, user)
	case verb == "list":
		return s.list(w, r, q, res, user)
	case verb == "delete":
		return s.deletePodREST(w, r, q)
	}
	k := key{q.namespace, q.name}
	if res.cluster {
		k.namespace = ""
	}
	o, ok := s.store.get(q.resource, k)
	if !ok {
		return notFound(q.group, q.resource, q.name)
	}
	writeJSON(w, http.StatusOK, listing{res: res, partial: wantsPartial(r)}.item(o, true))
	return nil
}

// found says whether a path leads to the resource: through a namespace if its
// objects have one, and without one if not.
func (res resource) found(q request, path string) bool {
	if res.cluster {
		return !strings.Contains(path, "/namespaces/"+q.namespace+"/"+q.resource)
	}
	return q.name == "" || q.namespace != ""
}

// serves says whether a verb means something for the resource.
func (res resource) serves(verb string, q request) bool {
	for _, v := range res.verbs() {
		if v == verb {
			return verb != "create" || q.name == "" || res.subresource
		}
	}
	return false
}

func isPublic(path string) bool {
	switch path {
	case "/version", "/healthz", "/livez", "/readyz", discoveryPath:
		return true
	}
	return false
}
