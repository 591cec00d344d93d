// Package resolving is one table of what targets mean to Culvert in a namespace
// that holds what the file targets.yaml of package e2e describes. It runs against
// package kubetest and against a real cluster alike. Only tests import it.
package resolving

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/kube"
	"culvert/tunnels"
)

// patience bounds every row of the table.
const patience = 30 * time.Second

// Cluster is what the table runs against.
type Cluster struct {
	Clusters  *kube.Clusters
	Context   string
	Namespace string
	// Pod is the pod by itself that runs the workload of package
	// kube/kubetest/demopod, and ReplicaSet the one of the deployment web.
	Pod, ReplicaSet string
}

// row is one target with the ports that are asked for.
type row struct {
	name   string
	target string // POD and SET stand for the cluster's own names
	ports  string // as ParsePort reads them, separated by blanks

	ready  int    // pods that can be forwarded to
	all    int    // pods
	pods   string // that each pod's name begins with one of these; separated by blanks
	number uint16 // of the first port in the first ready pod, which has to answer there

	locals  string // "http=80", separated by blanks
	reason  string // a part of the reason for that there are no pods
	trouble string // a part of the reason of the first pod
	err     string // a part of the error, or of that of the first port in the first pod
	hint    string // a part of its hint
	cause   tunnels.Cause
	check   func(t *testing.T, found tunnels.Resolution)
}

func rows() []row {
	return []row{
		{name: "a pod", target: "pod/POD", ports: "9001 http", ready: 1, all: 1, number: 9001, locals: "http=9006"},
		{name: "a pod that is not there", target: "pod/absent", ports: "80", err: "has no pod of this name", cause: tunnels.CauseNotFound},
		{name: "a port that no pod declares", target: "pod/POD", ports: "nosuch", ready: 1, all: 1, err: "declares no port of this name, but 9001 (echo), 9006 (http)", hint: "one of these names"},

		{name: "a service by number", target: "svc/web", ports: "7", ready: 2, all: 2, pods: "web-", number: 9001},
		{name: "a service by name", target: "svc/web", ports: "http echo", ready: 2, all: 2, pods: "web-", number: 9006, locals: "http=80 echo=7"},
		{name: "a target port instead of the service's", target: "svc/web", ports: "9001", err: "no such port, but 80 (http), 7 (echo)", hint: "Use 7:", cause: tunnels.CauseInvalid},
		{name: "a port that a service lacks", target: "svc/web", ports: "443", err: "no such port, but 80 (http), 7 (echo)", cause: tunnels.CauseInvalid},
		{name: "one good port and one bad one", target: "svc/web", ports: "7 443", ready: 2, all: 2, number: 9001},
		{name: "a headless service", target: "svc/headless", ports: "9006", ready: 2, all: 2, number: 9006},
		{name: "another number of a headless service", target: "svc/headless", ports: "9001", ready: 2, all: 2, number: 9001},
		{name: "a name with a number in each pod", target: "svc/mixed", ports: "http", ready: 2, all: 2, pods: "mixed-", locals: "http=80", check: mixed},
		{name: "a service whose pods are not ready", target: "svc/unready", ports: "80", all: 1, trouble: "Image"},
		{name: "pods that are published but do not run", target: "svc/published", ports: "80", all: 1, trouble: "Image"},
		{name: "a service without pods", target: "svc/nobody", ports: "80", reason: "no pods have the labels app=nobody"},
		{name: "a UDP port", target: "svc/outside", ports: "5432", err: "the service has it for UDP", hint: "TCP", cause: tunnels.CauseInvalid},
		{name: "a service without a selector", target: "svc/elsewhere", ports: "5432", err: "its endpoints are no pods: 192.0.2.2", hint: "needs a pod", cause: tunnels.CauseInvalid},
		{name: "an external name", target: "svc/alias", ports: "5432", err: "only another name for db.example.com", cause: tunnels.CauseInvalid},
		{name: "a service that is not there", target: "svc/webb", ports: "80", err: "has no service of this name", hint: "web", cause: tunnels.CauseNotFound},

		{name: "a deployment", target: "deploy/web", ports: "http 9001", ready: 2, all: 2, pods: "web-", number: 9006, locals: "http=9006"},
		{name: "a replica set", target: "rs/SET", ports: "9001", ready: 2, all: 2, pods: "SET-", number: 9001},
		{name: "a stateful set", target: "sts/db", ports: "9001", ready: 2, all: 2, pods: "db-0 db-1", number: 9001, check: ordinals},
		{name: "one pod of a stateful set", target: "sts/db-1", ports: "9001", ready: 1, all: 1, pods: "db-1", number: 9001},
		{name: "a number that a stateful set lacks", target: "sts/db-7", ports: "9001"},
		{name: "a daemon set", target: "ds/agent", ports: "9001", ready: 1, all: 1, pods: "agent-", number: 9001},
		{name: "a replication controller", target: "rc/old", ports: "9001", ready: 1, all: 1, pods: "old-", number: 9001},
		{name: "a job", target: "job/sum", ports: "9001", ready: 1, all: 1, pods: "sum-", number: 9001},
		{name: "an indexed job", target: "job/indexed", ports: "9001", ready: 2, all: 2, pods: "indexed-", number: 9001, check: ordinals},
		{name: "a job that is over", target: "job/ended", ports: "9001", all: 1, trouble: "Succeeded"},
		{name: "a suspended cron job", target: "cronjob/nightly", ports: "9001", reason: "suspended"},
		{name: "a deployment config", target: "dc/dc", ports: "9001", ready: 1, all: 1, pods: "dc-1-", number: 9001},
		{name: "a workload that is not there", target: "deploy/absent", ports: "80", err: "has no deployment of this name", cause: tunnels.CauseNotFound},

		{name: "a selector", target: "selector/app=web", ports: "http", ready: 2, all: 2, pods: "web-", number: 9006, locals: "http=9006"},
		{name: "a selector with a set", target: "selector/app in (db,agent),!nosuch", ports: "9001", ready: 3, all: 3, pods: "db- agent-", number: 9001},
		{name: "a selector that selects none", target: "selector/app=absent", ports: "80", reason: "no pods have the labels app=absent"},
	}
}

// mixed: the pods of one service have different numbers for its port.
func mixed(t *testing.T, found tunnels.Resolution) {
	for _, e := range found.Endpoints {
		want := map[string]uint16{"mixed-a": 9006, "mixed-b": 9001}[e.Pod]
		if got := e.Ports[tunnels.Port{Name: "http"}].Number; got != want {
			t.Errorf("http is %d in %s, not %d", got, e.Pod, want)
		}
	}
}

func ordinals(t *testing.T, found tunnels.Resolution) {
	var got []int
	for _, e := range found.Endpoints {
		got = append(got, e.Ordinal)
	}
	slices.Sort(got)
	if !slices.Equal(got, []int{0, 1}) {
		t.Errorf("the pods have the numbers %v", got)
	}
}

// Run checks every row in a subtest of its own.
func Run(t *testing.T, c Cluster) {
	t.Helper()
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) { r.run(t, c) })
	}
}

func (r row) run(t *testing.T, c Cluster) {
	names := strings.NewReplacer("POD", c.Pod, "SET", c.ReplicaSet)
	target, err := tunnels.ParseTarget(names.Replace(r.target))
	if err != nil {
		t.Fatal(err)
	}
	target.Context, target.Namespace = c.Context, c.Namespace
	var ports []tunnels.Port
	for _, s := range strings.Fields(r.ports) {
		p, err := tunnels.ParsePort(s)
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, p)
	}
	r.pods = names.Replace(r.pods)
	found := await(t, c, target, ports, func(found tunnels.Resolution, err error) string { return r.differs(found, err, ports[0]) })
	if r.check != nil {
		r.check(t, found)
	}
	if r.number == 0 {
		return
	}
	for _, e := range found.Endpoints {
		if !e.Ready {
			continue
		}
		if e.Context != c.Context || e.Namespace != c.Namespace || e.UID == "" || e.Node == "" || e.Reason != "" || e.Created.IsZero() || e.Since.IsZero() {
			t.Errorf("the endpoint is %+v", e)
		}
		if err := answers(t, c.Clusters, e, e.Ports[ports[0]].Number); err != nil {
			t.Errorf("%s: %v", e.Pod, err)
		}
	}
}

// await returns what a target means once it differs in nothing, as told by a
// function that returns in what it does.
func await(t *testing.T, c Cluster, target tunnels.Target, ports []tunnels.Port, differs func(tunnels.Resolution, error) string) tunnels.Resolution {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var last, good tunnels.Resolution
	how, ok := "nothing was said", false
	err := c.Clusters.Watch(ctx, target, ports, func(found tunnels.Resolution, err error) {
		last, how = found, differs(found, err)
		if how == "" && !ok {
			good, ok = found, true
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		t.Fatalf("%s: %s; the last is %+v", target, how, last)
	}
	return good
}

// differs returns in what a resolution is not as the row has it.
func (r row) differs(found tunnels.Resolution, err error, first tunnels.Port) string {
	ready := 0
	var e *tunnels.Error
	for _, p := range found.Endpoints {
		if p.Ready {
			ready++
		}
		if !beginsWithOne(p.Pod, strings.Fields(r.pods)) {
			return "there is the pod " + p.Pod
		}
		if e == nil {
			e = p.Ports[first].Err
		}
		if n := p.Ports[first].Number; r.number != 0 && n != r.number {
			return fmt.Sprintf("%s is %d in %s", first, n, p.Pod)
		}
	}
	if err != nil {
		e = tunnels.AsError(err)
		if e.Cause != r.cause {
			return fmt.Sprintf("the error is of cause %d: %v", e.Cause, e)
		}
	}
	switch {
	case r.err == "" && err != nil:
		return err.Error()
	case r.err != "" && (e == nil || !strings.Contains(e.Error(), r.err) || !strings.Contains(e.Hint, r.hint) || e.Hint == ""):
		return fmt.Sprintf("the error is %v (%+v)", e, e)
	case ready != r.ready || len(found.Endpoints) != r.all:
		return fmt.Sprintf("%d of %d pods are ready", ready, len(found.Endpoints))
	case !strings.Contains(found.Reason, r.reason) || r.reason == "" && found.Reason != "" && r.trouble == "":
		return "the reason is " + found.Reason
	case r.trouble != "" && !strings.Contains(found.Endpoints[0].Reason, r.trouble):
		return "the pod's trouble is " + found.Endpoints[0].Reason
	}
	return differentLocals(found.Locals, r.locals)
}

func beginsWithOne(name string, prefixes []string) bool {
	return len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

func differentLocals(got map[tunnels.Port]uint16, want string) string {
	var texts []string
	for p, n := range got {
		texts = append(texts, fmt.Sprintf("%s=%d", p, n))
	}
	wanted := strings.Fields(want)
	slices.Sort(texts)
	slices.Sort(wanted)
	if slices.Equal(texts, wanted) {
		return ""
	}
	return fmt.Sprintf("the local ports are %v", texts)
}

// answers forwards to a port of a pod and says whether a demo pod serves there.
func answers(t *testing.T, c *kube.Clusters, e tunnels.Endpoint, port uint16) error {
	t.Helper()
	session, err := c.Dial(t.Context(), e, tunnels.ViaAuto)
	if err != nil {
		return err
	}
	defer session.Close(nil)
	stream, err := session.Open(t.Context(), port)
	if err != nil {
		return err
	}
	defer stream.Close()
	const request = "GET / HTTP/1.0\r\n\r\n"
	if _, err := io.WriteString(stream, request); err != nil {
		return err
	}
	const echo = 9001
	want := "HTTP/1."
	if port == echo {
		want = request
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(stream, got); err != nil {
		return err
	}
	if string(got) != want {
		return fmt.Errorf("port %d answers %q", port, got)
	}
	return nil
}
