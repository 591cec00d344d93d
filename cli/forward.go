package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"culvert/kube"
	"culvert/tunnels"
)

type forwardFlags struct {
	context, namespace, kubeconfig string
	address                        []string
	via, policy, output            string
	podRunning                     time.Duration
	kubectl                        kubectlFlags
}

func newForward(d Deps) *cobra.Command {
	var f forwardFlags
	cmd := &cobra.Command{
		Use:     "forward TARGET [LOCAL:]REMOTE...",
		Aliases: []string{portForward},
		Short:   "Forward local ports to a service, a workload or a pod, and keep them",
		Long: "Forwards one or more local ports to a target, as `kubectl port-forward` and `oc port-forward` do, and\n" +
			"keeps them: when a pod is replaced or the connection is lost, the ports stay bound and new connections\n" +
			"wait. A target that does not exist or has no ready pod yet is waited for, the first time as long as\n" +
			"--pod-running-timeout says.\n\n" +
			"It takes the flags of kubectl and prints its lines on stdout; all else goes to stderr. These of kubectl's\n" +
			"flags change nothing here: " + listOfFlags(unusedFlags()) + ".\n\n" +
			"TARGET is svc/NAME, deploy/NAME, sts/NAME or one of its pods as sts/NAME-0, ds/NAME, rs/NAME, rc/NAME,\n" +
			"job/NAME, cronjob/NAME (its newest job), dc/NAME on OpenShift, selector/LABELS, or pod/NAME, also as NAME\n" +
			"alone. The longer names of kubectl are understood as well.\n\n" +
			"REMOTE is a number or a name. Of a service both are the service's own ports, and lead to where the service\n" +
			"leads; \"http\" alone listens on the number that the service has for it, or else the pod.\n\n" +
			"Exit status: 0 after SIGINT or SIGTERM, 1 when the pod could not be reached or a port could not\n" +
			"be bound before the first connection to the pod, 2 for a wrong command line.",
		Example: "  culvert forward svc/web 8080:http        # 8080 here to the port that the service calls http\n" +
			"  culvert forward web-1 5000               # 5000 here to 5000 in the pod\n" +
			"  culvert forward deploy/web 6000:5000 8443 # several at once\n" +
			"  culvert forward -n shop sts/db :5432     # a free local port, the same on 127.0.0.1 and [::1]\n" +
			"  culvert forward --policy round-robin selector/app=web 8080 # each connection to the next pod\n" +
			"  culvert forward --via node web-1 5000    # by way of the node, for who has the right to nodes/proxy",
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return errors.New("the target is missing: write it as svc/web, deploy/web or pod/web-1")
			case 1:
				return fmt.Errorf("no port is given for %s: write at least one [LOCAL:]REMOTE, as 6000:5000", args[0])
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			spec, err := f.spec(args)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			out, err := newPrinter(d, f.output)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			out.where = parseAddresses(f.address)
			over, err := f.kubectl.overrides(f.context, out.warn)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return forward(cmd.Context(), d, f, over, spec, out)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.context, "context", "", "the `context`, of a kubeconfig or signed in to; the current one if left out")
	fs.StringVarP(&f.namespace, "namespace", "n", "", "the target's `namespace`; the context's own if left out")
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	fs.StringSliceVar(&f.address, "address", []string{tunnels.Localhost}, "local `addresses` to listen on: localhost, or IP addresses")
	fs.StringVar(&f.via, "via", viaAuto, "the `transport`: auto, spdy, websocket, or node for the API server's proxy to the pod's node")
	fs.StringVar(&f.policy, "policy", tunnels.PolicySticky.String(), "the `policy`, which of several pods to go to: sticky, newest, round-robin, ordinal, or ordinal=N")
	fs.StringVarP(&f.output, "output", "o", "", "\"json\" prints one JSON object per line")
	fs.DurationVar(&f.podRunning, "pod-running-timeout", time.Minute, "how long to wait for a ready pod the first time")
	fs.SortFlags = false
	f.kubectl.add(cmd)
	cmd.ValidArgsFunction = begins(completeForward(d))
	return cmd
}

// spec returns the tunnel that the command line asks for.
func (f forwardFlags) spec(args []string) (tunnels.Spec, error) {
	if err := apart(args); err != nil {
		return tunnels.Spec{}, err
	}
	if len(f.address) == 0 {
		return tunnels.Spec{}, errors.New("--address is empty: give localhost or IP addresses, or leave it out")
	}
	target, err := tunnels.ParseTarget(args[0])
	if err != nil {
		return tunnels.Spec{}, err
	}
	if err := kube.CheckTarget(target); err != nil {
		return tunnels.Spec{}, err
	}
	target.Context, target.Namespace = f.context, f.namespace
	mappings, err := tunnels.ParseMappings(args[1:])
	if err != nil {
		return tunnels.Spec{}, err
	}
	if f.podRunning <= 0 {
		return tunnels.Spec{}, errors.New("--pod-running-timeout must be more than 0, as 60s")
	}
	via, err := parseVia(f.via)
	if err != nil {
		return tunnels.Spec{}, err
	}
	policy, err := tunnels.ParsePolicy(f.policy)
	if err != nil {
		return tunnels.Spec{}, err
	}
	spec := tunnels.Spec{ID: tunnels.NewID(), Target: target, Mappings: mappings, Via: via, Policy: policy}
	spec.Listen = parseAddresses(f.address).listen
	return spec, spec.Validate()
}

// apart refuses a target whose kind and name are two words, as other commands of
// kubectl take it. As port-forward does, it would be read as a pod and its port.
func apart(args []string) error {
	if len(args) < 3 {
		return nil
	}
	_, noKind := tunnels.ParseKind(args[0])
	port, noPort := tunnels.ParseMapping(args[1])
	if noKind == nil && (noPort != nil || port.Local == tunnels.SamePort) {
		return fmt.Errorf("the target is in two words: write it as %s/%s", args[0], args[1])
	}
	return nil
}

// viaAuto is how the command line spells [tunnels.ViaAuto].
const viaAuto = "auto"

func parseVia(s string) (tunnels.Via, error) {
	if s == viaAuto {
		return tunnels.ViaAuto, nil
	}
	if via := tunnels.Via(s); via != tunnels.ViaAuto && slices.Contains(tunnels.Vias[:], via) {
		return via, nil
	}
	return "", fmt.Errorf("--via %q is unknown: use %s, %s, %s or %s", s, viaAuto, tunnels.ViaSPDY, tunnels.ViaWebSocket, tunnels.ViaNode)
}

// forward runs one tunnel until ctx is done. It returns an error when the
// tunnel did not become ready.
func forward(ctx context.Context, d Deps, f forwardFlags, over kube.Overrides, spec tunnels.Spec, out *printer) error {
	d.begin("forward")
	warn := d.logging(out.warn)
	clusters, err := d.open(kube.Options{Path: f.kubeconfig, Overrides: over, Warn: warn, Shell: kube.ShellForMissing})
	if err != nil {
		return err
	}
	defer clusters.Close()
	if spec.Target, err = clusters.Complete(spec.Target); err != nil {
		return err
	}
	if open := tunnels.Exposed(spec.Listen); len(open) > 0 {
		warn(fmt.Errorf("--address %s: other computers can connect there, and use the tunnel as if they were you", plain(strings.Join(open, ","))))
	}
	first := newFirst()
	m := NewManager(clusters, d.Log, d.Crashes, func(e tunnels.Event) {
		out.event(spec, e)
		first.event(e)
	})
	defer m.Close()
	if err := m.Put(spec); err != nil {
		return err
	}
	if err := m.Start(ctx, spec.ID); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	timeout := time.NewTimer(f.podRunning)
	defer timeout.Stop()
	select {
	case <-first.ready:
	case err := <-first.failed:
		return err
	case <-timeout.C:
		return notReady(m, spec, f.podRunning)
	case <-ctx.Done():
		return nil
	}
	if d.Folder != "" && !over.Elsewhere() { // users who may not list namespaces find it again
		if err := clusters.RememberNamespace(spec.Target.Context, spec.Target.Namespace); err != nil {
			warn(err)
		}
	}
	<-ctx.Done()
	return nil
}

// notReady says what the tunnel was waiting for when its time was over.
func notReady(m *tunnels.Manager, spec tunnels.Spec, waited time.Duration) error {
	st, _ := m.Snapshot().Find(spec.ID) // it was put there
	e := &tunnels.Error{
		Op:   "forward to " + spec.Target.String(),
		Err:  fmt.Errorf("not ready after %v: %s", waited, st.Reason),
		Hint: "Give it more time with --pod-running-timeout, or see " + describe(spec.Target) + ".",
	}
	if st.Err != nil {
		e.Err = fmt.Errorf("not ready after %v: %w", waited, st.Err)
		if st.Err.Hint != "" {
			e.Hint = st.Err.Hint
		}
	}
	return e
}

// describe is the command that tells more of a target.
func describe(t tunnels.Target) string {
	if t.Kind == tunnels.KindSelector {
		return fmt.Sprintf("`kubectl describe pods -l '%s'`", t.Name)
	}
	return "`kubectl describe " + t.String() + "`"
}

// first watches for the first time that a tunnel is ready or that it cannot
// become so without the user. Its method is called by one goroutine.
type first struct {
	ready  chan struct{}
	failed chan error // 1 slot
	over   bool
}

func newFirst() *first {
	return &first{ready: make(chan struct{}), failed: make(chan error, 1)}
}

func (f *first) event(e tunnels.Event) {
	switch {
	case f.over || e.Kind != tunnels.EventState:
	case e.State.Serving():
		f.over = true
		close(f.ready)
	case e.State == tunnels.NeedsUser:
		f.over = true
		f.failed <- e.Err
	}
}
