package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"

	"github.com/spf13/cobra"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

func newDemo(d Deps) *cobra.Command {
	var headless bool
	var output string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try Culvert on a cluster inside this program",
		Long: "Opens the window on a small cluster inside this program, with tunnels that run. No Kubernetes is\n" +
			"needed, nothing is written to a disk, and only this machine is listened to. Without a display, or\n" +
			"with --headless, it runs in the terminal.",
		Example: "  culvert demo\n" +
			"  culvert demo --headless                  # in the terminal",
		Args: wrongUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := newPrinter(d, output)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			out.named = true
			cluster, err := kubetest.New(kubetest.Demo())
			if err != nil {
				return fmt.Errorf("start the demo cluster: %w", err)
			}
			defer cluster.Close()
			specs := demoTunnels(cmd.Context())
			switch {
			case headless:
			case d.Window == nil:
				fmt.Fprintln(d.Err, "This build has no window: the demo runs in the terminal.")
			case d.HasDisplay == nil || !d.HasDisplay():
				fmt.Fprintln(d.Err, "There is no display: the demo runs in the terminal.")
			default:
				return d.Window(cmd.Context(), WindowOptions{Data: cluster.Kubeconfig(), Tunnels: specs, Demo: true, Log: slog.New(slog.DiscardHandler), Crashes: d.Crashes})
			}
			fmt.Fprintln(d.Err, "The cluster is inside this program. Try the addresses with curl; Ctrl+C ends the demo.")
			return demoHeadless(cmd.Context(), d, cluster.Kubeconfig(), specs, out)
		},
	}
	cmd.Flags().BoolVar(&headless, "headless", false, "run in the terminal, without a window")
	cmd.Flags().StringVarP(&output, "output", "o", "", "in the terminal, \"json\" prints one JSON object per line")
	return cmd
}

// demoHeadless runs the tunnels until ctx is done.
func demoHeadless(ctx context.Context, d Deps, kubeconfig []byte, specs []tunnels.Spec, out *printer) error {
	clusters, err := kube.Open(kube.Options{Data: kubeconfig, Warn: out.warn, Crashes: d.Crashes})
	if err != nil {
		return err
	}
	defer clusters.Close()
	byID := make(map[tunnels.ID]tunnels.Spec)
	for _, s := range specs {
		byID[s.ID] = s
	}
	m := tunnels.NewManager(clusters, tunnels.Options{Crashes: d.Crashes, Events: func(e tunnels.Event) { out.event(byID[e.Tunnel], e) }})
	defer m.Close()
	for _, s := range specs {
		if err := errors.Join(m.Put(s), m.Start(ctx, s.ID)); err != nil && ctx.Err() == nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}

// demoTunnels are the tunnels of the demo: the usual cases, several ports, a
// stream, and a pod that cannot start.
func demoTunnels(ctx context.Context) []tunnels.Spec {
	tunnel := func(name, namespace, pod string, ms ...tunnels.Mapping) tunnels.Spec {
		return tunnels.Spec{
			ID: tunnels.NewID(), Name: name, Mappings: ms,
			Target: tunnels.Target{Context: kubetest.DemoContext, Namespace: namespace, Kind: tunnels.KindPod, Name: pod},
		}
	}
	orAny := func(port tunnels.LocalPort) tunnels.LocalPort {
		if used(ctx, port) {
			return tunnels.AnyPort
		}
		return port
	}
	to := func(remote uint16, local tunnels.LocalPort) tunnels.Mapping {
		return tunnels.Mapping{Local: local, Remote: tunnels.Port{Number: remote}}
	}
	return []tunnels.Spec{
		tunnel("web", "shop", "web-7d4b9c6f5-x2x9k", to(8080, orAny(18080))),
		tunnel("api", "shop", "api-5f8d97c6b4-hk7zd", to(8080, orAny(18081)), to(9090, tunnels.AnyPort)),
		tunnel("postgres", "data", "postgres-0", to(5432, orAny(15432))),
		tunnel("grafana", "observability", "grafana-6b9c8d5f79-l4mzx", to(3000, tunnels.AnyPort)),
		tunnel("logs", "observability", "log-stream-5c7b6d8f4b-v6rtw", to(9009, tunnels.AnyPort)),
		tunnel("recommender", "shop", "recommender-84c5d9f7b9-p9jkl", to(8080, tunnels.AnyPort)),
	}
}

// used says whether something on this machine listens on a port: a demo should
// not begin with a conflict.
func used(ctx context.Context, port tunnels.LocalPort) bool {
	var d net.Dialer
	for _, host := range []string{"127.0.0.1", "::1"} {
		c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(int(port))))
		if err == nil {
			_ = c.Close() // it was only a question
			return true
		}
	}
	return false
}
