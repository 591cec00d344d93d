package kubetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// reviewLimit bounds the body of a review.
const reviewLimit = 1 << 20

type reviewObject struct {
	Kind       string     `json:"kind"`
	APIVersion string     `json:"apiVersion"`
	Metadata   objectMeta `json:"metadata"`
	Spec       reviewSpec `json:"spec"`
	Status     any        `json:"status"`
}

type reviewSpec struct {
	Resource    *resourceAttributes    `json:"resourceAttributes,omitempty"`
	NonResource *nonResourceAttributes `json:"nonResourceAttributes,omitempty"`
	Namespace   string                 `json:"namespace,omitempty"` // of a SelfSubjectRulesReview
}

type resourceAttributes struct {
	Namespace   string `json:"namespace,omitempty"`
	Verb        string `json:"verb,omitempty"`
	Group       string `json:"group,omitempty"`
	Version     string `json:"version,omitempty"`
	Resource    string `json:"resource,omitempty"`
	Subresource string `json:"subresource,omitempty"`
	Name        string `json:"name,omitempty"`
}

type nonResourceAttributes struct {
	Path string `json:"path,omitempty"`
	Verb string `json:"verb,omitempty"`
}

type accessStatus struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty"`
}

type rulesStatus struct {
	ResourceRules    []resourceRule    `json:"resourceRules"`
	NonResourceRules []nonResourceRule `json:"nonResourceRules"`
	Incomplete       bool              `json:"incomplete"`
}

type resourceRule struct {
	Verbs         []string `json:"verbs"`
	APIGroups     []string `json:"apiGroups"`
	Resources     []string `json:"resources"`
	ResourceNames []string `json:"resourceNames,omitempty"`
}

type nonResourceRule struct {
	Verbs           []string `json:"verbs"`
	NonResourceURLs []string `json:"nonResourceURLs"`
}

type userStatus struct {
	UserInfo struct {
		Username string   `json:"username"`
		Groups   []string `json:"groups"`
	} `json:"userInfo"`
}

// review answers what a user asks about themselves: everybody may.
func (s *Server) review(w http.ResponseWriter, r *http.Request, res resource, user *account) *status {
	if t := r.Header.Get("Content-Type"); t != "" && !strings.HasPrefix(t, "application/json") {
		return newStatus(http.StatusUnsupportedMediaType, "UnsupportedMediaType",
			"the body of the request was in an unknown format - accepted media types include: application/json")
	}
	var o reviewObject
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, reviewLimit)).Decode(&o); err != nil {
		return badRequest("the object provided is unrecognized (must be of type %s): %v", res.kind, err)
	}
	o.Kind, o.APIVersion = res.kind, res.apiVersion()
	switch res.kind {
	case "SelfSubjectAccessReview":
		if (o.Spec.Resource == nil) == (o.Spec.NonResource == nil) {
			return invalidReview(res, "spec.resourceAttributes: Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified")
		}
		o.Status = accessStatus{Allowed: s.mayAccess(user, o.Spec)}
	case "SelfSubjectRulesReview":
		if o.Spec.Namespace == "" {
			return badRequest("no namespace on request")
		}
		o.Status = s.rulesOf(user, o.Spec.Namespace)
	case "SelfSubjectReview":
		st := userStatus{}
		st.UserInfo.Username, st.UserInfo.Groups = user.name, []string{"system:authenticated"}
		o.Status = st
	}
	writeJSON(w, http.StatusCreated, o)
	return nil
}

func invalidReview(res resource, cause string) *status {
	st := newStatus(http.StatusUnprocessableEntity, "Invalid", fmt.Sprintf("%s %q is invalid: %s", qualified(res.group, res.kind), "", cause))
	return st.about(res.group, res.kind, "")
}

func (s *Server) mayAccess(user *account, spec reviewSpec) bool {
	a := spec.Resource
	if a == nil {
		return spec.NonResource.Verb == "get"
	}
	return s.allowed(user, request{
		group: a.Group, resource: a.Resource, subresource: a.Subresource, namespace: a.Namespace, name: a.Name,
	}, a.Verb)
}

// rulesOf lists what a user may do in a namespace, resource by resource.
func (s *Server) rulesOf(user *account, namespace string) rulesStatus {
	st := rulesStatus{NonResourceRules: []nonResourceRule{{Verbs: []string{"get"}, NonResourceURLs: []string{"/api", "/api/*", "/apis", "/apis/*", "/version"}}}}
	for _, res := range catalog {
		if res.openShift && !s.opts.OpenShift {
			continue
		}
		name, sub, _ := strings.Cut(res.name, "/")
		q := request{group: res.group, resource: name, subresource: sub, namespace: namespace}
		verbs := slices.DeleteFunc(res.verbs(), func(v string) bool { return !res.review && !s.allowed(user, q, v) })
		if len(verbs) > 0 {
			st.ResourceRules = append(st.ResourceRules, resourceRule{Verbs: verbs, APIGroups: []string{res.group}, Resources: []string{res.name}})
		}
	}
	st.ResourceRules = append(st.ResourceRules, s.namedRules(user, namespace)...)
	return st
}

// namedRules are those of a user's rules that are about some objects only.
func (s *Server) namedRules(user *account, namespace string) []resourceRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	anyOf := func(list []string) []string {
		if len(list) == 0 {
			return []string{"*"}
		}
		return list
	}
	var rules []resourceRule
	for _, r := range user.allow {
		if len(r.Names) > 0 && (len(r.Namespaces) == 0 || slices.Contains(r.Namespaces, namespace)) {
			rules = append(rules, resourceRule{anyOf(r.Verbs), anyOf(r.Groups), anyOf(r.Resources), r.Names})
		}
	}
	return rules
}
