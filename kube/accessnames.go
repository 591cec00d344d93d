package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// askNames looks whether rights to a pod or a node that are denied in general are
// there for single ones: then it depends on the name, which is not known yet.
func (p *plan) askNames(ctx context.Context, cl *cluster) error {
	var open []*Check
	for _, c := range p.checks {
		if c.Subresource != "" && c.Name == "" && c.told() == toldNo {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return nil
	}
	rules, err := cl.rules(ctx, p.target.Namespace)
	if untold(err) {
		return nil
	}
	for _, c := range open {
		if names := namesOf(c, rules); len(names) > 0 {
			const most = 5
			more := ""
			if len(names) > most {
				names, more = names[:most], ", …"
			}
			c.Err = cl.unchecked(c, fmt.Sprintf("you may %s %s only for %s%s", c.Verb, c.full(), strings.Join(names, ", "), more), nil)
		}
	}
	return err
}

// namedRule is a rule of a SelfSubjectRulesReview.
type namedRule struct {
	Verbs     []text `json:"verbs"`
	Groups    []text `json:"apiGroups"`
	Resources []text `json:"resources"`
	Names     []text `json:"resourceNames"`
}

// rules returns what the user may do in a namespace, as far as the server can
// tell.
func (cl *cluster) rules(ctx context.Context, namespace string) ([]namedRule, error) {
	ask := map[string]any{
		"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1",
		"spec": map[string]string{"namespace": namespace},
	}
	var answer struct {
		Status struct {
			Rules []namedRule `json:"resourceRules"`
		} `json:"status"`
	}
	err := cl.post(ctx, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", ask, &answer)
	return answer.Status.Rules, err
}

// namesOf returns the names for which rules give a right, in order.
func namesOf(c *Check, rules []namedRule) []string {
	var names []string
	has := func(list []text, words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, text(w)) })
	}
	for _, r := range rules {
		if has(r.Verbs, c.Verb, "*") && has(r.Groups, c.Group, "*") && has(r.Resources, c.full(), "*/"+c.Subresource, "*") {
			for _, n := range r.Names {
				names = append(names, string(n))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
