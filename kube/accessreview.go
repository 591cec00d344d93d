package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"culvert/tunnels"
)

// reviewRequest is a SelfSubjectAccessReview.
type reviewRequest struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	Spec       struct {
		Resource reviewedResource `json:"resourceAttributes"`
	} `json:"spec"`
}

type reviewedResource struct {
	Namespace   string `json:"namespace,omitempty"`
	Verb        string `json:"verb"`
	Group       string `json:"group,omitempty"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource,omitempty"`
	Name        string `json:"name,omitempty"`
}

// review asks for one right. Its error is that the server cannot be asked; that
// it does not tell goes into the check.
func (cl *cluster) review(ctx context.Context, c *Check) error {
	ask := reviewRequest{Kind: "SelfSubjectAccessReview", APIVersion: "authorization.k8s.io/v1"}
	ask.Spec.Resource = reviewedResource{
		Namespace: c.Namespace, Verb: c.Verb, Group: c.Group, Resource: c.Resource, Subresource: c.Subresource, Name: c.Name,
	}
	var answer struct {
		Status *struct {
			Allowed bool `json:"allowed"`
			Denied  bool `json:"denied"`
			Reason  text `json:"reason"`
			Error   text `json:"evaluationError"`
		} `json:"status"`
	}
	err := cl.post(ctx, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", ask, &answer)
	st := answer.Status
	switch {
	case untold(err):
		c.Err = cl.unchecked(c, "the server does not tell about rights: "+err.Error(), err)
	case err != nil:
		return err
	case st == nil:
		c.Err = cl.unchecked(c, "the server's answer about rights is empty", nil)
	case !st.Allowed && !st.Denied && st.Error != "":
		// The request itself would be an internal error, and no refusal.
		c.Err = cl.unchecked(c, "the server could not find out about rights: "+string(st.Error), nil)
	default:
		c.Allowed, c.Reason = st.Allowed, cl.withoutSecrets(string(st.Reason))
	}
	return nil
}

// unchecked says why a right is not known; the words of the server in it may hold
// what it was sent.
func (cl *cluster) unchecked(c *Check, why string, err error) *tunnels.Error {
	e := &tunnels.Error{
		Op: "check the right to " + c.String(), Err: errors.New(clean(cl.withoutSecrets(why), mostMessage)),
		Hint: "Try to forward: the server tells then what is missing.",
	}
	if err != nil {
		e.Raw = clean(cl.withoutSecrets(err.Error()), mostMessage)
	}
	return e
}

// untold says whether an error means that the server does not answer this kind of
// question, though it is there.
func untold(err error) bool {
	r, ok := errors.AsType[*responseError](err)
	if !ok || r.Page {
		return false
	}
	switch r.Code {
	case http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// post sends an object and reads the answer.
func (cl *cluster) post(ctx context.Context, path string, object, answer any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	resp, err := cl.ask(ctx, http.MethodPost, path, nil, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	read := cl.bounds.object(resp.Body).inTurn(cl.large)
	defer read.done()
	if err := json.NewDecoder(read).Decode(answer); err != nil {
		return fmt.Errorf("read the answer of %s: %w", cl.context.Server, presentable(err))
	}
	return nil
}

// whoAmI returns the user's name as the server knows it, empty when it does not
// tell. It is not fit to be shown.
func (cl *cluster) whoAmI(ctx context.Context) (string, error) {
	ask := map[string]string{"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"}
	var answer struct {
		Status struct {
			UserInfo struct {
				Username string `json:"username"`
			} `json:"userInfo"`
		} `json:"status"`
	}
	err := cl.post(ctx, "/apis/authentication.k8s.io/v1/selfsubjectreviews", ask, &answer)
	if !untold(err) {
		return answer.Status.UserInfo.Username, err
	}
	// Before Kubernetes 1.28 only OpenShift tells.
	me, err := getObject[struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}](ctx, cl, "/apis/user.openshift.io/v1/users/~")
	switch {
	case untold(err):
		return "", nil
	case err != nil:
		return "", err
	}
	return me.Metadata.Name, nil
}

// version is that of a server; zero when it is unknown.
type version struct{ major, minor int }

func (v version) isUnknown() bool { return v == version{} }

// before says whether a known version is older than Kubernetes 1.minor.
func (v version) before(minor int) bool {
	return !v.isUnknown() && (v.major < 1 || v.major == 1 && v.minor < minor)
}

// String returns the version as "1.34"; empty when it is unknown.
func (v version) String() string {
	if v.isUnknown() {
		return ""
	}
	return fmt.Sprintf("%d.%d", v.major, v.minor)
}

var versionNumbers = regexp.MustCompile(`^v?(\d{1,4})\.(\d{1,4})(\D|$)`)

// parseVersion reads the first text that begins with a version, as "1.34+" or
// "v1.35.2-eks-1".
func parseVersion(texts ...string) version {
	for _, s := range texts {
		if m := versionNumbers.FindStringSubmatch(s); m != nil {
			major, _ := strconv.Atoi(m[1]) // at most four digits
			minor, _ := strconv.Atoi(m[2])
			return version{major, minor}
		}
	}
	return version{}
}

// version asks for the server's version.
func (cl *cluster) version(ctx context.Context) (version, error) {
	answer, err := getObject[struct {
		Major      string `json:"major"`
		Minor      string `json:"minor"`
		GitVersion string `json:"gitVersion"`
	}](ctx, cl, "/version")
	_, strange := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case untold(err), strange:
		return version{}, nil
	case err != nil:
		return version{}, err
	}
	return parseVersion(answer.Major+"."+answer.Minor, answer.GitVersion), nil
}
