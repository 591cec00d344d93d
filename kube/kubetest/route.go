package kubetest

import (
	"net/http"
	"runtime"
	"strings"
)

// request is what a URL path is about.
type request struct {
	resource, subresource string
	namespace, name       string
	pod                   forwarded // of a port-forward by way of the node
}

func (q request) fullResource() string {
	if q.subresource == "" {
		return q.resource
	}
	return q.resource + "/" + q.subresource
}

// kinds are the resources of the API.
var kinds = map[string]string{"pods": "Pod", "namespaces": "Namespace"}

// parsePath reads the paths below /api/v1; ok is false for others.
func parsePath(path string) (q request, ok bool) {
	rest, ok := strings.CutPrefix(path, "/api/v1/")
	if !ok {
		return q, false
	}
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	switch n := len(parts); {
	case n == 1 && kinds[parts[0]] != "":
		q.resource = parts[0]
	case n == 2 && parts[0] == "namespaces":
		// As in Kubernetes, the namespace of a namespace is itself.
		q.resource, q.namespace, q.name = parts[0], parts[1], parts[1]
	case n >= 3 && n <= 5 && parts[0] == "namespaces" && parts[2] == "pods":
		q.resource, q.namespace = parts[2], parts[1]
		if n > 3 {
			q.name = parts[3]
		}
		if n > 4 {
			q.subresource = parts[4]
		}
	default:
		return q, false
	}
	return q, q.subresource == "" || q.subresource == "portforward"
}

// verb returns the API's word for a request; empty when there is none.
func (q request) verb(r *http.Request) string {
	watching := r.URL.Query().Get("watch")
	switch {
	case q.subresource != "" && r.Method == http.MethodPost:
		return "create"
	case r.Method == http.MethodGet && q.name == "" && watching != "" && watching != "0" && watching != "false":
		return "watch"
	case r.Method == http.MethodGet && q.name == "":
		return "list"
	case r.Method == http.MethodGet:
		return "get"
	case r.Method == http.MethodDelete && q.resource == "pods" && q.name != "" && q.subresource == "":
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
	q, isResource := parsePath(r.URL.Path)
	if !isResource {
		q, isResource = parseNodePath(r.URL.Path, s.opts.NodeRoute)
	}
	verb := q.verb(r)
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
	if !isResource {
		if st, ok := s.serveIdentity(w, r, user); ok {
			return st
		}
		return serveDiscovery(w, r)
	}
	if verb == "" {
		return newStatus(http.StatusMethodNotAllowed, "MethodNotAllowed",
			"the server does not allow this method on the requested resource").about("", "")
	}
	if st := s.forbidden(user, q, verb); st != nil {
		return st
	}
	switch {
	case q.resource == "nodes":
		return s.forwardByNode(w, r, q)
	case q.subresource != "":
		// Since Kubernetes 1.35 the WebSocket form needs both verbs.
		if st := s.forbidden(user, q, "create"); st != nil && !s.opts.GetForwards {
			return st
		}
		return s.portForward(w, r, q)
	case verb == "watch":
		return s.watch(w, r, q)
	case verb == "list":
		return s.list(w, r, q)
	case verb == "delete":
		return s.deletePodREST(w, r, q)
	}
	k := key{q.namespace, q.name}
	if q.resource == "namespaces" {
		k.namespace = ""
	}
	o, ok := s.store.get(q.resource, k)
	if !ok {
		return notFound(q.resource, q.name)
	}
	writeJSON(w, http.StatusOK, listing{kind: kinds[q.resource], partial: wantsPartial(r)}.item(o, true))
	return nil
}

func isPublic(path string) bool {
	switch path {
	case "/version", "/healthz", "/livez", "/readyz", discoveryPath:
		return true
	}
	return false
}

type apiResource struct {
	Name         string   `json:"name"`
	SingularName string   `json:"singularName"`
	Namespaced   bool     `json:"namespaced"`
	Kind         string   `json:"kind"`
	Verbs        []string `json:"verbs"`
	ShortNames   []string `json:"shortNames,omitempty"`
}

func serveDiscovery(w http.ResponseWriter, r *http.Request) *status {
	path := strings.TrimSuffix(r.URL.Path, "/")
	if known := isPublic(path) || path == "/api" || path == "/apis" || path == "/api/v1"; known && r.Method != http.MethodGet {
		return newStatus(http.StatusMethodNotAllowed, "MethodNotAllowed", "the server does not allow this method on the requested resource")
	}
	switch path {
	case "/version":
		writeJSON(w, http.StatusOK, map[string]string{
			"major": "1", "minor": "37", "gitVersion": "v1.37.2", "gitTreeState": "clean",
			"goVersion": runtime.Version(), "compiler": runtime.Compiler, "platform": runtime.GOOS + "/" + runtime.GOARCH,
		})
	case "/healthz", "/livez", "/readyz":
		_, _ = w.Write([]byte("ok")) // the client may have left
	case "/api":
		writeJSON(w, http.StatusOK, map[string]any{"kind": "APIVersions", "versions": []string{"v1"}, "serverAddressByClientCIDRs": []string{}})
	case "/apis":
		writeJSON(w, http.StatusOK, map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": []string{}})
	case "/api/v1":
		writeJSON(w, http.StatusOK, map[string]any{"kind": "APIResourceList", "groupVersion": "v1", "resources": []apiResource{
			{"namespaces", "namespace", false, "Namespace", []string{"get", "list", "watch"}, []string{"ns"}},
			{"pods", "pod", true, "Pod", []string{"delete", "get", "list", "watch"}, []string{"po"}},
			{"pods/portforward", "", true, "PodPortForwardOptions", []string{"create", "get"}, nil},
		}})
	default:
		if strings.HasPrefix(r.URL.Path, "/api/v1/") {
			return newStatus(http.StatusNotFound, "NotFound", "the server could not find the requested resource").about("", "")
		}
		http.Error(w, "404 page not found", http.StatusNotFound)
	}
	return nil
}
