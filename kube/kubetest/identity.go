package kubetest

import (
	"net/http"
	"strings"
)

const (
	usersPath   = "/apis/user.openshift.io/v1/users/~"
	tokensGroup = "/apis/oauth.openshift.io/v1/"
)

// serveIdentity answers who somebody is, and what else belongs to signing in;
// ok is false for other requests. The user is nil for who has not signed in.
func (s *Server) serveIdentity(w http.ResponseWriter, r *http.Request, user *account) (st *status, ok bool) {
	openShift := s.opts.OAuth != nil
	path := r.URL.Path
	switch {
	case openShift && path == discoveryPath:
		writeJSON(w, http.StatusOK, map[string]any{
			"issuer": s.signIns.url, "authorization_endpoint": s.signIns.url + authorizePath, "token_endpoint": s.signIns.url + "/oauth/token",
			"response_types_supported": []string{"code", "token"}, "grant_types_supported": []string{"authorization_code", "implicit"},
		})
	case path == discoveryPath:
		http.Error(w, "404 page not found", http.StatusNotFound)
	case openShift && path == usersPath && user != nil:
		writeJSON(w, http.StatusOK, map[string]any{
			"kind": "User", "apiVersion": "user.openshift.io/v1", "metadata": map[string]string{"name": user.name}, "identities": []string{}, "groups": []string{},
		})
	case openShift && strings.HasPrefix(path, tokensGroup) && user != nil && r.Method == http.MethodDelete:
		return s.deleteToken(w, r, user), true
	default:
		return nil, false
	}
	return nil, true
}

// deleteToken lets users delete their own tokens.
func (s *Server) deleteToken(w http.ResponseWriter, r *http.Request, user *account) *status {
	resource, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, tokensGroup), "/")
	s.mu.Lock()
	t, ok := s.signIns.tokens[name]
	ok = ok && t.user == user.name && (resource == "useroauthaccesstokens" || resource == "oauthaccesstokens")
	if ok {
		delete(s.signIns.tokens, name)
	}
	s.mu.Unlock()
	if !ok {
		return notFound("oauth.openshift.io", resource, name)
	}
	writeJSON(w, http.StatusOK, map[string]string{"kind": "Status", "apiVersion": "v1", "status": "Success"})
	return nil
}
