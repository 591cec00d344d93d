package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube/portforward"
	"culvert/tunnels"
)

// explained is one row of the translator's table.
type explained struct {
	name           string
	action         action
	change         func(*cluster) // nil for none
	err            error
	cause          tunnels.Cause
	permanent      bool
	say, hint, raw string
}

func getPod() action {
	return action{op: "look for pod/web-1", verb: "get", resource: "pods", namespace: "team", name: "web-1"}
}

func listOf(r resource, name string) action {
	a := action{op: "look", verb: "list", resource: r.name(), group: r.group(), namespace: "team", name: name}
	if !r.namespaced() {
		a.namespace = ""
	}
	return a
}

// status is an answer with a Status object, as the API server's own are.
func statusOf(code int, reason, message string) error {
	body := fmt.Sprintf(`{"kind":"Status","reason":%q,"message":%q,"code":%d}`, reason, message, code)
	return newResponseError(code, http.Header{"Content-Type": {"application/json"}}, []byte(body))
}

// plain is an answer of something else.
func answered(code int, kind, body string) error {
	return newResponseError(code, http.Header{"Content-Type": {kind}}, []byte(body))
}

func forbids(verb, resource string) error {
	return statusOf(http.StatusForbidden, "Forbidden", fmt.Sprintf(`%s is forbidden: User "dev" cannot %s resource %q in API group "" in the namespace "team"`, resource, verb, resource))
}

// decoded is the error of reading an answer.
func decoded(body string) error {
	_, err := decodeList(defaultBounds().page(strings.NewReader(body), 1<<20), func(*podObject) error { return nil })
	return fmt.Errorf("read the answer of https://api.test: %w", err)
}

func certificate(subject, issuer string) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: subject}, RawSubject: []byte(subject),
		Issuer: pkix.Name{CommonName: issuer}, RawIssuer: []byte(issuer),
		DNSNames:  []string{"other.test"},
		NotBefore: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), NotAfter: time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func exec(cl *cluster) {
	cl.context.ExecPlugin = "aws"
	cl.rest.ExecProvider = &api.ExecConfig{Command: "aws"}
}

func oidc(cl *cluster) { cl.rest.AuthProvider = &api.AuthProviderConfig{Name: "oidc"} }

func getting(err string) error { return fmt.Errorf("getting credentials: %s", err) }

func opError(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }

func syscallError(n syscall.Errno) error { return opError("dial", os.NewSyscallError("connect", n)) }

func dialled(via tunnels.Via, chosen bool, err error) error {
	return dialError(tunnels.Endpoint{Namespace: "team", Pod: "web-1", Node: "n1"}, attempt{via: via, err: err}, chosen)
}

func dialling() action {
	return action{op: "dial pod/web-1", verb: "create", resource: "pods/portforward", namespace: "team", name: "web-1"}
}

func nodeError(trouble portforward.NodeTrouble, code int, message string) error {
	return &portforward.NodeError{Trouble: trouble, Node: "n1", Err: &portforward.StatusError{Code: code, Message: message}}
}

const (
	needsSignIn = tunnels.CauseSignIn
	unreachable = tunnels.CauseUnreachable
	forbidden   = tunnels.CauseForbidden
	protocol    = tunnels.CauseProtocol
	notFound    = tunnels.CauseNotFound
	untrusted   = tunnels.CauseTLS
)

func translations() []explained {
	later := certificate("x", "x")
	later.NotBefore, later.NotAfter = time.Date(2222, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2223, 1, 2, 3, 4, 5, 0, time.UTC)
	return []explained{
		// What the API server answers.
		{
			name: "redirect",
			err:  newResponseError(302, http.Header{"Location": {"https://login.test/a?secret=1"}}, nil), cause: needsSignIn, permanent: true,
			say:  "https://api.test redirects to https://login.test instead of answering",
			hint: "Sign in to the network or proxy in front of it, or check the server's URL in the kubeconfig.",
			raw:  "status 302 Found",
		},
		{
			name: "login page",
			err:  answered(200, "text/html; charset=utf-8", "<html><title>Sign in</title>"), cause: needsSignIn, permanent: true,
			say:  `https://api.test answers with a web page ("Sign in") instead of the Kubernetes API`,
			hint: "Sign in to the network or proxy in front of it, or check the server's URL in the kubeconfig.",
			raw:  "status 200: Sign in",
		},
		{
			name: "login page that is said to be JSON",
			err:  decoded("\n<!DOCTYPE html><html>"), cause: needsSignIn, permanent: true,
			say:  "https://api.test answers with a web page instead of the Kubernetes API",
			hint: "Sign in to the network or proxy in front of it, or check the server's URL in the kubeconfig.",
			raw:  "read the answer of https://api.test: invalid character '<' looking for beginning of value",
		},
		{
			name: "no JSON",
			err:  decoded("hello"), cause: protocol,
			say:  "https://api.test answers with something else than Kubernetes objects",
			hint: "Culvert tries again by itself; check the server's URL in the kubeconfig if it lasts.",
			raw:  "read the answer of https://api.test: invalid character 'h' looking for beginning of value",
		},
		{
			name: "other JSON",
			err:  decoded(`{"items":[{"metadata":7}]}`), cause: protocol,
			say:  "https://api.test answers with something else than Kubernetes objects",
			hint: "Culvert tries again by itself; check the server's URL in the kubeconfig if it lasts.",
			raw:  "read the answer of https://api.test: read items: json: cannot unmarshal number into Go struct field podObject.metadata of type kube.objectMeta",
		},
		{
			name: "401",
			err:  statusOf(401, "Unauthorized", "Unauthorized"), cause: needsSignIn, permanent: true,
			say:  "the sign-in for context c has expired or was refused",
			hint: "Sign in again so that the kubeconfig holds fresh credentials; Culvert notices by itself.",
			raw:  "status 401: Unauthorized",
		},
		{
			name:   "401 with a plugin",
			change: exec, err: statusOf(401, "Unauthorized", "Unauthorized"), cause: needsSignIn, permanent: true,
			say:  "the sign-in for context c has expired or was refused",
			hint: "Sign in again with the tool behind `aws`; Culvert goes on by itself.",
			raw:  "status 401: Unauthorized",
		},
		{
			name: "403 without an action",
			err:  statusOf(403, "Forbidden", `forbidden: User "dev" cannot get path "/version"`), cause: forbidden, permanent: true,
			say:  `user dev is not allowed to: status 403: forbidden: User "dev" cannot get path "/version"`,
			hint: "Ask whoever runs the cluster for the right.",
		},
		{
			name:   "403 for a pod",
			action: getPod(), err: forbids("get", "pods"), cause: forbidden, permanent: true,
			say:  "user dev may not get pod web-1 in namespace team",
			hint: "Ask whoever runs the cluster for the right to get pods in namespace team: `culvert access pod/web-1 -n team` prints the Role for it.",
			raw:  `status 403: pods is forbidden: User "dev" cannot get resource "pods" in API group "" in the namespace "team"`,
		},
		{
			name:   "403 for pods",
			action: listOf(podsResource, ""), err: forbids("list", "pods"), cause: forbidden, permanent: true,
			say:  "user dev may not list pods in namespace team",
			hint: "Ask whoever runs the cluster for the right to list pods in namespace team: `culvert access TARGET -n team` prints the Role for it. Until then type the pod's name.",
			raw:  `status 403: pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "team"`,
		},
		{
			name:   "403 for services",
			action: listOf(servicesResource, ""), err: forbids("list", "services"), cause: forbidden, permanent: true,
			say:  "user dev may not list services in namespace team",
			hint: "Ask whoever runs the cluster for the right to list services in namespace team: `culvert access TARGET -n team` prints the Role for it. Until then type the service's name.",
			raw:  `status 403: services is forbidden: User "dev" cannot list resource "services" in API group "" in the namespace "team"`,
		},
		{
			name:   "403 for a deployment in another context",
			change: func(cl *cluster) { cl.context.Current, cl.context.Name = false, "it's mine" },
			action: listOf(deploymentsResource, "web"), err: forbids("list", "deployments"), cause: forbidden, permanent: true,
			say:  "user dev may not list deployment web in namespace team",
			hint: "Ask whoever runs the cluster for the right to list deployments in namespace team: `culvert access deploy/web -n team --context 'it'\\''s mine'` prints the Role for it.",
			raw:  `status 403: deployments is forbidden: User "dev" cannot list resource "deployments" in API group "" in the namespace "team"`,
		},
		{
			name:   "403 for slices",
			action: listOf(endpointSlicesResource, ""), err: forbids("list", "endpointslices"), cause: forbidden, permanent: true,
			say:  "user dev may not list endpointslices in namespace team",
			hint: "Ask whoever runs the cluster for the right to list endpointslices in namespace team: `culvert access TARGET -n team` prints the Role for it.",
			raw:  `status 403: endpointslices is forbidden: User "dev" cannot list resource "endpointslices" in API group "" in the namespace "team"`,
		},
		{
			name:   "403 for namespaces",
			action: listOf(namespacesResource, ""), err: forbids("list", "namespaces"), cause: forbidden, permanent: true,
			say:  "user dev may not list namespaces",
			hint: "Ask whoever runs the cluster for the right to list namespaces. Until then type the namespace's name.",
			raw:  `status 403: namespaces is forbidden: User "dev" cannot list resource "namespaces" in API group "" in the namespace "team"`,
		},
		{
			name:   "403 for a port-forward",
			action: dialling(), err: forbids("create", "pods/portforward"), cause: forbidden, permanent: true,
			say:  "user dev may not create pods/portforward of pod web-1 in namespace team",
			hint: "Ask whoever runs the cluster for the right to create pods/portforward in namespace team: `culvert access TARGET -n team` prints the Role for it.",
			raw:  `status 403: pods/portforward is forbidden: User "dev" cannot create resource "pods/portforward" in API group "" in the namespace "team"`,
		},
		{
			name:   "403 for a node",
			action: action{op: "dial pod/web-1", verb: "create", resource: "nodes/proxy"}, err: forbids("create", "nodes/proxy"), cause: forbidden, permanent: true,
			say:  "user dev may not create nodes/proxy",
			hint: "Ask whoever runs the cluster for the right to create nodes/proxy: `culvert access TARGET --via node` prints the Role for it.",
			raw:  `status 403: nodes/proxy is forbidden: User "dev" cannot create resource "nodes/proxy" in API group "" in the namespace "team"`,
		},
		{
			name:   "an admission webhook denies",
			action: dialling(), err: statusOf(403, "Forbidden", `admission webhook "guard.corp.test" denied the request: no forwards on Fridays`), cause: forbidden, permanent: true,
			say:  `a policy of the cluster refuses it: admission webhook "guard.corp.test" denied the request: no forwards on Fridays`,
			hint: "Ask whoever runs the cluster about this policy.",
			raw:  `status 403: admission webhook "guard.corp.test" denied the request: no forwards on Fridays`,
		},
		{
			name:   "an admission webhook denies with 400",
			action: dialling(), err: dialled(tunnels.ViaSPDY, false, &portforward.StatusError{Code: 400, Message: `admission webhook "guard.corp.test" denied the request: no forwards on Fridays`}), cause: forbidden, permanent: true,
			say:  `a policy of the cluster refuses it: admission webhook "guard.corp.test" denied the request: no forwards on Fridays`,
			hint: "Ask whoever runs the cluster about this policy.",
			raw:  `status 400: admission webhook "guard.corp.test" denied the request: no forwards on Fridays`,
		},
		{
			name:   "an admission policy denies",
			action: dialling(), err: statusOf(403, "Forbidden", `pods "web-1" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`), cause: forbidden, permanent: true,
			say:  `a policy of the cluster refuses it: pods "web-1" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
			hint: "Ask whoever runs the cluster about this policy.",
			raw:  `status 403: pods "web-1" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
		},
		{
			name:   "an admission webhook is silent",
			action: dialling(), err: statusOf(500, "InternalError", `Internal error occurred: failed calling webhook "guard.corp.test": failed to call webhook: Post "https://guard.corp.svc:443/v?timeout=10s": context deadline exceeded`), cause: unreachable,
			say:  "the cluster could not decide whether this is allowed: what it asks about that does not answer",
			hint: "Culvert tries again by itself; tell whoever runs the cluster if it lasts.",
			raw:  `status 500: Internal error occurred: failed calling webhook "guard.corp.test": failed to call webhook: Post "https://guard.corp.svc:443/v?timeout=10s": context deadline exceeded`,
		},
		{
			name:   "an authorizer is silent",
			action: listOf(podsResource, ""), err: statusOf(403, "Forbidden", `pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "team": Post "https://authz.test/check": context deadline exceeded`), cause: unreachable,
			say:  "the cluster could not decide whether this is allowed: what it asks about that does not answer",
			hint: "Culvert tries again by itself; tell whoever runs the cluster if it lasts.",
			raw:  `status 403: pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "team": Post "https://authz.test/check": context deadline exceeded`,
		},
		{
			name:   "a group that only OpenShift has",
			action: listOf(deploymentConfigsResource, "web"), err: answered(404, "text/plain", "404 page not found\n"), cause: protocol, permanent: true,
			say:  "this cluster has no deploymentconfigs: it is no OpenShift",
			hint: "Use deploy/web, or check the context.",
			raw:  "status 404: 404 page not found",
		},
		{
			name:   "a group that only OpenShift has, for a list",
			action: listOf(deploymentConfigsResource, ""), err: answered(404, "text/plain", "404 page not found\n"), cause: protocol, permanent: true,
			say:  "this cluster has no deploymentconfigs: it is no OpenShift",
			hint: "Use deploy/NAME, or check the context.",
			raw:  "status 404: 404 page not found",
		},
		{
			name:   "a kind that OpenShift lacks",
			action: listOf(deploymentConfigsResource, "web"), err: statusOf(404, "NotFound", "the server could not find the requested resource"), cause: protocol, permanent: true,
			say:  "this cluster has no deploymentconfigs: it is no OpenShift",
			hint: "Use deploy/web, or check the context.",
			raw:  "status 404: the server could not find the requested resource",
		},
		{
			name:   "a deployment config that is not there",
			action: action{op: "look for dc/web", verb: "get", resource: "deploymentconfigs", group: "apps.openshift.io", namespace: "team", name: "web"}, err: statusOf(404, "NotFound", `deploymentconfigs.apps.openshift.io "web" not found`), cause: notFound,
			say:  "namespace team has no deploymentconfig web",
			hint: "It is used as soon as it is there; check its name and namespace.",
			raw:  `status 404: deploymentconfigs.apps.openshift.io "web" not found`,
		},
		{
			name:   "OpenShift's part is away",
			action: listOf(deploymentConfigsResource, "web"), err: statusOf(503, "ServiceUnavailable", "the server is currently unable to handle the request"), cause: unreachable,
			say:  "the part of the API server that serves deploymentconfigs (apps.openshift.io) is not available",
			hint: "Culvert tries again by itself; whoever runs the cluster sees more with `oc get apiservices`.",
			raw:  "status 503: the server is currently unable to handle the request",
		},
		{
			name:   "a group that an old server lacks",
			action: listOf(endpointSlicesResource, ""), err: answered(404, "text/plain", "404 page not found\n"), cause: protocol, permanent: true,
			say:  "https://api.test does not know endpointslices: status 404: 404 page not found",
			hint: "Check that the server's URL in the kubeconfig is that of a Kubernetes API server.",
		},
		{
			name:   "a pod that is not there",
			action: dialling(), err: statusOf(404, "NotFound", `pods "web-1" not found`), cause: notFound,
			say:  "namespace team has no pod web-1",
			hint: "It is used as soon as it is there; check its name and namespace.",
			raw:  `status 404: pods "web-1" not found`,
		},
		{
			name: "429",
			err:  answered(429, "text/plain", "slow down"), cause: unreachable,
			say:  "the API server is busy or not ready: status 429: slow down",
			hint: "Culvert tries again by itself.",
		},
		{
			name:   "503",
			action: listOf(podsResource, ""), err: answered(503, "text/plain", ""), cause: unreachable,
			say:  "the API server is busy or not ready: status 503 Service Unavailable",
			hint: "Culvert tries again by itself.",
		},
		{
			name:   "no node answers",
			action: dialling(), err: statusOf(500, "InternalError", "error dialing backend: dial tcp 10.0.0.7:10250: i/o timeout"), cause: unreachable,
			say:  "the API server cannot reach the pod's node: error dialing backend: dial tcp 10.0.0.7:10250: i/o timeout",
			hint: "Culvert tries again by itself; look at the node if it lasts.",
			raw:  "status 500: error dialing backend: dial tcp 10.0.0.7:10250: i/o timeout",
		},
		{
			name:   "unscheduled",
			action: dialling(), err: statusOf(400, "BadRequest", "pod web-1 does not have a host assigned"), cause: tunnels.CausePodNotReady,
			say:  "pod web-1 is not scheduled to a node yet",
			hint: "It is used as soon as it runs.",
			raw:  "status 400: pod web-1 does not have a host assigned",
		},
		{
			name: "500",
			err:  statusOf(500, "InternalError", "etcd is away"), cause: unreachable,
			say:  "the API server has an error of its own: status 500: etcd is away",
			hint: "Culvert tries again by itself.",
		},
		{
			name: "410",
			err:  statusOf(410, "Expired", "too old resource version"),
			say:  "status 410: too old resource version",
			hint: "Culvert reads everything anew by itself.",
		},
		{
			name: "418",
			err:  answered(418, "text/plain", "teapot"), cause: protocol,
			say:  "the API server refuses the request: status 418: teapot",
			hint: "Check that the server's URL in the kubeconfig is that of a Kubernetes API server.",
		},
		{
			name: "too much",
			err:  &excessError{what: "a list of more than 1 MiB"}, cause: protocol, permanent: true,
			say:  "https://api.test sends a list of more than 1 MiB",
			hint: "Check that the server's URL in the kubeconfig is that of a Kubernetes API server, and tell whoever runs it.",
			raw:  "the server sends a list of more than 1 MiB",
		},

		// TLS.
		{
			name: "self-signed",
			err:  x509.UnknownAuthorityError{Cert: certificate("kube", "kube")}, cause: untrusted, permanent: true,
			say:  "the certificate of https://api.test is self-signed and not trusted",
			hint: "`culvert login --server https://api.test --token-stdin` shows the certificate's fingerprint: compare it with whoever runs the cluster before you trust it.",
			raw:  "x509: certificate signed by unknown authority",
		},
		{
			name: "unknown authority",
			err:  &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{Cert: certificate("kube", "corp proxy")}}, cause: untrusted, permanent: true,
			say:  `the certificate of https://api.test is signed by "corp proxy", an authority that is not trusted`,
			hint: "Put that authority, the cluster's own or that of a proxy that opens TLS, into certificate-authority-data of the kubeconfig. `culvert login --server https://api.test --token-stdin` shows the certificate's fingerprint.",
			raw:  "tls: failed to verify certificate: x509: certificate signed by unknown authority",
		},
		{
			name:   "another authority than the kubeconfig's",
			change: func(cl *cluster) { cl.rest.CAData = []byte("x") },
			err:    x509.UnknownAuthorityError{Cert: certificate("kube", "corp\x1b proxy")}, cause: untrusted, permanent: true,
			say:  `the certificate of https://api.test is signed by "corp proxy", an authority that is not the one in the kubeconfig`,
			hint: "A proxy on the way may open TLS, or the cluster was made anew: ask for a new kubeconfig. `culvert login --server https://api.test --token-stdin` shows the certificate's fingerprint.",
			raw:  "x509: certificate signed by unknown authority",
		},
		{
			name: "another name",
			err:  x509.HostnameError{Certificate: certificate("x", "y"), Host: "api.test"}, cause: untrusted, permanent: true,
			say:  "the certificate of https://api.test is for another name: x509: certificate is valid for other.test, not api.test",
			hint: "Use a name that the certificate has as the server in the kubeconfig, or set tls-server-name to it.",
		},
		{
			name: "expired",
			err:  x509.CertificateInvalidError{Cert: certificate("x", "y"), Reason: x509.Expired, Detail: "current time is after"}, cause: untrusted, permanent: true,
			say:  "the certificate of https://api.test expired on 2021-01-02",
			hint: "Whoever runs the cluster has to renew it; check this machine's clock too.",
			raw:  "x509: certificate has expired or is not yet valid: current time is after",
		},
		{
			name: "not yet valid",
			err:  x509.CertificateInvalidError{Cert: later, Reason: x509.Expired, Detail: "current time is before"}, cause: untrusted, permanent: true,
			say:  "the certificate of https://api.test is valid only from 2222-01-02 03:04:05 on",
			hint: "Check this machine's clock.",
			raw:  "x509: certificate has expired or is not yet valid: current time is before",
		},
		{
			name: "no TLS",
			err:  tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, cause: untrusted, permanent: true,
			say:  "https://api.test does not speak TLS",
			hint: "Check port and scheme of the server's URL in the kubeconfig.",
			raw:  "tls: first record does not look like a TLS handshake",
		},
		{
			name: "client certificate refused",
			err:  errors.New("remote error: tls: bad certificate"), cause: needsSignIn, permanent: true,
			say:  "https://api.test refuses the client certificate of context c: remote error: tls: bad certificate",
			hint: "Get a new kubeconfig from whoever runs the cluster.",
		},

		// The way there.
		{
			name: "no such name",
			err:  opError("dial", &net.DNSError{Err: "no such host", Name: "api.test", Server: "10.0.0.53:53", IsNotFound: true}), cause: unreachable,
			say:  "the name api.test cannot be found",
			hint: "Check the network or VPN, and the server's URL in the kubeconfig.",
			raw:  "dial tcp: lookup api.test on 10.0.0.53:53: no such host",
		},
		{
			name: "no name server",
			err:  opError("dial", &net.DNSError{Err: "i/o timeout", Name: "api.test", Server: "10.0.0.53:53", IsTimeout: true}), cause: unreachable,
			say:  "the name server does not answer for api.test",
			hint: "Check the network or VPN.",
			raw:  "dial tcp: lookup api.test on 10.0.0.53:53: i/o timeout",
		},
		{
			name: "refused",
			err:  syscallError(syscall.ECONNREFUSED), cause: unreachable,
			say:  "nothing answers at https://api.test: connection refused",
			hint: "Check that the cluster runs, and the server's URL in the kubeconfig.",
			raw:  "dial tcp: connect: connection refused",
		},
		{
			name: "no route",
			err:  syscallError(syscall.EHOSTUNREACH), cause: unreachable,
			say:  "there is no way to https://api.test from here",
			hint: "Check the network or VPN.",
			raw:  "dial tcp: connect: no route to host",
		},
		{
			name: "silence",
			err:  context.DeadlineExceeded, cause: unreachable,
			say:  "https://api.test does not answer in time",
			hint: "Check the network or VPN, and that the cluster runs.",
			raw:  "context deadline exceeded",
		},
		{
			name: "reset",
			err:  opError("read", os.NewSyscallError("read", syscall.ECONNRESET)), cause: unreachable,
			say:  "https://api.test closed the connection: read tcp: read: connection reset by peer",
			hint: "Culvert tries again by itself.",
		},
		{
			name: "end",
			err:  io.ErrUnexpectedEOF, cause: unreachable,
			say:  "https://api.test closed the connection: unexpected EOF",
			hint: "Culvert tries again by itself.",
		},
		{
			name: "other network error",
			err:  opError("dial", errors.New("odd")), cause: unreachable,
			say:  "https://api.test cannot be reached: odd",
			hint: "Check the network or VPN.",
			raw:  "dial tcp: odd",
		},
		{
			name: "proxy away",
			err:  opError("proxyconnect", os.NewSyscallError("connect", syscall.ECONNREFUSED)), cause: unreachable,
			say:  "the proxy on the way to https://api.test cannot be reached: connect: connection refused",
			hint: "Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY.",
			raw:  "proxyconnect tcp: connect: connection refused",
		},
		{
			name: "proxy wants a password",
			err:  &proxyError{"http://proxy.test:3128", 407}, cause: unreachable,
			say:  "proxy http://proxy.test:3128 answers 407 Proxy Authentication Required",
			hint: "The proxy wants a user and password: put them into proxy-url or HTTPS_PROXY.",
		},
		{
			name: "proxy refuses",
			err:  dialled(tunnels.ViaSPDY, false, &portforward.ProxyError{Proxy: "proxy.test:3128", Code: 503}), cause: unreachable,
			say:  "proxy proxy.test:3128 answers 503 Service Unavailable",
			hint: "Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY.",
		},

		// Credentials.
		{
			name:   "plugin missing",
			change: exec, err: getting(`exec: executable aws not found`), cause: needsSignIn, permanent: true,
			say:  "the credential plugin `aws` is not on PATH",
			hint: "Install it, or say where it is: `culvert contexts locate aws /path/to/aws`.",
			raw:  "getting credentials: exec: executable aws not found",
		},
		{
			name:   "plugin asks",
			change: exec, err: getting(`exec plugin cannot support interactive mode: stdin is unavailable`), cause: needsSignIn, permanent: true,
			say:  "the credential plugin `aws` wants to ask questions in a terminal",
			hint: "Sign in with it in a terminal, or set its interactiveMode to IfAvailable in the kubeconfig.",
			raw:  "getting credentials: exec plugin cannot support interactive mode: stdin is unavailable",
		},
		{
			name:   "plugin fails",
			change: exec, err: getting("exec: executable aws failed with exit code 1"), cause: needsSignIn, permanent: true,
			say:  "the credential plugin `aws` failed: it ended with exit code 1",
			hint: "Run `kubectl --context c version` in a terminal to see what it says.",
			raw:  "getting credentials: exec: executable aws failed with exit code 1",
		},
		{
			name:   "plugin tells a token",
			change: exec, err: getting("decoding stdout: invalid: {\"token\": \"k8s-aws-v1.abcdef\"}"), cause: needsSignIn, permanent: true,
			say:  "the credential plugin `aws` failed: its answer is no ExecCredential",
			hint: "Run `kubectl --context c version` in a terminal to see what it says.",
		},
		{
			name:   "plugin hangs",
			change: exec, err: errPluginHangs, cause: needsSignIn, permanent: true,
			say:  "the credential plugin `aws` does not answer",
			hint: "Run `kubectl --context c version` in a terminal to see what it waits for.",
			raw:  "the credential plugin did not answer within a minute",
		},
		{
			name:   "OIDC is over",
			change: oidc, err: errors.New("failed to refresh token: oauth2: cannot fetch token: 400 Bad Request"), cause: needsSignIn, permanent: true,
			say:  "the sign-in for context c cannot be renewed: failed to refresh token: oauth2: cannot fetch token: 400 Bad Request",
			hint: "Sign in again with the tool that made the kubeconfig.",
		},
		{
			name:   "OIDC is silent",
			change: oidc, err: errPluginHangs, cause: needsSignIn, permanent: true,
			say:  "the sign-in for context c cannot be renewed: its provider does not answer",
			hint: "Check the network or VPN, or sign in again with the tool that made the kubeconfig.",
			raw:  "the credential plugin did not answer within a minute",
		},
		{
			name: "token file",
			err:  &portforward.CredentialsError{Err: errors.New("open /run/token: no such file or directory")}, cause: needsSignIn, permanent: true,
			say:  "the credentials of context c cannot be had: open /run/token: no such file or directory",
			hint: "Correct its user entry in the kubeconfig.",
			raw:  "get credentials: open /run/token: no such file or directory",
		},

		// The session.
		{
			name:   "no SPDY",
			action: dialling(), err: dialled(tunnels.ViaSPDY, false, &portforward.ProtocolError{Want: "SPDY/3.1", Upgrade: "h2c"}), cause: protocol,
			say:  `https://api.test does not switch to SPDY: the API server switched to "h2c" with "", not to SPDY/3.1`,
			hint: "Look for a proxy or load balancer on the way that lets no upgrades through.",
		},
		{
			name:   "no SPDY, chosen",
			action: dialling(), err: dialled(tunnels.ViaSPDY, true, &portforward.StatusError{Code: 400, Message: "no"}), cause: protocol, permanent: true,
			say:  "https://api.test does not switch to SPDY: status 400: no",
			hint: "A proxy or load balancer on the way may not let SPDY through: use the transport websocket, or auto.",
		},
		{
			name:   "no WebSocket",
			action: dialling(), err: dialled(tunnels.ViaWebSocket, true, &portforward.StatusError{Code: 400, Message: "no"}), cause: protocol, permanent: true,
			say:  "https://api.test has no WebSocket tunnel for port-forwards: status 400: no",
			hint: "The tunnel needs Kubernetes 1.31 or newer. Use the transport spdy, or auto.",
		},
		{
			name:   "pod left the node",
			action: dialling(), err: nodeError(portforward.NodePodMissing, 404, "pod not found"), cause: notFound,
			say:  "node n1 does not run this pod web-1 any more",
			hint: "The pod that takes its place is used as soon as it is there.",
			raw:  "node n1 does not have the pod: the API server answered 404 Not Found: pod not found",
		},
		{
			name:   "no such node",
			action: dialling(), err: nodeError(portforward.NodeUnknown, 404, `nodes "n1" not found`), cause: notFound,
			say:  "the cluster has no node n1",
			hint: "The pod that takes its place is used as soon as it is there.",
			raw:  `the cluster has no node n1: the API server answered 404 Not Found: nodes "n1" not found`,
		},
		{
			name:   "handlers off",
			action: dialling(), err: nodeError(portforward.NodeHandlersOff, 405, "Debug endpoints are disabled."), cause: protocol, permanent: true,
			say:  "node n1 forwards no ports: the API server answered 405 Method Not Allowed: Debug endpoints are disabled.",
			hint: "Its kubelet has enableDebuggingHandlers switched off; whoever runs the cluster can switch it on, or move the pod to another node.",
			raw:  "node n1 has its debugging handlers switched off: the API server answered 405 Method Not Allowed: Debug endpoints are disabled.",
		},
		{
			name:   "no node route",
			action: dialling(), err: nodeError(portforward.NodeRouteMissing, 404, ""), cause: protocol, permanent: true,
			say:  "the API server has no proxy to node n1: the API server answered 404 Not Found",
			hint: "Use the transport spdy, websocket or auto.",
		},
		{
			name: "too many sessions",
			err:  &limitError{"128 sessions are open already", "Stop some."},
			say:  "128 sessions are open already",
			hint: "Stop some.",
		},

		// The rest.
		{
			name: "cancelled",
			err:  context.Canceled,
			say:  "it was cancelled",
			raw:  "context canceled",
		},
		{
			name: "unknown",
			err:  errors.New("something\x1b[31m new"),
			say:  "something[31m new",
			hint: "Culvert tries again by itself.",
		},
	}
}

// TestTranslator has a row for each class of errors: what becomes of it in
// words, what to do, and what was said at first.
func TestTranslator(t *testing.T) {
	for _, tt := range translations() {
		t.Run(tt.name, func(t *testing.T) {
			cl := &cluster{
				context: Context{Name: "c", Server: "https://api.test", Namespace: "team", Current: true},
				rest:    &rest.Config{}, base: &url.URL{Scheme: "https", Host: "api.test"},
			}
			if tt.change != nil {
				tt.change(cl)
			}
			e := cl.explain(tt.action, tt.err)
			if e.Cause != tt.cause || e.Permanent != tt.permanent || e.Op != tt.action.op {
				t.Errorf("cause %d, permanent %v, operation %q", e.Cause, e.Permanent, e.Op)
			}
			if e.Err.Error() != tt.say || e.Hint != tt.hint || e.Raw != tt.raw {
				t.Errorf("\nsay %q\nhint %q\nraw %q", e.Err, e.Hint, e.Raw)
			}
			for what, s := range map[string]string{"sentence": e.Err.Error(), "hint": e.Hint, "raw text": e.Raw} {
				checkShown(t, what, s, mostMessage)
			}
		})
	}
}
