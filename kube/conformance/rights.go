package conformance

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// everyResource looks for each kind of target in vain.
func everyResource(t *testing.T, c *client) {
	nobody := httpClient(t, c.Forbidden)
	for _, r := range targetResources() {
		var list struct {
			GroupVersion string
			Resources    []struct {
				Name, Kind string
				Namespaced bool
				Verbs      []string
			}
		}
		if err := json.Unmarshal([]byte(c.get(t, r.root()).text), &list); err != nil {
			t.Fatal(err)
		}
		found := false
		for _, res := range list.Resources {
			found = found || res.Name == r.name && res.Kind == r.kind && res.Namespaced && slices.Contains(res.Verbs, "watch")
		}
		if !found || list.GroupVersion != strings.TrimPrefix(r.group+"/v1", "/") {
			t.Errorf("%s is not discovered in %+v", r.name, list)
		}

		missing := c.get(t, c.in(r, "nosuch"))
		missing.wantStatus(t, http.StatusNotFound, "NotFound", r.qualified()+` "nosuch" not found`)
		if d := missing.object.Details; d.Kind != r.name || d.Name != "nosuch" || d.Group != r.group {
			t.Errorf("the details are %+v", d)
		}
		if got := c.all(t, r, "fieldSelector=metadata.name%3Dnosuch"); len(got) != 0 {
			t.Errorf("of %s are found %+v", r.name, got)
		}
		for _, o := range c.all(t, r, "limit=1") {
			if got := c.all(t, r, "fieldSelector=metadata.name%3D"+o.Metadata.Name); len(got) != 1 || got[0].Metadata.UID != o.Metadata.UID {
				t.Errorf("of %s are found %+v", r.name, got)
			}
		}
		c.wantForbidden(t, nobody, c.in(r), "list", r, "")
		c.wantForbidden(t, nobody, c.in(r)+"?watch=1", "watch", r, "")
		c.wantForbidden(t, nobody, c.in(r, "x"), "get", r, "x")
		c.wantForbidden(t, nobody, c.in(r)+"?fieldSelector=metadata.name%3Dx", "list", r, "x")
		if r == configs {
			continue // a custom resource's answer to that is one of its own
		}
		c.do(t, c.admin, http.MethodPut, c.in(r), nil).
			wantStatus(t, http.StatusMethodNotAllowed, "MethodNotAllowed", "the server does not allow this method on the requested resource")
	}
	for _, path := range []string{"/apis/nosuch.example/v1/namespaces/" + c.Namespace + "/things", "/apis/nosuch.example/v1"} {
		if a := c.get(t, path); a.code != http.StatusNotFound || a.text != "404 page not found\n" {
			t.Errorf("%s: %d %q", path, a.code, a.text)
		}
	}
	if a := c.get(t, c.in(deployments)+"?fieldSelector=spec.nosuch%3Dx"); a.code != http.StatusBadRequest || a.object.Reason != "BadRequest" ||
		!strings.Contains(a.object.Message, `"spec.nosuch" is not a known field selector: only "metadata.name", "metadata.namespace"`) {
		t.Errorf("an unknown field selector gives %d %s", a.code, a.text)
	}
	c.get(t, "/apis/apps/v1/namespaces/"+c.Namespace+"/nosuch").
		wantStatus(t, http.StatusNotFound, "NotFound", "the server could not find the requested resource")
	r := targetResource{"nosuch.example", "things", ""}
	c.wantForbidden(t, nobody, c.in(r), "list", r, "")
}

// wantForbidden checks the words of a refusal, all but the user's name.
func (c *client) wantForbidden(t *testing.T, hc *http.Client, path, verb string, r targetResource, name string) {
	t.Helper()
	a := c.do(t, hc, http.MethodGet, path, nil)
	object := r.qualified()
	if name != "" {
		object += ` "` + name + `"`
	}
	prefix := object + ` is forbidden: User "`
	suffix := `" cannot ` + verb + ` resource "` + r.name + `" in API group "` + r.group + `" in the namespace "` + c.Namespace + `"`
	m := a.object.Message
	if a.code != http.StatusForbidden || a.object.Reason != "Forbidden" || !strings.HasPrefix(m, prefix) || !strings.HasSuffix(m, suffix) {
		t.Errorf("%s: %d %s\ninstead of %s…%s", path, a.code, m, prefix, suffix)
	}
	if d := a.object.Details; d.Kind != r.name || d.Group != r.group || d.Name != name {
		t.Errorf("%s: the details are %+v", path, d)
	}
}

const (
	accessReviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
	rulesReviews  = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
	userReviews   = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
)

// review is any of the three.
type review struct {
	Kind    string
	Message string
	Status  struct {
		Allowed       bool
		UserInfo      struct{ Username string }
		ResourceRules []struct{ Verbs, APIGroups, Resources, ResourceNames []string }
	}
}

func (c *client) review(t *testing.T, hc *http.Client, path, body string) (code int, got review) {
	t.Helper()
	a := c.post(t, hc, path, body)
	if a.code == http.StatusCreated {
		if err := json.Unmarshal([]byte(a.text), &got); err != nil {
			t.Fatalf("%s: %v\n%s", path, err, a.text)
		}
	}
	return a.code, got
}

func reviews(t *testing.T, c *client) {
	nobody, limited := httpClient(t, c.Forbidden), httpClient(t, c.Limited)
	for _, tt := range []struct {
		attributes            string
		admin, limited, other bool
	}{
		{`"verb":"create","resource":"pods","subresource":"portforward"`, true, true, false},
		{`"verb":"get","resource":"pods","subresource":"portforward"`, true, false, false},
		{`"verb":"get","resource":"pods","name":"` + c.Pod + `"`, true, true, false},
		{`"verb":"get","resource":"pods"`, true, false, false},
		{`"verb":"list","group":"apps","resource":"deployments"`, true, true, false},
		{`"verb":"list","resource":"deployments"`, true, false, false},
	} {
		body := `{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"namespace":"` + c.Namespace + `",` + tt.attributes + `}}}`
		for who, hc := range map[string]*http.Client{"admin": c.admin, "limited": limited, "nobody": nobody} {
			want := map[string]bool{"admin": tt.admin, "limited": tt.limited, "nobody": tt.other}[who]
			if code, got := c.review(t, hc, accessReviews, body); code != http.StatusCreated || got.Status.Allowed != want || got.Kind != "SelfSubjectAccessReview" {
				t.Errorf("%s, %s: %d %v", who, tt.attributes, code, got)
			}
		}
	}
	a := c.post(t, nobody, accessReviews, `{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{}}`)
	if a.code != http.StatusUnprocessableEntity || a.object.Reason != "Invalid" || !strings.Contains(a.object.Message, "exactly one of nonResourceAttributes or resourceAttributes must be specified") {
		t.Errorf("an empty review gives %d %s", a.code, a.text)
	}
	if code, got := c.review(t, limited, userReviews, `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`); code != http.StatusCreated || got.Status.UserInfo.Username == "" {
		t.Errorf("the user is %d %+v", code, got)
	}
	code, got := c.review(t, limited, rulesReviews, `{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{"namespace":"`+c.Namespace+`"}}`)
	found := false
	for _, r := range got.Status.ResourceRules {
		found = found || slices.Contains(r.Resources, "pods/portforward") && slices.Equal(r.Verbs, []string{"create"})
	}
	if code != http.StatusCreated || !found {
		t.Errorf("the rules are %d %+v", code, got.Status.ResourceRules)
	}
}

// namedRights: whoever may list one object by its name may do so with a field
// selector.
func namedRights(t *testing.T, c *client) {
	limited := httpClient(t, c.Limited)
	for path, want := range map[string]int{
		c.pods(c.Pod): http.StatusOK,
		c.pods() + "?fieldSelector=metadata.name%3D" + c.Pod:                          http.StatusOK,
		c.pods() + "?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3D" + c.Pod: http.StatusOK,
		c.pods():    http.StatusForbidden,
		c.pods("x"): http.StatusForbidden,
		c.pods() + "?fieldSelector=metadata.name%3Dx":     http.StatusForbidden,
		c.pods() + "?fieldSelector=metadata.name%21%3Dx":  http.StatusForbidden,
		c.pods() + "?labelSelector=a%3Db":                 http.StatusForbidden,
		c.in(deployments):                                 http.StatusOK,
		c.in(deployments, "web"):                          http.StatusForbidden,
		"/api/v1/namespaces/" + c.Namespace + "/services": http.StatusForbidden,
	} {
		resp := c.send(t, limited, http.MethodGet, path, nil)
		if resp.StatusCode != want {
			t.Errorf("%s: %d instead of %d", path, resp.StatusCode, want)
		}
		_ = resp.Body.Close() // what it says does not matter
	}
}
