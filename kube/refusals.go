package kube

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"culvert/tunnels"
)

var forbiddenUser = regexp.MustCompile(`[Uu]ser "([^"]*)"`)

func (cl *cluster) explainForbidden(e *tunnels.Error, a action, r *responseError) {
	e.Cause, e.Permanent = tunnels.CauseForbidden, true
	user := "the user of context " + cl.context.Name
	if m := forbiddenUser.FindStringSubmatch(r.Message); m != nil {
		user = "user " + m[1]
	}
	if a.verb == "" {
		e.Err = fmt.Errorf("%s is not allowed to: %w", user, r)
		e.Hint = "Ask whoever runs the cluster for the right."
		return
	}
	e.Err = fmt.Errorf("%s may not %s %s", user, a.verb, a.what())
	if strings.HasPrefix(r.Message, "unable to parse") || strings.Contains(r.Message, "admission") {
		e.Err = fmt.Errorf("%w: %w", e.Err, r)
	}
	right := a.verb + " " + action{resource: a.resource, namespace: a.namespace}.what()
	e.Hint = fmt.Sprintf("Ask whoever runs the cluster for the right to %s.", right)
	if a.namespace != "" || a.resource == nodesProxy {
		e.Hint = fmt.Sprintf("Ask whoever runs the cluster for the right to %s: `%s` prints the Role for it.", right, cl.accessCommand(a))
	}
	if a.verb == "list" && a.name == "" && a.resource != endpointSlicesResource.name() {
		e.Hint += fmt.Sprintf(" Until then type the %s's name.", strings.TrimSuffix(a.resource, "s"))
	}
}

const nodesProxy = "nodes/proxy"

// accessCommand is the command line that tells about the rights to what an
// action is about. Where that is a step on the way only, the target is left for
// the user to fill in.
func (cl *cluster) accessCommand(a action) string {
	words := []string{"culvert access", a.target()}
	if a.resource == nodesProxy {
		words = append(words, "--via node")
	}
	if a.namespace != "" {
		words = append(words, "-n "+shellWord(a.namespace))
	}
	if !cl.context.Current {
		words = append(words, "--context "+shellWord(cl.context.Name))
	}
	return strings.Join(words, " ")
}

// target returns what the action is about as a target, as "svc/web", or TARGET
// when it is none.
func (a action) target() string {
	for _, k := range tunnels.Kinds {
		if r := resourceOf(k); a.name != "" && r.name() == a.resource && r.group() == a.group {
			return string(k) + "/" + shellWord(a.name)
		}
	}
	return "TARGET"
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=-]+$`)

// shellWord quotes a word for a shell where that is needed.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// explainNotFound tells an object that is missing from a kind that the server
// does not know.
func (cl *cluster) explainNotFound(e *tunnels.Error, a action, r *responseError) {
	resource, sub, _ := strings.Cut(a.resource, "/")
	unknown := r.Reason != "NotFound" || strings.HasPrefix(r.Message, "the server could not find the requested resource")
	switch {
	case unknown && isOpenShift(a.group):
		e.Cause, e.Permanent = tunnels.CauseProtocol, true
		e.Err = &shownError{noOpenShift(a.resource), r}
		e.Hint = "Check the context."
		if a.resource == deploymentConfigsResource.name() {
			e.Hint = fmt.Sprintf("Use deploy/%s, or check the context.", cmp.Or(a.name, "NAME"))
		}
	case a.name != "" && (sub != "" || !unknown):
		e.Cause = tunnels.CauseNotFound
		e.Err = fmt.Errorf("namespace %s has no %s %s", a.namespace, strings.TrimSuffix(resource, "s"), a.name)
		e.Hint = "It is used as soon as it is there; check its name and namespace."
	default:
		e.Cause, e.Permanent = tunnels.CauseProtocol, true
		e.Err = fmt.Errorf("%s does not know %s: %w", cl.context.Server, a.resource, r)
		e.Hint = "Check that the server's URL in the kubeconfig is that of a Kubernetes API server."
	}
}

func isOpenShift(group string) bool { return strings.HasSuffix(group, ".openshift.io") }

// isAggregated says whether a group of the API is served by a server of its own,
// behind the API server; which may be away while the rest works.
func isAggregated(group string) bool {
	return strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io")
}

// noOpenShift says that a cluster lacks a resource that only OpenShift has.
func noOpenShift(resource string) string {
	return "this cluster has no " + resource + ": it is no OpenShift"
}

// policyDenies says whether a message is that of an admission webhook or policy
// which has decided, and not of missing rights.
func policyDenies(message string) bool {
	return strings.Contains(message, "denied the request") || strings.Contains(message, "denied request")
}

// policySilent says whether a message is about a webhook, for admission or for
// authorization, that has not decided. No name of an object has spaces.
func policySilent(message string) bool {
	for _, part := range []string{"failed calling webhook", "failed to call webhook", "deadline exceeded", "i/o timeout", "Client.Timeout exceeded"} {
		if strings.Contains(message, part) {
			return strings.Contains(message, "ebhook") || strings.Contains(message, "forbidden") || strings.Contains(message, "uthoriz")
		}
	}
	return false
}

// explainPage judges a web page, of which only the title is known, if that.
func (cl *cluster) explainPage(e *tunnels.Error, title string) {
	e.Cause, e.Permanent = tunnels.CauseSignIn, true
	e.Err = fmt.Errorf("%s answers with a web page instead of the Kubernetes API", cl.context.Server)
	if title != "" {
		e.Err = fmt.Errorf("%s answers with a web page (%q) instead of the Kubernetes API", cl.context.Server, title)
	}
	e.Hint = "Sign in to the network or proxy in front of it, or check the server's URL in the kubeconfig."
}

// explainDecoding judges answers that are not what they should be, as a web page
// that does not say that it is one.
func (cl *cluster) explainDecoding(e *tunnels.Error, err error) bool {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if ok && strings.HasPrefix(syntax.Error(), "invalid character '<' looking for beginning of value") {
		cl.explainPage(e, "")
		return true
	}
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	if _, shape := errors.AsType[*decodeError](err); !ok && !kind && !shape {
		return false
	}
	e.Cause = tunnels.CauseProtocol
	e.Err = fmt.Errorf("%s answers with something else than Kubernetes objects", cl.context.Server)
	e.Hint = "Culvert tries again by itself; check the server's URL in the kubeconfig if it lasts."
	return true
}
