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
	deny  []Rule // guarded by Server.mu
}

func newAccounts(o Options) []*account {
	var as []*account
	add := func(u User) {
		if !slices.ContainsFunc(as, func(a *account) bool { return a.name == u.Name }) {
			as = append(as, &account{name: u.Name, token: rand.Text(), deny: slices.Clone(u.Deny)})
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
	s.mu.Lock()
	denied := slices.ContainsFunc(a.deny, func(r Rule) bool { return r.matches(verb, q) })
	s.mu.Unlock()
	if !denied {
		return nil
	}
	scope := "at the cluster scope"
	if q.namespace != "" {
		scope = fmt.Sprintf("in the namespace %q", q.namespace)
	}
	st := newStatus(http.StatusForbidden, "Forbidden", fmt.Sprintf("User %q cannot %s resource %q in API group %q %s",
		a.name, verb, q.fullResource(), "", scope))
	st.about(q.resource, q.name)
	if q.name != "" {
		st.Message = fmt.Sprintf("%s %q is forbidden: %s", q.resource, q.name, st.Message)
	} else {
		st.Message = fmt.Sprintf("%s is forbidden: %s", q.resource, st.Message)
	}
	return st
}

func (r Rule) matches(verb string, q request) bool {
	has := func(list []string, x string) bool { return len(list) == 0 || slices.Contains(list, x) }
	return has(r.Verbs, verb) && has(r.Resources, q.fullResource()) && has(r.Namespaces, q.namespace)
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
