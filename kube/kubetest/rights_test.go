package kubetest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"culvert/kube/kubetest"
)

// post sends a review and returns its answer.
func (a *api) post(path, body string) (code int, answer struct {
	Message string
	Status  struct {
		Allowed       bool
		UserInfo      struct{ Username string }
		ResourceRules []struct{ Verbs, APIGroups, Resources, ResourceNames []string }
	}
},
) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.config.Host+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&answer); err != nil && resp.Header.Get("Content-Type") == "application/json" {
		var plain struct{ Message string }
		if err := json.Unmarshal(b, &plain); err != nil {
			a.t.Fatalf("%s: %v\n%s", path, err, b)
		}
		answer.Message = plain.Message
	}
	return resp.StatusCode, answer
}

// forwarder may do little more than forward to one pod.
func forwarder() kubetest.Options {
	team := []string{"team"}
	return kubetest.Options{
		Contexts: []kubetest.Context{{Name: "demo", User: "dev", Namespace: "team"}},
		Users: []kubetest.User{{Name: "dev", Allow: []kubetest.Rule{
			{Verbs: []string{"create"}, Groups: []string{""}, Resources: []string{"pods/portforward"}, Namespaces: team},
			{Verbs: []string{"get", "list", "watch"}, Groups: []string{""}, Resources: []string{"pods"}, Namespaces: team, Names: []string{"web-1"}},
			{Verbs: []string{"list"}, Groups: []string{"apps"}, Resources: []string{"deployments"}, Namespaces: team},
		}}},
		Pods:       []kubetest.Pod{{Namespace: "team", Name: "web-1"}, {Namespace: "team", Name: "web-2"}},
		Namespaces: []string{"other"},
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	s := cluster(t, forwarder())
	a := newAPI(t, config(t, s, "demo"))
	for path, want := range map[string]string{
		"/api/v1/namespaces/team/pods":                                     `pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "team"`,
		"/api/v1/namespaces/team/pods/web-1":                               "",
		"/api/v1/namespaces/team/pods/web-2":                               `pods "web-2" is forbidden: User "dev" cannot get resource "pods" in API group "" in the namespace "team"`,
		"/api/v1/namespaces/team/services":                                 `services is forbidden: User "dev" cannot list resource "services" in API group "" in the namespace "team"`,
		"/apis/apps/v1/namespaces/team/deployments":                        "",
		"/apis/apps/v1/namespaces/default/deployments":                     `deployments.apps is forbidden: User "dev" cannot list resource "deployments" in API group "apps" in the namespace "default"`,
		"/apis/apps/v1/namespaces/team/deployments/x":                      `deployments.apps "x" is forbidden: User "dev" cannot get resource "deployments" in API group "apps" in the namespace "team"`,
		"/apis/project.openshift.io/v1/projects":                           `projects.project.openshift.io is forbidden: User "dev" cannot list resource "projects" in API group "project.openshift.io" at the cluster scope`,
		"/api/v1/namespaces/team/pods?fieldSelector=metadata.name%3Dweb-1": "",
		"/api/v1/namespaces/team/pods?fieldSelector=metadata.name%3Dweb-2": `pods "web-2" is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "team"`,
	} {
		r := a.get(path)
		if want == "" && r.Code != http.StatusOK || want != "" && (r.Code != http.StatusForbidden || r.Message != want) {
			t.Errorf("%s: %d %s", path, r.Code, r.Message)
		}
	}
	s.Allow("dev", nil)
	if r := a.get("/api/v1/namespaces/team/services"); r.Code != http.StatusOK {
		t.Errorf("with all rights: %d", r.Code)
	}
}

func TestReviews(t *testing.T) {
	t.Parallel()
	s := cluster(t, forwarder())
	a := newAPI(t, config(t, s, "demo"))
	const access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
	for attributes, want := range map[string]bool{
		`"verb":"create","resource":"pods","subresource":"portforward","namespace":"team"`:  true,
		`"verb":"create","resource":"pods","subresource":"portforward","namespace":"other"`: false,
		`"verb":"get","resource":"pods","subresource":"portforward","namespace":"team"`:     false,
		`"verb":"create","resource":"pods","namespace":"team"`:                              false,
		`"verb":"get","resource":"pods","namespace":"team"`:                                 false,
		`"verb":"get","resource":"pods","namespace":"team","name":"web-1"`:                  true,
		`"verb":"list","group":"apps","resource":"deployments","namespace":"team"`:          true,
		`"verb":"list","resource":"deployments","namespace":"team"`:                         false,
	} {
		code, got := a.post(access, `{"spec":{"resourceAttributes":{`+attributes+`}}}`)
		if code != http.StatusCreated || got.Status.Allowed != want {
			t.Errorf("%s: %d %v", attributes, code, got.Status.Allowed)
		}
	}
	if code, _ := a.post(access, `{"spec":{}}`); code != http.StatusUnprocessableEntity {
		t.Errorf("an empty review gives %d", code)
	}
	if code, _ := a.post(access, `nonsense`); code != http.StatusBadRequest {
		t.Errorf("nonsense gives %d", code)
	}
	if r := a.get(access); r.Code != http.StatusMethodNotAllowed {
		t.Errorf("reading a review gives %d", r.Code)
	}
	if _, got := a.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", `{}`); got.Status.UserInfo.Username != "dev" {
		t.Errorf("the user is %+v", got)
	}
	_, got := a.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", `{"spec":{"namespace":"team"}}`)
	found := func(resource, verb, name string) bool {
		for _, r := range got.Status.ResourceRules {
			if slices.Contains(r.Resources, resource) && slices.Contains(r.Verbs, verb) && (name == "" && r.ResourceNames == nil || slices.Contains(r.ResourceNames, name)) {
				return true
			}
		}
		return false
	}
	if !found("pods/portforward", "create", "") || found("pods", "get", "") || !found("pods", "get", "web-1") || found("services", "list", "") {
		t.Errorf("the rules are %+v", got.Status.ResourceRules)
	}
}

func TestProjects(t *testing.T) {
	t.Parallel()
	o := forwarder()
	o.OpenShift = true
	o.Users[0].Allow = append(o.Users[0].Allow, kubetest.Rule{Verbs: []string{"get"}, Resources: []string{"projects"}, Namespaces: []string{"team"}})
	s := cluster(t, o)
	a := newAPI(t, config(t, s, "demo"))
	const path = "/apis/project.openshift.io/v1/projects"
	if r := a.get(path); r.Kind != "ProjectList" || len(r.Items) != 1 || r.Items[0].Metadata.Name != "team" {
		t.Errorf("the projects are %s", r.Text)
	}
	if r := a.get(path + "/other"); r.Code != http.StatusForbidden {
		t.Errorf("another one is %s", r.Text)
	}
	s.Allow("dev", nil)
	if r := a.get(path); len(r.Items) != 3 {
		t.Errorf("all projects are %s", r.Text)
	}
	if r := a.get(path + "/other"); r.Kind != "Project" || r.Metadata.Name != "other" {
		t.Errorf("another one is %s", r.Text)
	}
	if n := s.Requests("list", "projects"); n != 2 {
		t.Errorf("the projects were listed %d times", n)
	}
	plain := newAPI(t, config(t, cluster(t, kubetest.Options{}), "demo"))
	if r := plain.get(path); r.Code != http.StatusNotFound || r.Text != "404 page not found\n" {
		t.Errorf("without OpenShift: %d %q", r.Code, r.Text)
	}
	if r := plain.get("/apis/project.openshift.io/v1"); r.Code != http.StatusNotFound {
		t.Errorf("without OpenShift there is %s", r.Text)
	}
}

// TestVersions: which rights the WebSocket form of a port-forward needs.
func TestVersions(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{"1.34": http.StatusBadRequest, "1.35": http.StatusForbidden, "": http.StatusForbidden} {
		s := cluster(t, kubetest.Options{
			Version: version, Pods: []kubetest.Pod{{Name: "web"}},
			Users: []kubetest.User{{Name: "admin", Deny: []kubetest.Rule{{Verbs: []string{"create"}}}}},
		})
		a := newAPI(t, config(t, s, "demo"))
		if r := a.get("/api/v1/namespaces/default/pods/web/portforward"); r.Code != want {
			t.Errorf("%q: a get without an upgrade gives %d %s", version, r.Code, r.Text)
		}
		if r := a.get("/version"); version != "" && !strings.Contains(r.Text, `"gitVersion":"v`+version+`.`) {
			t.Errorf("the version is %s", r.Text)
		}
	}
}

// TestEveryResource: each is discovered, listed, watched and missed in its group.
func TestEveryResource(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Options{OpenShift: true})
	a := newAPI(t, config(t, s, "demo"))
	var groups struct {
		Groups []struct{ PreferredVersion struct{ GroupVersion string } }
	}
	must(t, json.Unmarshal([]byte(a.get("/apis").Text), &groups))
	roots := []string{"/api/v1"}
	for _, g := range groups.Groups {
		roots = append(roots, "/apis/"+g.PreferredVersion.GroupVersion)
	}
	seen := 0
	for _, root := range roots {
		var list struct {
			Resources []struct {
				Name, Kind string
				Namespaced bool
				Verbs      []string
			}
		}
		must(t, json.Unmarshal([]byte(a.get(root).Text), &list))
		group, _, _ := strings.Cut(strings.TrimPrefix(root, "/apis/"), "/")
		for _, res := range list.Resources {
			if !slices.Contains(res.Verbs, "list") {
				continue
			}
			seen++
			path, qualified := root+"/"+res.Name, res.Name
			if res.Namespaced {
				path = root + "/namespaces/default/" + res.Name
			}
			if root != "/api/v1" {
				qualified += "." + group
			}
			if r := a.get(path + "?fieldSelector=metadata.name%3Dnosuch"); r.Kind != res.Kind+"List" || len(r.Items) != 0 {
				t.Errorf("%s: %s", path, r.Text)
			}
			if r := a.get(path + "/nosuch"); r.Code != http.StatusNotFound || r.Message != qualified+` "nosuch" not found` {
				t.Errorf("%s: %s", path, r.Text)
			}
			if r := a.get(path + "?watch=1&timeoutSeconds=1&resourceVersion=1"); !strings.Contains(r.Text, `"reason":"Expired"`) {
				t.Errorf("%s: an old watch reads %s", path, r.Text)
			}
			if r := a.do(http.MethodPut, path); r.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s: %s", path, r.Text)
			}
			if s.Requests("list", res.Name) == 0 || s.Requests("watch", res.Name) == 0 {
				t.Errorf("%s is not counted", res.Name)
			}
		}
	}
	if seen != 13 {
		t.Errorf("there are %d resources", seen)
	}
}
