package kubetest

import (
	"net/http"
	"runtime"
	"strings"
)

type apiGroup struct {
	Kind             string         `json:"kind,omitempty"`
	APIVersion       string         `json:"apiVersion,omitempty"`
	Name             string         `json:"name"`
	Versions         []groupVersion `json:"versions"`
	PreferredVersion groupVersion   `json:"preferredVersion"`
}

type groupVersion struct {
	GroupVersion string `json:"groupVersion"`
	Version      string `json:"version"`
}

type apiResource struct {
	Name         string   `json:"name"`
	SingularName string   `json:"singularName"`
	Namespaced   bool     `json:"namespaced"`
	Kind         string   `json:"kind"`
	Verbs        []string `json:"verbs"`
	ShortNames   []string `json:"shortNames,omitempty"`
}

// serveDiscovery answers what is not about objects: versions, health, and which
// resources there are.
func (s *Server) serveDiscovery(w http.ResponseWriter, r *http.Request) *status {
	path := strings.TrimSuffix(r.URL.Path, "/")
	answer, ok := s.discovery(path)
	switch {
	case (ok || isPublic(path)) && r.Method != http.MethodGet:
		return methodNotAllowed()
	case ok:
		writeJSON(w, http.StatusOK, answer)
	case isPublic(path):
		_, _ = w.Write([]byte("ok")) // the client may have left
	case strings.HasPrefix(path, "/api/v1/"):
		return noResource()
	default:
		http.NotFound(w, r)
	}
	return nil
}

func (s *Server) discovery(path string) (answer any, ok bool) {
	switch path {
	case "/version":
		major, minor, _ := strings.Cut(s.opts.Version, ".")
		return map[string]string{
			"major": major, "minor": minor, "gitVersion": "v" + s.opts.Version + ".2", "gitTreeState": "clean",
			"goVersion": runtime.Version(), "compiler": runtime.Compiler, "platform": runtime.GOOS + "/" + runtime.GOARCH,
		}, true
	case "/api":
		return map[string]any{"kind": "APIVersions", "versions": []string{"v1"}, "serverAddressByClientCIDRs": []string{}}, true
	case "/apis":
		return map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": s.groups()}, true
	case "/api/v1":
		return s.resources(""), true
	}
	name, isGroup := strings.CutPrefix(path, "/apis/")
	if !isGroup {
		return nil, false
	}
	for _, g := range s.groups() {
		switch name {
		case g.Name:
			g.Kind, g.APIVersion = "APIGroup", "v1"
			return g, true
		case g.PreferredVersion.GroupVersion:
			return s.resources(g.Name), true
		}
	}
	return nil, false
}

// groups returns the groups of the API but the core, in their order.
func (s *Server) groups() []apiGroup {
	var groups []apiGroup
	for _, res := range catalog {
		if res.group == "" || res.openShift && !s.opts.OpenShift || len(groups) > 0 && groups[len(groups)-1].Name == res.group {
			continue
		}
		v := groupVersion{res.apiVersion(), res.version}
		groups = append(groups, apiGroup{Name: res.group, Versions: []groupVersion{v}, PreferredVersion: v})
	}
	return groups
}

func (s *Server) hasGroup(name string) bool {
	for _, g := range s.groups() {
		if g.Name == name {
			return true
		}
	}
	return name == ""
}

func (s *Server) resources(group string) map[string]any {
	var list []apiResource
	version := ""
	for _, res := range catalog {
		if res.group != group {
			continue
		}
		a := apiResource{Name: res.name, SingularName: res.singular, Namespaced: !res.cluster, Kind: res.kind, Verbs: res.verbs()}
		if res.short != "" {
			a.ShortNames = []string{res.short}
		}
		list, version = append(list, a), res.apiVersion()
	}
	return map[string]any{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": list}
}
