package kube

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/tunnels"
)

// errNotOfKubectl is what [Overrides] are refused with that lead elsewhere.
var errNotOfKubectl = errors.New("it was signed in to or imported, and its credentials go nowhere else")

// brokenConfig says what is wrong with a kubeconfig that cannot be read.
func brokenConfig(err error) *tunnels.Error {
	e := &tunnels.Error{Op: "kubeconfig", Err: err, Cause: tunnels.CauseInvalid, Permanent: true}
	var path *fs.PathError
	switch {
	case errors.As(err, &path) && errors.Is(err, fs.ErrNotExist):
		e.Err = fmt.Errorf("there is no file %s", path.Path)
		e.Cause = tunnels.CauseNotFound
		e.Hint = "Check the path, or leave it out to use KUBECONFIG or ~/.kube/config."
	case strings.Contains(err.Error(), "permission denied"):
		e.Hint = "Give yourself the right to read the file."
	default:
		e.Err = errors.New(strings.TrimPrefix(err.Error(), "error loading config file "))
		e.Hint = "Correct the file; `kubectl config view` shows how far it can be read."
	}
	return e
}

// addresses are those of a kubeconfig's cluster, which may be nil.
func addresses(cluster *api.Cluster) []string {
	if cluster == nil {
		return nil
	}
	return []string{cluster.Server, cluster.ProxyURL}
}

// brokenContext says why a context cannot be used although the files are read. Its
// addresses are told without their passwords.
func brokenContext(name string, err error, addresses ...string) *tunnels.Error {
	text := strings.TrimPrefix(err.Error(), "invalid configuration: ")
	var list interface{ Errors() []error }
	if errors.As(err, &list) && len(list.Errors()) > 0 {
		text = list.Errors()[0].Error()
	}
	for _, a := range addresses {
		if safe := withoutCredentials(a); safe != a {
			text = strings.NewReplacer(strconv.Quote(a), strconv.Quote(safe), a, safe).Replace(text)
		}
	}
	return &tunnels.Error{
		Op:        "context " + clean(name, mostText),
		Err:       errors.New(strings.ReplaceAll(text, "\n", " ")),
		Hint:      "Correct its cluster and user entries in the kubeconfig.",
		Cause:     tunnels.CauseInvalid,
		Permanent: true,
	}
}

// missingPart says which part of a context is not in the kubeconfig; nil when all are.
// The client's own errors ask for a variable of the environment then.
func missingPart(c Context, cluster *api.Cluster, user *api.AuthInfo) error {
	switch {
	case c.Cluster == "":
		return errors.New("it names no cluster")
	case cluster == nil:
		return fmt.Errorf("its cluster “%s” is not in the kubeconfig", c.Cluster)
	case c.User != "" && user == nil:
		return fmt.Errorf("its user “%s” is not in the kubeconfig", c.User)
	}
	return nil
}

// unknownContext says that there is no such context, and which there are.
func (c *config) unknownContext(name string) *tunnels.Error {
	e := &tunnels.Error{
		Op:        "context " + clean(name, mostText),
		Err:       errors.New("the kubeconfig has no context of this name"),
		Cause:     tunnels.CauseNotFound,
		Permanent: true,
	}
	if name == "" {
		e.Op = "context"
		e.Err = errors.New("none is given and the kubeconfig has no current one")
	}
	if c.empty != nil {
		return tunnels.AsError(c.empty)
	}
	names := make([]string, 0, len(c.contexts))
	for _, k := range c.contexts {
		names = append(names, k.Name)
	}
	if near := nearest(name, names); name != "" && len(near) > 0 {
		e.Hint = "Did you mean " + strings.Join(near, " or ") + "?"
		return e
	}
	const shown = 8
	more := ""
	if len(names) > shown {
		names, more = slices.Clone(names[:shown]), ", …"
	}
	e.Hint = "Choose one of " + strings.Join(names, ", ") + more + "."
	return e
}
