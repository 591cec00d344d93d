package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"culvert/tunnels"

	"sigs.k8s.io/yaml"
)

// Role returns the Role with all that the target takes and the RoleBinding for
// the user, as YAML for `kubectl apply -f -`; for the node's route also a
// ClusterRole and its binding. The same Access makes the same text, and the
// objects' names are different wherever user or rules are, so that applying one
// takes nothing away that another has given.
func (a Access) Role() string { return a.role(a.Checks) }

// Missing is Role with only the rights that the user lacks, or that could not be
// checked; empty when there are none.
func (a Access) Missing() string {
	return a.role(slices.DeleteFunc(slices.Clone(a.Checks), func(c Check) bool { return c.Allowed }))
}

// The wire forms of the objects of rbac.authorization.k8s.io.
type (
	roleObject struct {
		APIVersion string       `json:"apiVersion"`
		Kind       string       `json:"kind"`
		Metadata   roleMeta     `json:"metadata"`
		Rules      []policyRule `json:"rules,omitempty"`
		RoleRef    *roleRef     `json:"roleRef,omitempty"`
		Subjects   []subject    `json:"subjects,omitempty"`
	}
	roleMeta struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace,omitempty"`
	}
	policyRule struct {
		APIGroups []string `json:"apiGroups"`
		Resources []string `json:"resources"`
		Names     []string `json:"resourceNames,omitempty"`
		Verbs     []string `json:"verbs"`
	}
	roleRef struct {
		APIGroup string `json:"apiGroup"`
		Kind     string `json:"kind"`
		Name     string `json:"name"`
	}
	subject struct {
		APIGroup  string `json:"apiGroup,omitempty"`
		Kind      string `json:"kind"`
		Name      string `json:"name"`
		Namespace string `json:"namespace,omitempty"`
	}
)

const rbacGroup = "rbac.authorization.k8s.io"

func (a Access) role(checks []Check) string {
	if len(checks) == 0 {
		return ""
	}
	who, unclear := subjectOf(a.User)
	var b strings.Builder
	fmt.Fprintf(&b, "# Lets %s forward to %s.\n", shownSubject(who), a.Target)
	if unclear != "" {
		fmt.Fprintf(&b, "# %s: put the user's name in the place of %s.\n", unclear, unknownUser)
	}
	if slices.ContainsFunc(checks, func(c Check) bool { return c.Resource == "nodes" }) {
		b.WriteString("# The right to create nodes/proxy is a great one: it leads to every pod of the cluster.\n")
	}
	var out []string
	for _, namespace := range []string{a.Target.Namespace, ""} {
		of := slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return c.Namespace != namespace })
		if len(of) > 0 {
			role, binding := roleFor(who, namespace, rulesOf(of))
			out = append(out, asYAML(role), asYAML(binding))
		}
	}
	b.WriteString(strings.Join(out, "---\n"))
	return b.String()
}

// rulesOf returns the rules that grant rights, and no others.
func rulesOf(checks []Check) []policyRule {
	var rules []policyRule
	for _, c := range checks {
		r := policyRule{APIGroups: []string{c.Group}, Resources: []string{c.full()}, Verbs: []string{c.Verb}}
		if c.Name != "" {
			r.Names = []string{c.Name}
		}
		i := slices.IndexFunc(rules, func(o policyRule) bool {
			return slices.Equal(o.APIGroups, r.APIGroups) && slices.Equal(o.Resources, r.Resources) && slices.Equal(o.Names, r.Names)
		})
		switch {
		case i < 0:
			rules = append(rules, r)
		case !slices.Contains(rules[i].Verbs, c.Verb):
			rules[i].Verbs = append(rules[i].Verbs, c.Verb)
		}
	}
	return rules
}

// roleFor returns a role, for the whole cluster without a namespace, and its
// binding.
func roleFor(who subject, namespace string, rules []policyRule) (role, binding roleObject) {
	kind := "Role"
	if namespace == "" {
		kind = "ClusterRole"
	}
	meta := roleMeta{Name: roleName(who, rules), Namespace: namespace}
	role = roleObject{APIVersion: rbacGroup + "/v1", Kind: kind, Metadata: meta, Rules: rules}
	binding = roleObject{
		APIVersion: rbacGroup + "/v1", Kind: kind + "Binding", Metadata: meta,
		RoleRef:  &roleRef{APIGroup: rbacGroup, Kind: kind, Name: meta.Name},
		Subjects: []subject{who},
	}
	return role, binding
}

// roleName returns a DNS label that tells the user, and that is another one for
// another user or other rules: users may look the same once they are letters and
// digits, and a Role that is applied replaces the one of its name.
func roleName(who subject, rules []policyRule) string {
	const most = 38 // of the user's part; a label has 63
	said, err := json.Marshal([]any{who, rules})
	if err != nil {
		panic(fmt.Sprintf("kube: rules that are no JSON: %v", err)) // they are strings
	}
	sum := sha256.Sum256(said)
	slug := strings.Join(strings.FieldsFunc(strings.ToLower(who.Name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	if len(slug) > most {
		slug = strings.Trim(slug[:most], "-")
	}
	name := "culvert-forward-"
	if slug != "" {
		name += slug + "-"
	}
	return name + hex.EncodeToString(sum[:4])
}

// unknownUser stands where a name is to be filled in.
const unknownUser = "USER"

// subjectOf returns whom a binding is for, and a sentence about why that is not
// clear; it is empty when it is.
func subjectOf(user string) (s subject, unclear string) {
	unknown := subject{APIGroup: rbacGroup, Kind: "User", Name: unknownUser}
	switch {
	case user == "":
		return unknown, "The server did not tell who the user is"
	case user == "system:anonymous":
		return unknown, "The server does not know the user"
	case clean(user, mostText) != user:
		return unknown, "The user has a name that cannot be shown as it is"
	}
	account, ok := strings.CutPrefix(user, "system:serviceaccount:")
	if !ok {
		return subject{APIGroup: rbacGroup, Kind: "User", Name: user}, ""
	}
	namespace, name, ok := strings.Cut(account, ":")
	if !ok || name == "" || strings.Contains(name, ":") || tunnels.ValidateNamespace(namespace) != nil {
		return unknown, "The server names a service account in a way that no cluster does"
	}
	return subject{Kind: "ServiceAccount", Name: name, Namespace: namespace}, ""
}

func shownSubject(s subject) string {
	if s.Kind == "ServiceAccount" {
		return "service account " + s.Name + " in namespace " + s.Namespace
	}
	return "user " + s.Name
}

func asYAML(o roleObject) string {
	b, err := yaml.Marshal(o)
	if err != nil {
		panic(fmt.Sprintf("kube: a role that is no YAML: %v", err)) // it is strings
	}
	return string(b)
}
