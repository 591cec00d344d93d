package kubetest

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// account is a user of this run.
type account struct {
	name  string
	token string // guarded by Server.mu
	allow []Rule // nil means everything; guarded by Server.mu
	deny  []Rule // guarded by Server.mu
}

func newAccounts(o Options) []*account {
	var as []*account
	add := func(u User) {
		if !slices.ContainsFunc(as, func(a *account) bool { return a.name == u.Name }) {
			as = append(as, &account{name: u.Name, token: rand.Text(), allow: slices.Clone(u.Allow), deny: slices.Clone(u.Deny)})
		}
	}
	for _, u := range o.Users {
		add(u)
	}
	for _, c := range o.Contexts {
		add(User{Name: c.User})
	}
	for _, name := range o.OAuth.users() {
		add(User{Name: name})
	}
	return as
}

// authenticate returns who sent the request, or nil.
func (s *Server) authenticate(r *http.Request) *account {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.signedInLocked(token)
	for _, a := range s.users {
		if subtle.ConstantTimeCompare([]byte(token), []byte(a.token)) == 1 {
			found = a
		}
	}
	return found
}

// forbidden returns the refusal of a request, or nil when it is allowed.
func (s *Server) forbidden(a *account, q request, verb string) *status {
	if s.allowed(a, q, verb) {
		return nil
	}
	scope := "at the cluster scope"
	if q.namespace != "" {
		scope = fmt.Sprintf("in the namespace %q", q.namespace)
	}
	st := newStatus(http.StatusForbidden, "Forbidden", fmt.Sprintf("User %q cannot %s resource %q in API group %q %s",
		a.name, verb, q.fullResource(), q.group, scope))
	st.about(q.group, q.resource, q.object())
	name := qualified(q.group, q.resource)
	if q.object() != "" {
		name += fmt.Sprintf(" %q", q.object())
	}
	st.Message = name + " is forbidden: " + st.Message
	return st
}

// allowed says whether a user may do what a request asks for.
func (s *Server) allowed(a *account, q request, verb string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	matches := func(r Rule) bool { return r.matches(verb, q) }
	if s.opts.OpenShift && q.group == groupProject && (verb == "list" || verb == "watch") {
		return !slices.ContainsFunc(a.deny, func(r Rule) bool { return slices.Contains(r.Resources, projects) && matches(r) })
	}
	return (a.allow == nil || slices.ContainsFunc(a.allow, matches)) && !slices.ContainsFunc(a.deny, matches)
}

// sees says whether a namespace is among the projects that a user gets to see.
func (s *Server) sees(a *account, namespace string) bool {
	q := request{resource: namespaces, namespace: namespace, name: namespace}
	project := request{group: groupProject, resource: projects, namespace: namespace, name: namespace}
	return s.allowed(a, q, "get") || s.allowed(a, project, "get")
}

func (r Rule) matches(verb string, q request) bool {
	has := func(list []string, x string) bool { return len(list) == 0 || slices.Contains(list, x) }
	return has(r.Verbs, verb) && has(r.Groups, q.group) && has(r.Resources, q.fullResource()) &&
		has(r.Namespaces, q.namespace) && has(r.Names, q.object())
}

// Allow replaces what a user may do, nil meaning everything. It affects requests
// that come later; watches and sessions that are open stay so. It panics when
// there is no such user.
func (s *Server) Allow(user string, rules []Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.userLocked(user).allow = slices.Clone(rules)
}

// Deny replaces what a user may not do. It affects requests that come later;
// watches and sessions that are open stay so. It panics when there is no such
// user.
func (s *Server) Deny(user string, rules ...Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.userLocked(user).deny = slices.Clone(rules)
}

// RevokeToken gives a user a new token: the kubeconfigs made so far get 401. It
// panics when there is no such user.
func (s *Server) RevokeToken(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.userLocked(user).token = rand.Text()
}

func (s *Server) userLocked(name string) *account {
	for _, a := range s.users {
		if a.name == name {
			return a
		}
	}
	panic(fmt.Sprintf("kubetest: there is no user %q", name))
}
