package kubetest

import (
	"fmt"
	"slices"
	"strings"
)

// selector says which objects a request is about.
type selector func(*object) bool

func all(*object) bool { return true }

func both(a, b selector) selector { return func(o *object) bool { return a(o) && b(o) } }

// parseFieldSelector reads "metadata.name=web-1,status.phase!=Failed".
func parseFieldSelector(res resource, s string) (selector, error) {
	sel := selector(all)
	for term := range strings.SplitSeq(s, ",") {
		if term == "" {
			continue
		}
		field, value, equal, err := parseEquality(term)
		if err != nil {
			return nil, fmt.Errorf("invalid field selector %q: %w", s, err)
		}
		get := fieldOf(field)
		if strings.HasPrefix(field, "metadata.") && get != nil || slices.Contains(res.fields, field) {
			sel = both(sel, func(o *object) bool { return (get(o) == value) == equal })
			continue
		}
		if res.group == "" {
			return nil, fmt.Errorf("field label not supported: %s", field)
		}
		return nil, fmt.Errorf("%q is not a known field selector: only %q, %q", field, "metadata.name", "metadata.namespace")
	}
	return sel, nil
}

// fieldOf returns what a field selector compares, or nil.
func fieldOf(field string) func(*object) string {
	switch field {
	case "metadata.name":
		return func(o *object) string { return o.Metadata.Name }
	case "metadata.namespace":
		return func(o *object) string { return o.Metadata.Namespace }
	case "spec.nodeName":
		return func(o *object) string { sp, _ := o.Spec.(podSpec); return sp.NodeName }
	case "status.phase":
		return phase
	}
	return nil
}

// selectedName returns the one name that a field selector asks for, if it does.
func selectedName(s string) string {
	for term := range strings.SplitSeq(s, ",") {
		if field, value, equal, err := parseEquality(term); err == nil && equal && field == "metadata.name" {
			return value
		}
	}
	return ""
}

func phase(o *object) string {
	switch st := o.Status.(type) {
	case podStatus:
		return st.Phase
	case namespaceStatus:
		return st.Phase
	}
	return ""
}

func parseEquality(term string) (name, value string, equal bool, err error) {
	for _, op := range []string{"!=", "==", "="} {
		if n, v, ok := strings.Cut(term, op); ok {
			return strings.TrimSpace(n), strings.TrimSpace(v), op != "!=", nil
		}
	}
	return "", "", false, fmt.Errorf("can't understand %q", term)
}

// parseLabelSelector reads the equality and the set forms: "app=web,tier!=db,
// env in (a,b),x notin (c),canary,!old".
func parseLabelSelector(s string) (selector, error) {
	sel := selector(all)
	for _, term := range splitTerms(s) {
		one, err := parseLabelTerm(term)
		if err != nil {
			return nil, fmt.Errorf("unable to parse requirement: %w", err)
		}
		sel = both(sel, one)
	}
	return sel, nil
}

// splitTerms splits at commas outside of parentheses.
func splitTerms(s string) []string {
	var terms []string
	depth, start := 0, 0
	for i, r := range s + "," {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth > 0 {
				continue
			}
			if t := strings.TrimSpace(s[start:i]); t != "" {
				terms = append(terms, t)
			}
			start = i + 1
		}
	}
	return terms
}

func parseLabelTerm(term string) (selector, error) {
	words := strings.Fields(strings.ReplaceAll(term, "(", " ("))
	switch {
	case len(words) >= 3 && (words[1] == "in" || words[1] == "notin"):
		list := strings.Join(words[2:], "")
		if !strings.HasPrefix(list, "(") || !strings.HasSuffix(list, ")") {
			return nil, fmt.Errorf("%q has no list in parentheses", term)
		}
		values := strings.Split(list[1:len(list)-1], ",")
		return func(o *object) bool {
			v, ok := o.Metadata.Labels[words[0]]
			return (ok && slices.Contains(values, v)) == (words[1] == "in")
		}, nil
	case strings.Contains(term, "="):
		name, value, equal, err := parseEquality(term)
		return func(o *object) bool {
			v, ok := o.Metadata.Labels[name]
			return (ok && v == value) == equal
		}, err
	case len(words) == 1 && strings.HasPrefix(term, "!"):
		return func(o *object) bool { _, ok := o.Metadata.Labels[term[1:]]; return !ok }, nil
	case len(words) == 1:
		return func(o *object) bool { _, ok := o.Metadata.Labels[term]; return ok }, nil
	}
	return nil, fmt.Errorf("found %q, expected: in, notin, =, ==, !=", term)
}
