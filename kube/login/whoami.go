package login

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"culvert/tunnels"
)

// Who is whose a token is.
type Who struct {
	User      string // empty when the server does not tell
	OpenShift bool   // the server knows OpenShift's users
}

// WhoAmI asks an API server whose a token is. A token that it refuses is an
// *tunnels.Error with CauseSignIn; see [Endpoint.Probe] for the rest.
func WhoAmI(ctx context.Context, api Endpoint, token string) (Who, error) {
	header := http.Header{"Authorization": {"Bearer " + token}, "Accept": {"application/json"}}
	a, err := api.get(ctx, "/apis/user.openshift.io/v1/users/~", header)
	if err != nil {
		return Who{}, err
	}
	if who, err := api.openShiftUser(a); err != nil || who.OpenShift {
		return who, err
	}
	const review = `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`
	header.Set("Content-Type", "application/json")
	a, err = api.request(ctx, http.MethodPost, "/apis/authentication.k8s.io/v1/selfsubjectreviews", strings.NewReader(review), header)
	if err != nil {
		return Who{}, err
	}
	if who, err := api.reviewedUser(a); err != nil || who.User != "" {
		return who, err
	}
	// Before Kubernetes 1.28 there is no such question: whether the token is
	// good at all is known from any other.
	header.Del("Content-Type")
	a, err = api.get(ctx, "/version", header)
	switch {
	case err != nil:
		return Who{}, err
	case a.code == http.StatusUnauthorized:
		return Who{}, api.refusedToken()
	case a.code != http.StatusOK || a.page():
		return Who{}, api.unexpected(a)
	}
	return Who{}, nil
}

func (e Endpoint) openShiftUser(a *answer) (Who, error) {
	var user struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}
	switch {
	case a.code == http.StatusUnauthorized:
		return Who{}, e.refusedToken()
	case a.code == http.StatusNotFound || a.code == http.StatusForbidden:
		return Who{}, nil // no OpenShift, or a user without the right to ask
	case a.code != http.StatusOK || a.page():
		return Who{}, e.unexpected(a)
	case json.Unmarshal(a.body, &user) != nil:
		return Who{}, e.strange("does not answer in JSON")
	}
	return Who{User: shown(user.Metadata.Name), OpenShift: true}, nil
}

func (e Endpoint) reviewedUser(a *answer) (Who, error) {
	var review struct {
		Status struct {
			UserInfo struct {
				Username string `json:"username"`
			} `json:"userInfo"`
		} `json:"status"`
	}
	switch {
	case a.code == http.StatusUnauthorized:
		return Who{}, e.refusedToken()
	case a.page():
		return Who{}, e.unexpected(a)
	case a.code != http.StatusCreated && a.code != http.StatusOK:
		return Who{}, nil
	case json.Unmarshal(a.body, &review) != nil:
		return Who{}, e.strange("does not answer in JSON")
	}
	return Who{User: shown(review.Status.UserInfo.Username)}, nil
}

func (e Endpoint) refusedToken() *tunnels.Error {
	return refused(fmt.Errorf("%s refuses the token: it is wrong, or it has expired", e.host()),
		"Get a new one, on OpenShift under \"Copy login command\" of its console.")
}

// Revoke deletes a token of OpenShift's OAuth server there. Other kinds of
// tokens cannot be deleted: it returns false for them and does nothing.
func Revoke(ctx context.Context, api Endpoint, token string) (revoked bool, err error) {
	name, ok := objectName(token)
	if !ok {
		return false, nil
	}
	header := http.Header{"Authorization": {"Bearer " + token}, "Accept": {"application/json"}}
	var last *answer
	// The first is the user's own view of it, which OpenShift has since 4.7.
	for _, resource := range []string{"useroauthaccesstokens", "oauthaccesstokens"} {
		last, err = api.request(ctx, http.MethodDelete, "/apis/oauth.openshift.io/v1/"+resource+"/"+url.PathEscape(name), nil, header)
		if err != nil {
			return false, err
		}
		switch last.code {
		case http.StatusOK, http.StatusAccepted:
			return true, nil
		case http.StatusUnauthorized:
			return true, nil // it had ended already
		}
	}
	return false, api.unexpected(last)
}

// objectName returns the name of the object that stands for a token: its hash,
// which cannot be used to sign in.
func objectName(token string) (string, bool) {
	rest, ok := strings.CutPrefix(token, hashed)
	if !ok {
		return "", false
	}
	sum := sha256.Sum256([]byte(rest))
	return hashed + base64.RawURLEncoding.EncodeToString(sum[:]), true
}
