package conformance

import (
	"net/http"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
)

func apiExpectations() []expectation {
	return []expectation{
		{"the version is told", func(t *testing.T, c *client) {
			if o := c.get(t, "/version").object; o.Major != "1" || o.Minor == "" || !strings.HasPrefix(o.GitVersion, "v1.") {
				t.Errorf("got %+v", o)
			}
		}},
		{"pods are listed", listPods},
		{"a pod is shown", getPod},
		{"an unknown pod is a 404", func(t *testing.T, c *client) {
			a := c.get(t, c.pods("nosuch"))
			a.wantStatus(t, http.StatusNotFound, "NotFound", `pods "nosuch" not found`)
			if d := a.object.Details; d.Kind != "pods" || d.Name != "nosuch" {
				t.Errorf("the details are %+v", d)
			}
		}},
		{"an unknown resource is a 404", func(t *testing.T, c *client) {
			c.get(t, "/api/v1/nosuch").wantStatus(t, http.StatusNotFound, "NotFound", "the server could not find the requested resource")
		}},
		{"a method that nothing serves is a 405", func(t *testing.T, c *client) {
			c.do(t, c.admin, http.MethodPut, c.pods(), nil).
				wantStatus(t, http.StatusMethodNotAllowed, "MethodNotAllowed", "the server does not allow this method on the requested resource")
		}},
		{"pods of an unknown namespace are none", func(t *testing.T, c *client) {
			if a := c.get(t, "/api/v1/namespaces/nosuch/pods"); a.code != http.StatusOK || a.object.Items == nil || len(a.object.Items) != 0 {
				t.Errorf("got %d %s", a.code, a.text)
			}
		}},
		{"lists come in pages", pages},
		{"selectors select", selectors},
		{"an unknown field selector is a 400", func(t *testing.T, c *client) {
			a := c.get(t, c.pods()+"?fieldSelector=spec.nosuch%3Dx")
			if a.code != http.StatusBadRequest || a.object.Reason != "BadRequest" || !strings.Contains(a.object.Message, "field label not supported: spec.nosuch") {
				t.Errorf("got %d %s", a.code, a.text)
			}
		}},
		{"a wrong token is a 401", wrongToken},
		{"what is not allowed is a 403", forbidden},
	}
}

func listPods(t *testing.T, c *client) {
	a := c.get(t, c.pods())
	o := a.object
	if a.code != http.StatusOK || o.Kind != "PodList" || o.APIVersion != "v1" || o.Metadata.ResourceVersion == "" {
		t.Fatalf("got %d %s %s at version %q", a.code, o.Kind, o.APIVersion, o.Metadata.ResourceVersion)
	}
	found := false
	for _, p := range o.Items {
		if p.Kind != "" {
			t.Errorf("an item of a list has the kind %q", p.Kind)
		}
		found = found || p.Metadata.Name == c.Pod
	}
	if !found {
		t.Errorf("%s is not in the list", c.Pod)
	}
}

func getPod(t *testing.T, c *client) {
	a := c.get(t, c.pods(c.Pod))
	o := a.object
	if a.code != http.StatusOK || o.Kind != "Pod" || o.APIVersion != "v1" {
		t.Fatalf("got %d %s", a.code, a.text)
	}
	m := o.Metadata
	if m.Name != c.Pod || m.Namespace != c.Namespace || m.UID == "" || m.ResourceVersion == "" || m.CreationTimestamp == nil || m.DeletionTimestamp != nil {
		t.Errorf("the metadata is %+v", m)
	}
	if o.Spec.NodeName == "" || len(o.Spec.Containers) != 1 {
		t.Fatalf("the spec is %+v", o.Spec)
	}
	ports := map[string]int{}
	for _, p := range o.Spec.Containers[0].Ports {
		if p.Protocol != "TCP" {
			t.Errorf("the port %s has the protocol %q", p.Name, p.Protocol)
		}
		ports[p.Name] = p.ContainerPort
	}
	if ports["echo"] != 9001 || ports["http"] != 9006 {
		t.Errorf("the declared ports are %v", ports)
	}
	st := o.pod(t)
	if st.Phase != "Running" || st.PodIP == "" || st.condition("Ready") != "True" || st.condition("PodScheduled") != "True" {
		t.Errorf("the status is %+v", st)
	}
	if len(st.Statuses) != 1 || !st.Statuses[0].Ready || st.Statuses[0].State.Running == nil {
		t.Errorf("the containers are %+v", st.Statuses)
	}
}

func pages(t *testing.T, c *client) {
	seen := map[string]bool{}
	path := c.pods() + "?limit=1"
	first := c.get(t, path).object
	if len(first.Items) != 1 || first.Metadata.Continue == "" || first.Metadata.RemainingItemCount == nil {
		t.Fatalf("the first page is %+v", first)
	}
	total := 1 + *first.Metadata.RemainingItemCount
	for page := first; ; {
		for _, p := range page.Items {
			seen[p.Metadata.Name] = true
		}
		if page.Metadata.ResourceVersion != first.Metadata.ResourceVersion {
			t.Errorf("a page is of version %s, the first one of %s", page.Metadata.ResourceVersion, first.Metadata.ResourceVersion)
		}
		if page.Metadata.Continue == "" {
			break
		}
		a := c.get(t, path+"&continue="+page.Metadata.Continue)
		if page = a.object; a.code != http.StatusOK {
			t.Fatalf("a page is %d %s", a.code, a.text)
		}
	}
	if len(seen) != total || !seen[c.Pod] {
		t.Errorf("the pages hold %v instead of %d pods", seen, total)
	}
	a := c.get(t, path+"&continue=nonsense")
	if a.code != http.StatusBadRequest || a.object.Reason != "BadRequest" {
		t.Errorf("a wrong continue token gives %d %s", a.code, a.text)
	}
}

func selectors(t *testing.T, c *client) {
	for query, want := range map[string]bool{
		"?fieldSelector=metadata.name%3D" + c.Pod:    true,
		"?fieldSelector=metadata.name%21%3D" + c.Pod: false,
		"?fieldSelector=status.phase%3DRunning":      true,
		"?fieldSelector=metadata.name%3Dnosuch":      false,
		"?labelSelector=culvert-nosuch":              false,
		"?labelSelector=%21culvert-nosuch":           true,
		"?labelSelector=culvert-nosuch%3Dx":          false,
		"?labelSelector=culvert-nosuch+in+(x,y)":     false,
		"?labelSelector=culvert-nosuch+notin+(x,y)":  true,
	} {
		a := c.get(t, c.pods()+query)
		found := false
		for _, p := range a.object.Items {
			found = found || p.Metadata.Name == c.Pod
		}
		if a.code != http.StatusOK || found != want {
			t.Errorf("%s: found is %v with %d", query, found, a.code)
		}
	}
}

func wrongToken(t *testing.T, c *client) {
	config := rest.AnonymousClientConfig(c.Config)
	config.BearerToken = "wrong"
	a := c.do(t, httpClient(t, config), http.MethodGet, c.pods(), nil)
	a.wantStatus(t, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
}

func forbidden(t *testing.T, c *client) {
	hc := httpClient(t, c.Forbidden)
	for _, tt := range []struct{ method, path, object, verb, resource string }{
		{http.MethodGet, c.pods(), "pods", "list", "pods"},
		{http.MethodGet, c.pods() + "?watch=1", "pods", "watch", "pods"},
		{http.MethodGet, c.pods(c.Pod), `pods "` + c.Pod + `"`, "get", "pods"},
		{http.MethodPost, c.pods(c.Pod, "portforward"), `pods "` + c.Pod + `"`, "create", "pods/portforward"},
	} {
		a := c.do(t, hc, tt.method, tt.path, upgradeHeader())
		o := a.object
		prefix, suffix := tt.object+` is forbidden: User "`, `" cannot `+tt.verb+` resource "`+tt.resource+`" in API group "" in the namespace "`+c.Namespace+`"`
		if a.code != http.StatusForbidden || o.Reason != "Forbidden" || o.Code != http.StatusForbidden || o.Kind != "Status" {
			t.Errorf("%s %s: got %d %s", tt.verb, tt.resource, a.code, a.text)
		}
		if !strings.HasPrefix(o.Message, prefix) || !strings.HasSuffix(o.Message, suffix) {
			t.Errorf("%s %s: the message is\n%q instead of\n%s…%s", tt.verb, tt.resource, o.Message, prefix, suffix)
		}
	}
}
