package e2e

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// dropInManifest is one of each kind that kubectl forwards to.
const dropInManifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NAMESPACE}
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: POD_SPEC}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: NAMESPACE}
spec: {replicas: 1, serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: POD_SPEC}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: set, namespace: NAMESPACE}
spec: {replicas: 1, selector: {matchLabels: {app: set}}, template: {metadata: {labels: {app: set}}, spec: POD_SPEC}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: NAMESPACE}
spec:
  selector: {app: web}
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: echo, port: 7, targetPort: 9001}
  - {name: banner, port: 9005}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: NAMESPACE}
spec:
  clusterIP: None
  selector: {app: db}
  ports: [{name: http, port: 9006}]
`

// dropInForm is a command line whose output is compared, and how many addresses it is to
// tell.
type dropInForm struct {
	addresses int
	args      string
}

// dropInForms are those for the demo pod.
func dropInForms() []dropInForm {
	return []dropInForm{
		{2, "podsrv 9006"},
		{2, "pod/podsrv 19006:9006"},
		{2, "pods/podsrv :9006"},
		{2, "po/podsrv 0:9006"},
		{2, "podsrv http"},
		{2, "podsrv :http"},
		{2, "podsrv 0:http"},
		{2, "podsrv 19006:http"},
		{4, "podsrv echo http"},
		{6, "podsrv 9006 :9001 19005:9005"},
		{8, "podsrv :9005 9001 :9006 19006:http"},
		{2, "svc/podsrv 80"},
		{2, "service/podsrv 18080:80"},
		{2, "services/podsrv :81"},
		{2, "svc/podsrv http"},
		{4, "svc/podsrv 18080:http :echo"},

		{2, "--address localhost podsrv 9006"},
		{1, "--address 127.0.0.1 podsrv :9006"},
		{1, "--address ::1 podsrv 19006:9006"},
		{1, "--address 0.0.0.0 podsrv :9006"},
		{1, "--address :: podsrv :9006"},
		{2, "--address 0.0.0.0,:: podsrv 9006"},
		{4, "--address 127.0.0.1,::1 podsrv :9006 :9001"},
		{4, "--address ::1,127.0.0.1 podsrv 9006 9001"},
		{3, "--address ::1,127.0.0.3,127.0.0.2 podsrv :9006"},
		{2, "--address 127.0.0.2 --address ::1 podsrv 19006:9006"},
		{3, "--address localhost,127.0.0.2 podsrv 9006"},
		{6, "--address 127.0.0.2,localhost podsrv :9006 :9001"},
		{2, "--address localhost,localhost podsrv :9006"},
		{2, "--address 127.0.0.1,localhost podsrv :9006"},
		{2, "--address localhost,0.0.0.0 podsrv 19006:9006"},
		{1, "--address 0:0:0:0:0:0:0:1 podsrv :9006"},
		{1, "podsrv --address=127.0.0.1 :9006"},

		{2, "--pod-running-timeout=30s podsrv :9006"},
		{2, "podsrv --pod_running_timeout 30s :9006"},
		{2, "-n default podsrv :9006"},
		{2, "-ndefault podsrv :9006"},
		{2, "--namespace=default podsrv :9006"},
		{2, "-v=0 podsrv :9006"},
		{2, "-v 1 podsrv :9006"},
		{2, "--disable-compression podsrv :9006"},
		{2, "--request-timeout=20s podsrv :9006"},
		{2, "--as=admin --as-group=system:masters podsrv :9006"},
		{2, "--insecure-skip-tls-verify podsrv :9006"},
		{2, "--cache-dir=/dev/null/none podsrv :9006"},
		{2, "--warnings-as-errors podsrv :9006"},
	}
}

// dropInKinds are those for what dropInManifest has.
func dropInKinds() []dropInForm {
	return []dropInForm{
		{2, "deploy/web 9006"},
		{2, "deployment/web :http"},
		{4, "deployments.apps/web 19006:http :echo"},
		{2, "deployment.v1.apps/web :9006"},
		{2, "sts/db :9006"},
		{4, "statefulset/db 9006 9001"},
		{2, "rs/set http"},
		{2, "replicasets/set 0:9006"},
		{2, "svc/web 80"},
		{4, "svc/web http :echo"},
		{6, "service/web 18080:80 17:7 :banner"},
		{2, "svc/web 0:http"},
		{2, "svc/web 9005"},
		{2, "svc/headless 9006"},
		{2, "svc/headless :http"},
	}
}

// TestDropIn runs kubectl port-forward and culvert forward on the same command lines,
// with a connection to each address, and wants the same on stdout.
func TestDropIn(t *testing.T) {
	for _, form := range dropInForms() {
		t.Run(form.args, func(t *testing.T) { form.compare(t) })
	}
}

// TestDropInKinds is TestDropIn for what is no pod.
func TestDropInKinds(t *testing.T) {
	if !shared.Real() {
		t.Log("a stand-in for the node runs no pods of controllers")
		return
	}
	namespace := newNamespace(t)
	manifest := strings.NewReplacer("NAMESPACE", namespace, "POD_SPEC", fmt.Sprintf(podSpec, "", real.PodImage())).Replace(dropInManifest)
	if err := shared.Apply(manifest); err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{"deploy/web", "sts/db", "rs/set"} {
		eventually(t, of, func() error {
			_, err := shared.Kubectl("wait", "-n", namespace, of, "--timeout=60s", "--for=jsonpath={.status.readyReplicas}=1")
			return err
		})
	}
	for _, form := range dropInKinds() {
		t.Run(form.args, func(t *testing.T) { form.compare(t, "-n", namespace) })
	}
}

// compare wants the same lines of both programs.
func (f dropInForm) compare(t *testing.T, before ...string) {
	t.Helper()
	args := slices.Concat(before, strings.Fields(f.args))
	kubectl := shared.Command(shared.KubectlPath(), append([]string{"port-forward"}, args...)...)
	kubectl.Env = append(os.Environ(), "KUBECONFIG="+shared.Kubeconfig())
	theirs := f.visit(t, start(t, kubectl))
	ours := f.visit(t, command(t, append([]string{"port-forward"}, args...)...))
	if !slices.Equal(ours, theirs) {
		t.Errorf("kubectl prints\n%s\nand culvert\n%s", strings.Join(theirs, "\n"), strings.Join(ours, "\n"))
	}
}

// visit connects once to each address that a program tells of, ends it and returns its
// lines.
func (f dropInForm) visit(t *testing.T, p *process) []string {
	t.Helper()
	all := told(t, p, f.addresses).bound
	for i, b := range all {
		converse(t, b)
		p.await(t, "that it handles a connection", func(out, _ []string) bool { return len(out) == len(all)+i+1 })
	}
	p.interrupt(t, syscall.SIGINT)
	out, _ := p.lines()
	return withPlaceholders(out, fixedPorts(f.args))
}

// converse uses the port of the demo pod that an address leads to.
func converse(t *testing.T, b boundAddr) {
	t.Helper()
	addr := b.addr
	if addr.Addr().IsUnspecified() {
		loopback := netip.IPv6Loopback()
		if addr.Addr().Is4() {
			loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
		addr = netip.AddrPortFrom(loopback, addr.Port())
	}
	var err error
	switch b.remote {
	case remoteHTTP:
		_, err = page(t, addr)
	case remoteEcho:
		err = echo(dial(t, addr), "hello\n")
	case demopod.PortBanner:
		_, err = io.ReadAll(dial(t, addr))
	default:
		err = fmt.Errorf("%d is no port of the pod's", b.remote)
	}
	if err != nil {
		t.Errorf("%v -> %d: %v", addr, b.remote, err)
	}
}

// fixedPorts are the numbers that a command line has.
func fixedPorts(args string) []string { return regexp.MustCompile(`\d+`).FindAllString(args, -1) }

// withPlaceholders replaces the ports that are listened on and that the command line does
// not have, in the order in which they are told.
func withPlaceholders(lines, fixed []string) []string {
	names := make(map[string]string)
	var out []string
	for _, line := range lines {
		words := strings.Fields(line)
		for i, w := range words {
			port := w
			if i == 2 && words[0] == "Forwarding" {
				_, port, _ = net.SplitHostPort(w)
			} else if words[0] != "Handling" || i != 3 {
				continue
			}
			if _, err := strconv.Atoi(port); err != nil || slices.Contains(fixed, port) {
				continue
			}
			if names[port] == "" {
				names[port] = fmt.Sprintf("RANDOM-%d", len(names)+1)
			}
			words[i] = strings.TrimSuffix(w, port) + names[port]
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

// kubectlFlag is a flag in the help of kubectl, with its default.
var kubectlFlag = regexp.MustCompile(`(?m)^\s+(?:-\w, )?--([a-z-]+)=(.*):$`)

// TestKubectlOptions: forward knows every flag that the real kubectl lists, with a value
// as kubectl has it.
func TestKubectlOptions(t *testing.T) {
	args := []string{"forward"}
	for _, help := range [][]string{{"options"}, {"port-forward", "--help"}} {
		text, err := shared.Kubectl(help...)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range kubectlFlag.FindAllStringSubmatch(text, -1) {
			args = append(args, "--"+m[1]+"="+strings.Trim(m[2], "'[]"))
		}
	}
	if len(args) < 30 {
		t.Fatalf("kubectl lists only %q", args)
	}
	output(t, 0, append(args, "--help")...)
}
