package kube

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"culvert/kube/plugin"
	"culvert/kube/portforward"
	"culvert/tunnels"
)

// action is what was being tried when an error came. All but op may be empty.
type action struct {
	op        string // as "dial pod/web-1"
	verb      string // of the API, as "list"
	resource  string // as "pods" or "pods/portforward"
	group     string // of the API; empty for the core's
	namespace string
	name      string
}

// what returns what the action is about, as "pods in namespace team-a" or "pod
// web-1 in namespace team-a".
func (a action) what() string {
	switch {
	case a.namespace == "" || a.resource == "namespaces":
		return a.resource
	case a.name != "" && strings.HasPrefix(a.resource, "pods/"):
		return fmt.Sprintf("%s of pod %s in namespace %s", a.resource, a.name, a.namespace)
	case a.name != "":
		return fmt.Sprintf("%s %s in namespace %s", strings.TrimSuffix(a.resource, "s"), a.name, a.namespace)
	}
	return fmt.Sprintf("%s in namespace %s", a.resource, a.namespace)
}

// noHostYet is what the API server says of a pod that is on no node.
const noHostYet = "does not have a host assigned"

// maxRetryAfter bounds how long a server can keep us away.
const maxRetryAfter = 60 * time.Second

// explain turns whatever went wrong between us and the API server into what a
// user can understand and act on. It is the only place that judges such errors;
// it returns nil for nil.
func (cl *cluster) explain(a action, err error) *tunnels.Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*tunnels.Error](err); ok {
		return e
	}
	e := cl.judge(a, err)
	e.Err, e.Raw = cl.shown(e.Err), cl.raw(e.Err, err)
	if cl.context.Origin == OriginSignedIn {
		e.Hint = signedInHint(e.Hint)
	}
	e.Hint = clean(e.Hint, mostMessage)
	return e
}

func (cl *cluster) judge(a action, err error) *tunnels.Error {
	e := &tunnels.Error{Op: a.op, Err: err}
	if node, ok := errors.AsType[*portforward.NodeError](err); ok {
		explainNode(e, a, node)
		return e
	}
	if refused, ok := errors.AsType[*transportError](err); ok {
		cl.explainTransport(e, refused)
		return e
	}
	if resp, ok := errors.AsType[*responseError](err); ok {
		cl.explainResponse(e, a, resp)
		return e
	}
	for _, judge := range []func(*tunnels.Error, error) bool{
		cl.explainExcess, cl.explainEvent, cl.explainLimit, cl.explainPlugin, cl.explainTLS, cl.explainProxy, cl.explainAnswer, cl.explainNetwork, cl.explainDecoding,
	} {
		if judge(e, err) {
			return e
		}
	}
	if errors.Is(err, context.Canceled) {
		e.Err = errors.New("it was cancelled")
		return e
	}
	e.Hint = "Culvert tries again by itself."
	return e
}

func (cl *cluster) explainResponse(e *tunnels.Error, a action, r *responseError) {
	e.RetryAfter = min(max(r.RetryAfter, 0), maxRetryAfter)
	where := cl.context.Server
	switch {
	case r.Location != "":
		e.Cause, e.Permanent = tunnels.CauseSignIn, true
		e.Err = fmt.Errorf("%s redirects to %s instead of answering", where, r.Location)
		e.Hint = "Sign in to the network or proxy in front of it, or check the server's URL in the kubeconfig."
	case r.Page && r.Code < 500:
		cl.explainPage(e, r.Message)
	case policyDenies(r.Message) && r.Code < 500:
		e.Cause, e.Permanent = tunnels.CauseForbidden, true
		e.Err = fmt.Errorf("a policy of the cluster refuses it: %s", r.Message)
		e.Hint = "Ask whoever runs the cluster about this policy."
	case policySilent(r.Message) && (r.Code >= 500 || r.Code == http.StatusForbidden):
		e.Cause = tunnels.CauseUnreachable
		e.Err = errors.New("the cluster could not decide whether this is allowed: what it asks about that does not answer")
		e.Hint = "Culvert tries again by itself; tell whoever runs the cluster if it lasts."
	case r.Code == http.StatusUnauthorized:
		cl.explainUnauthorized(e)
	case r.Code == http.StatusForbidden:
		cl.explainForbidden(e, a, r)
	case r.Code == http.StatusNotFound:
		cl.explainNotFound(e, a, r)
	case r.Code == http.StatusServiceUnavailable && isAggregated(a.group):
		e.Cause = tunnels.CauseUnreachable
		e.Err = fmt.Errorf("the part of the API server that serves %s (%s) is not available", a.resource, a.group)
		e.Hint = "Culvert tries again by itself; whoever runs the cluster sees more with `oc get apiservices`."
	case r.Code == http.StatusTooManyRequests || r.Code == http.StatusServiceUnavailable:
		e.Cause = tunnels.CauseUnreachable
		e.Err = fmt.Errorf("the API server is busy or not ready: %w", r)
		e.Hint = "Culvert tries again by itself."
	case r.Code >= 500 && strings.Contains(r.Message, "error dialing backend"):
		e.Cause = tunnels.CauseUnreachable
		e.Err = fmt.Errorf("the API server cannot reach the pod's node: %s", r.Message)
		e.Hint = "Culvert tries again by itself; look at the node if it lasts."
	case r.Code == http.StatusBadRequest && strings.Contains(r.Message, noHostYet):
		e.Cause = tunnels.CausePodNotReady
		e.Err = fmt.Errorf("pod %s is not scheduled to a node yet", a.name)
		e.Hint = "It is used as soon as it runs."
	case r.Code >= 500:
		e.Cause = tunnels.CauseUnreachable
		e.Err = fmt.Errorf("the API server has an error of its own: %w", r)
		e.Hint = "Culvert tries again by itself."
	case r.Code == http.StatusGone:
		e.Hint = "Culvert reads everything anew by itself."
	default:
		e.Cause = tunnels.CauseProtocol
		e.Err = fmt.Errorf("the API server refuses the request: %w", r)
		e.Hint = "Check that the server's URL in the kubeconfig is that of a Kubernetes API server."
	}
}

func (cl *cluster) explainUnauthorized(e *tunnels.Error) {
	e.Cause, e.Permanent = tunnels.CauseSignIn, true
	if end := cl.certificateEnd(); !end.IsZero() && time.Now().After(end) {
		e.Err = fmt.Errorf("the client certificate of context %s expired on %s", cl.context.Name, end.Format(time.DateOnly))
		e.Hint = "Get a new kubeconfig from whoever runs the cluster."
		return
	}
	e.Err = fmt.Errorf("the sign-in for context %s has expired or was refused", cl.context.Name)
	switch {
	case cl.context.Origin == OriginSignedIn:
		e.Hint = signInAgain(cl.context)
	case cl.context.ExecPlugin != "":
		e.Hint = fmt.Sprintf("Sign in again with the tool behind `%s`; Culvert goes on by itself.", cl.context.ExecPlugin)
	default:
		e.Hint = "Sign in again so that the kubeconfig holds fresh credentials; Culvert notices by itself."
	}
}

// certificateEnd returns when the context's client certificate expires; zero
// without one.
func (cl *cluster) certificateEnd() time.Time {
	block, _ := pem.Decode(cl.rest.CertData)
	if block == nil {
		return time.Time{}
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return time.Time{}
	}
	return cert.NotAfter
}

// explainPlugin judges errors of credential plugins and of `auth-provider:
// oidc`, which reach us as texts only.
func (cl *cluster) explainPlugin(e *tunnels.Error, err error) bool {
	command := cl.context.ExecPlugin
	text := err.Error()
	creds, isCreds := errors.AsType[*portforward.CredentialsError](err)
	_, text, isExec := strings.Cut(text, "getting credentials: ")
	hung := errors.Is(err, errPluginHangs) || errors.Is(err, errPluginPending) ||
		isCreds && errors.Is(err, context.DeadlineExceeded) || isExec && cl.outOfTime(text)
	switch {
	case hung && command == "":
		e.Err = fmt.Errorf("the sign-in for context %s cannot be renewed: its provider does not answer", cl.context.Name)
		e.Hint = "Check the network or VPN, or sign in again with the tool that made the kubeconfig."
	case hung:
		e.Err = fmt.Errorf("the credential plugin `%s` does not answer", command)
		e.Hint = cl.tryOut("what it waits for")
	case isExec && (cl.plugin.missing() || cl.plugin == nil && strings.Contains(text, "not found")):
		e.Err = &MissingPluginError{Command: command}
		e.Hint = fmt.Sprintf("Install it, or say where it is: `culvert contexts locate %s /path/to/%s`.", command, filepath.Base(command))
	case isExec && strings.Contains(text, "cannot support interactive mode"):
		e.Err = fmt.Errorf("the credential plugin `%s` wants to ask questions in a terminal", command)
		e.Hint = "Sign in with it in a terminal, or set its interactiveMode to IfAvailable in the kubeconfig."
	case isExec && isAnswer(text):
		e.Err = fmt.Errorf("the credential plugin `%s` failed: its answer is no ExecCredential", command)
		e.Hint = cl.tryOut("what it says")
	case isExec:
		e.Err = fmt.Errorf("the credential plugin `%s` failed: %s", command, cl.pluginEnd(text))
		e.Hint = cl.tryOut("what it says")
	case cl.rest.AuthProvider != nil && isOIDC(err.Error()):
		e.Err = fmt.Errorf("the sign-in for context %s cannot be renewed: %s", cl.context.Name, firstLine(err.Error(), false))
		e.Hint = "Sign in again with the tool that made the kubeconfig."
	default:
		if !isCreds {
			return false
		}
		e.Err = fmt.Errorf("the credentials of context %s cannot be had: %s", cl.context.Name, firstLine(creds.Err.Error(), false))
		e.Hint = "Correct its user entry in the kubeconfig."
	}
	e.Cause, e.Permanent = tunnels.CauseSignIn, true
	return true
}

// trusted says where the authority that the context trusts comes from.
func (cl *cluster) trusted() string {
	if cl.context.Origin == OriginSignedIn {
		return "confirmed when signing in"
	}
	return "in the kubeconfig"
}

// tryOut says how to run the plugin where it can be watched. kubectl does not
// know the contexts of imported files by our names.
func (cl *cluster) tryOut(toSee string) string {
	run := "kubectl --context " + cl.context.Name + " version"
	if cl.context.Origin == OriginImported {
		run = "kubectl --kubeconfig " + cl.context.File + " version"
	}
	return fmt.Sprintf("Run `%s` in a terminal to see %s.", run, toSee)
}

// pluginExit is how client-go tells that a plugin, or who supervises it, failed.
var pluginExit = regexp.MustCompile(`executable .* failed with exit code (\d+)`)

// outOfTime says whether the supervisor has ended the plugin.
func (cl *cluster) outOfTime(text string) bool {
	exit := pluginExit.FindStringSubmatch(text)
	return exit != nil && cl.plugin != nil && cl.plugin.supervised && exit[1] == strconv.Itoa(plugin.ExitTime)
}

// pluginEnd says how the plugin failed, without a word of its supervisor.
func (cl *cluster) pluginEnd(text string) string {
	if exit := pluginExit.FindStringSubmatch(text); exit != nil {
		return "it ended with exit code " + exit[1]
	}
	return firstLine(strings.TrimPrefix(text, "exec: "), false)
}

// isAnswer says whether an error of client-go's repeats what a plugin has
// answered, which is the secret as a rule.
func isAnswer(text string) bool { return strings.Contains(text, "decoding stdout: ") }

func isOIDC(text string) bool {
	for _, part := range []string{"No valid id-token", "failed to refresh token", "id_token", "oidc: ", "ID Token", "could not persist new tokens"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// explainTLS judges what goes wrong between TCP and HTTP.
func (cl *cluster) explainTLS(e *tunnels.Error, err error) bool {
	where := cl.context.Server
	e.Cause, e.Permanent = tunnels.CauseTLS, true
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		explainInvalid(e, where, invalid)
		return true
	}
	if host, ok := errors.AsType[x509.HostnameError](err); ok {
		e.Err = fmt.Errorf("the certificate of %s is for another name: %w", where, host)
		e.Hint = "Use a name that the certificate has as the server in the kubeconfig, or set tls-server-name to it."
		return true
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		cl.explainAuthority(e, unknown.Cert)
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		e.Err = fmt.Errorf("%s does not speak TLS", where)
		e.Hint = "Check port and scheme of the server's URL in the kubeconfig."
		return true
	}
	if strange := strangeTLS(err); strange != "" {
		e.Cause = tunnels.CauseTLS
		e.Err = fmt.Errorf("%s does not speak TLS as it should: %s", where, strange)
		e.Hint = "Check the server's URL in the kubeconfig, and look for a proxy or load balancer on the way that changes connections."
		return true
	}
	if strings.Contains(err.Error(), "remote error: tls:") {
		// The server refused us; mostly because of our certificate.
		e.Cause = tunnels.CauseSignIn
		e.Err = fmt.Errorf("%s refuses the client certificate of context %s: %w", where, cl.context.Name, err)
		if end := cl.certificateEnd(); !end.IsZero() && time.Now().After(end) {
			e.Err = fmt.Errorf("the client certificate of context %s expired on %s", cl.context.Name, end.Format(time.DateOnly))
		}
		e.Hint = "Get a new kubeconfig from whoever runs the cluster."
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok || strings.Contains(err.Error(), "tls: failed to verify") {
		e.Err = fmt.Errorf("the certificate of %s cannot be trusted: %w", where, err)
		e.Hint = "Ask whoever runs the cluster for its certificate authority."
		return true
	}
	e.Cause, e.Permanent = tunnels.CauseUnknown, false
	return false
}

// strangeTLS returns what is wrong with a server's TLS itself, and not with anybody's
// certificate; empty for nothing.
func strangeTLS(err error) string {
	text := err.Error()
	for _, alert := range []string{"protocol version not supported", "handshake failure", "insufficient security level", "illegal parameter", "unexpected message", "decode error"} {
		if strings.Contains(text, "remote error: tls: "+alert) {
			return alert
		}
	}
	for _, own := range []string{"tls: too many ignored records", "tls: handshake message of length", "tls: unexpected message", "tls: server selected unsupported", "tls: oversized record", "tls: no renegotiation", "tls: invalid server"} {
		if i := strings.Index(text, own); i >= 0 {
			return firstLine(text[i+len("tls: "):], false)
		}
	}
	return ""
}

// explainAuthority judges a certificate that nobody vouches for whom we trust.
func (cl *cluster) explainAuthority(e *tunnels.Error, cert *x509.Certificate) {
	where := cl.context.Server
	issuer := "an authority"
	if cert != nil && cert.Issuer.CommonName != "" {
		issuer = fmt.Sprintf("%q, an authority", clean(cert.Issuer.CommonName, mostText))
	}
	fingerprint := fmt.Sprintf("`culvert login --server %s --token-stdin` shows the certificate's fingerprint", shellWord(where))
	switch {
	case cert != nil && bytes.Equal(cert.RawIssuer, cert.RawSubject):
		e.Err = fmt.Errorf("the certificate of %s is self-signed and not trusted", where)
		e.Hint = fmt.Sprintf("%s: compare it with whoever runs the cluster before you trust it.", fingerprint)
	case len(cl.rest.CAData) > 0:
		e.Err = fmt.Errorf("the certificate of %s is signed by %s that is not the one %s", where, issuer, cl.trusted())
		e.Hint = fmt.Sprintf("A proxy on the way may open TLS, or the cluster was made anew: ask for a new kubeconfig. %s.", fingerprint)
	default:
		e.Err = fmt.Errorf("the certificate of %s is signed by %s that is not trusted", where, issuer)
		e.Hint = fmt.Sprintf("Put that authority, the cluster's own or that of a proxy that opens TLS, into certificate-authority-data of the kubeconfig. %s.", fingerprint)
	}
}

func explainInvalid(e *tunnels.Error, where string, invalid x509.CertificateInvalidError) {
	cert := invalid.Cert
	switch {
	case invalid.Reason == x509.Expired && cert != nil && time.Now().Before(cert.NotBefore):
		e.Err = fmt.Errorf("the certificate of %s is valid only from %s on", where, cert.NotBefore.Format(time.DateTime))
		e.Hint = "Check this machine's clock."
	case invalid.Reason == x509.Expired && cert != nil:
		e.Err = fmt.Errorf("the certificate of %s expired on %s", where, cert.NotAfter.Format(time.DateOnly))
		e.Hint = "Whoever runs the cluster has to renew it; check this machine's clock too."
	default:
		e.Err = fmt.Errorf("the certificate of %s cannot be trusted: %w", where, invalid)
		e.Hint = "Ask whoever runs the cluster for its certificate authority."
	}
}
