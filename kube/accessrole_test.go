package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"culvert/tunnels"
)

func TestRoleText(t *testing.T) {
	a := Access{User: "Ann@example.com", Target: tunnels.Target{Namespace: "team-a", Kind: tunnels.KindService, Name: "web"}}
	for _, c := range newPlan(a.Target, tunnels.ViaNode).checks {
		a.Checks = append(a.Checks, *c)
	}
	const want = `# Lets user Ann@example.com forward to svc/web.
# The right to create nodes/proxy is a great one: it leads to every pod of the cluster.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: culvert-forward-ann-example-com-e50988c9
  namespace: team-a
rules:
- apiGroups:
  - ""
  resourceNames:
  - web
  resources:
  - services
  verbs:
  - get
  - list
  - watch
- apiGroups:
  - discovery.k8s.io
  resources:
  - endpointslices
  verbs:
  - list
  - watch
- apiGroups:
  - ""
  resources:
  - pods
  verbs:
  - list
  - watch
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: culvert-forward-ann-example-com-e50988c9
  namespace: team-a
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: culvert-forward-ann-example-com-e50988c9
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: User
  name: Ann@example.com
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: culvert-forward-ann-example-com-daf73a7e
rules:
- apiGroups:
  - ""
  resources:
  - nodes/proxy
  verbs:
  - create
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: culvert-forward-ann-example-com-daf73a7e
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: culvert-forward-ann-example-com-daf73a7e
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: User
  name: Ann@example.com
`
	if got := a.Role(); got != want {
		t.Errorf("it is\n%s", got)
	}
	for i := range a.Checks {
		a.Checks[i].Allowed = a.Checks[i].Verb != "watch" || a.Checks[i].Resource != "services"
	}
	got := a.Missing()
	if strings.Contains(got, "nodes/proxy") || strings.Contains(got, "list") || strings.Count(got, "verbs:") != 1 {
		t.Errorf("missing is\n%s", got)
	}
	if strings.Contains(got, "e50988c9") {
		t.Error("applying what is missing would replace the whole role")
	}
}

// boundTo reads the subject of a role's binding.
func boundTo(t *testing.T, role string) (s subject, name string) {
	t.Helper()
	docs := strings.Split(role, "\n---\n")
	if len(docs) != 2 {
		t.Fatalf("there are %d documents in\n%s", len(docs), role)
	}
	var o roleObject
	if err := yaml.UnmarshalStrict([]byte(docs[1]), &o); err != nil || len(o.Subjects) != 1 {
		t.Fatalf("%v, %+v in\n%s", err, o, role)
	}
	return o.Subjects[0], o.Metadata.Name
}

func oneCheck(user string) Access {
	return Access{
		User: user, Target: tunnels.Target{Namespace: "team-a", Kind: tunnels.KindPod, Name: "web-1"},
		Checks: []Check{{Verb: "get", Resource: "pods", Namespace: "team-a", Name: "web-1"}},
	}
}

func TestSubjects(t *testing.T) {
	user := func(name string) subject { return subject{APIGroup: rbacGroup, Kind: "User", Name: name} }
	for name, want := range map[string]subject{
		"dev":                            user("dev"),
		"123":                            user("123"),
		"null":                           user("null"),
		"yes: {a":                        user("yes: {a"),
		"# x":                            user("# x"),
		"Zoë \"Q\" O'Neill":              user("Zoë \"Q\" O'Neill"),
		"arn:aws:iam::1:role/x":          user("arn:aws:iam::1:role/x"),
		"system:serviceaccount:ci:bot":   {Kind: "ServiceAccount", Name: "bot", Namespace: "ci"},
		"system:serviceaccount:ci":       user(unknownUser),
		"system:serviceaccount:CI:bot":   user(unknownUser),
		"system:serviceaccount:ci:bot:x": user(unknownUser),
		"system:anonymous":               user(unknownUser),
		"":                               user(unknownUser),
		"a\nkind: ClusterRole":           user(unknownUser),
		"a\u202eb":                       user(unknownUser),
		strings.Repeat("x", 10_000):      user(unknownUser),
		"cluster-admin@" + strings.Repeat("y", 100): user("cluster-admin@" + strings.Repeat("y", 100)),
	} {
		role := oneCheck(name).Role()
		got, object := boundTo(t, role)
		if got != want {
			t.Errorf("%q is bound as %+v", name, got)
		}
		if errs := validation.IsDNS1123Label(object); len(errs) > 0 {
			t.Errorf("%q has the role %q: %v", name, object, errs)
		}
		if want.Name == unknownUser && !strings.Contains(role, ": put the user's name in the place of USER.\n") {
			t.Errorf("%q: nothing says what to fill in:\n%s", name, role)
		}
	}
	_, one := boundTo(t, oneCheck("a.b").Role())
	if _, two := boundTo(t, oneCheck("a@b").Role()); one == two {
		t.Errorf("two users have the role %s", one)
	}
}

func FuzzRoleSubject(f *testing.F) {
	for _, s := range []string{"dev", "- a: |", "---\n", "0---", "\u2028", "system:serviceaccount:a:b", "!!binary x", "0x1F", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, user string) {
		got, _ := boundTo(t, oneCheck(user).Role())
		if got.Kind == "User" && got.Name != user && got.Name != unknownUser {
			t.Errorf("%q becomes %q", user, got.Name)
		}
	})
}

func TestParseVersion(t *testing.T) {
	for _, tt := range []struct {
		texts []string
		want  string
	}{
		{[]string{"1.34"}, "1.34"},
		{[]string{"1.34+"}, "1.34"},
		{[]string{".", "v1.35.2-eks-1234abc"}, "1.35"},
		{[]string{"1.", "v1.33.4-gke.1036000"}, "1.33"},
		{[]string{"one.two", ""}, ""},
		{[]string{"1.99999", "v-1.2"}, ""},
		{nil, ""},
	} {
		if got := parseVersion(tt.texts...).String(); got != tt.want {
			t.Errorf("%q is %q", tt.texts, got)
		}
	}
}

// TestVerdictsOfOddServers: what they say of rights and versions.
func TestVerdictsOfOddServers(t *testing.T) {
	const yes, no = `{"status":{"allowed":true}}`, `{"status":{"allowed":false,"reason":"\u001b[31mno role"}}`
	tests := []struct {
		name, version string
		create, get   string // the answers to reviews of pods/portforward; others are allowed
		verdict       Verdict
		says          string
		limits        int
	}{
		{"all", `{"major":"1","minor":"34+"}`, yes, yes, VerdictYes, "pod/web-1 in namespace team can be forwarded to", 0},
		{"EKS, only get", `{"major":"1","minor":"34+"}`, no, yes, VerdictYes, "with limits", 1},
		{"GKE, only get", `{"major":"1","minor":"35+"}`, no, yes, VerdictNo, "you may not create pods/portforward in namespace team", 0},
		{"before the tunnel, only get", `{"major":"1","minor":"30"}`, no, yes, VerdictNo, "you may not create", 0},
		{"unknown, only get", `{"major":"","minor":""}`, no, yes, VerdictNo, "you may not create", 1},
		{"a number, only get", `{"major":1,"minor":34}`, no, yes, VerdictNo, "you may not create", 1},
		{"refused, only get", "", no, yes, VerdictNo, "you may not create", 1},
		{
			"an authorizer that fails", `{}`, `{"status":{"allowed":false,"evaluationError":"webhook: deadline exceeded"}}`, yes, VerdictUnknown,
			"whether pod/web-1 in namespace team can be forwarded to could not be checked: the server could not find out about rights: webhook: deadline exceeded", 0,
		},
		{"an authorizer that fails and denies", `{}`, `{"status":{"allowed":false,"denied":true,"evaluationError":"x"}}`, yes, VerdictNo, "you may not create", 1},
		{"an empty answer", `{}`, `{}`, yes, VerdictUnknown, "the server's answer about rights is empty", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := scripted(func(r *http.Request) (*http.Response, error) {
				said, err := requestBody(r)
				switch {
				case err != nil:
					return nil, err
				case r.URL.Path == "/version" && tt.version == "":
					return answer(http.StatusForbidden, ""), nil
				case r.URL.Path == "/version":
					return answer(http.StatusOK, tt.version), nil
				case strings.Contains(said, `"portforward"`) && strings.Contains(said, `"create"`):
					return answer(http.StatusCreated, tt.create), nil
				case strings.Contains(said, `"portforward"`):
					return answer(http.StatusCreated, tt.get), nil
				}
				return answer(http.StatusCreated, yes), nil
			})
			defer c.Close()
			a, err := c.Access(t.Context(), tunnels.Target{Kind: tunnels.KindPod, Name: "web-1"}, tunnels.ViaAuto)
			if err != nil {
				t.Fatal(err)
			}
			if a.Verdict != tt.verdict || !strings.Contains(a.Reason, tt.says) || len(a.Limits) != tt.limits {
				t.Errorf("verdict %d, %q, %q", a.Verdict, a.Reason, a.Limits)
			}
			for _, check := range a.Checks {
				checkShown(t, "a reason", check.Reason, mostText)
			}
		})
	}
}

func TestTogether(t *testing.T) {
	wrong := errors.New("wrong")
	var ran [8]bool
	var jobs []func(context.Context) error
	for i := range ran {
		jobs = append(jobs, func(ctx context.Context) error {
			ran[i] = true
			if i == 1 {
				return wrong
			}
			if i == 0 {
				<-ctx.Done() // cancelled by the other one
			}
			return ctx.Err()
		})
	}
	if err := together(t.Context(), nil, 2, jobs); !errors.Is(err, wrong) || ran[7] {
		t.Errorf("the error is %v, the jobs %v", err, ran)
	}
	if err := together(t.Context(), nil, 2, nil); err != nil {
		t.Error(err)
	}
}

func requestBody(r *http.Request) (string, error) {
	if r.Body == nil {
		return "", nil
	}
	b, err := io.ReadAll(r.Body)
	return string(b), err
}

// TestWhoAmI: old servers do not tell, but OpenShift's always have.
func TestWhoAmI(t *testing.T) {
	for _, tt := range []struct {
		name, review, users string
		want                string
	}{
		{"today", `{"status":{"userInfo":{"username":"dev"}}}`, "", "dev"},
		{"old OpenShift", "", `{"metadata":{"name":"ann"}}`, "ann"},
		{"old", "", "", ""},
	} {
		c := scripted(func(r *http.Request) (*http.Response, error) {
			said := tt.users
			if r.Method == http.MethodPost {
				said = tt.review
			}
			if said == "" {
				return answer(http.StatusNotFound, "404 page not found"), nil
			}
			return answer(http.StatusOK, said), nil
		})
		got, err := c.clusters["c"].whoAmI(t.Context())
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
		c.Close()
	}
}
