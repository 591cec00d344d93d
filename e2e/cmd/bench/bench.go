package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/delay"
	"culvert/e2e/load"
	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// bench is one run.
type bench struct {
	options
	c       *real.Cluster
	began   time.Time
	proxy   *delay.Link
	far     string // a kubeconfig that leads through the proxy
	samples []sample
}

// sample is what one peer did once.
type sample struct {
	Row     string
	Peer    peer
	Round   int
	Values  map[string]float64
	Trouble string `json:",omitempty"`
}

func (s sample) String() string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(s.Values)) {
		parts = append(parts, fmt.Sprintf("%s %.4g", k, s.Values[k]))
	}
	if s.Trouble != "" {
		parts = append(parts, "TROUBLE: "+cell(s.Trouble))
	}
	return strings.Join(parts, ", ")
}

// place is where a forwarder runs and what it forwards to.
type place struct {
	command        func(name string, args ...string) *exec.Cmd
	kubeconfig     string
	namespace, pod string
	ports          []uint16
	env            []string // of the forwarder, besides the usual
}

// roundTrip is that of the connections through the proxy.
const roundTrip = 40 * time.Millisecond

// benchNamespace holds the pods that are replaced.
const benchNamespace = "bench"

// prepare makes what the rows need beside the cluster.
func (b *bench) prepare(ctx context.Context) error {
	if !b.c.Real() {
		return errors.New("the benchmark needs a real node: run it as root")
	}
	if b.translated {
		if err := b.c.RestartWith(ctx, real.APIServer, real.TranslateWebSockets); err != nil {
			return err
		}
	}
	if err := b.c.ApplyDemo(ctx); err != nil {
		return err
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: benchNamespace}}
	if _, err := b.c.API().CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{}); err != nil {
		return err
	}
	// The controller manager would make it a little later; pods need it now.
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	_, err := b.c.API().CoreV1().ServiceAccounts(benchNamespace).Create(ctx, account, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	l, err := b.c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := strings.TrimPrefix(b.c.Server(), "https://")
	b.proxy = delay.Serve(l, func(ctx context.Context) (net.Conn, error) { return b.c.Dial(ctx, "tcp", server) })
	b.proxy.Set(delay.Condition{Delay: roundTrip / 2})
	far, err := b.c.Access("far", real.Identity{Name: "far", Groups: []string{"system:masters"}})
	if err != nil {
		return err
	}
	far.Server = "https://" + l.Addr().String()
	b.far = filepath.Join(filepath.Dir(b.c.Kubeconfig()), "far.kubeconfig")
	return real.Kubeconfig{far}.Write(b.far)
}

// demo is the usual place.
func (b *bench) demo() place {
	return place{
		command: b.c.Command, kubeconfig: b.c.Kubeconfig(), namespace: "default", pod: "podsrv",
		ports: []uint16{demopod.PortEcho, demopod.PortSource, demopod.PortSink, demopod.PortLate},
	}
}

// warm starts a forwarder that has echoed once.
func (b *bench) warm(ctx context.Context, p peer, at place) (*forwarder, error) {
	f, err := b.start(ctx, p, at)
	if err != nil {
		return nil, err
	}
	if _, err := b.load(ctx, f, load.Job{Kind: load.Connect, Count: 2}, nil); err != nil {
		return nil, errors.Join(err, f.stop())
	}
	return f, nil
}

// loadVerb makes this program a client; see load.Main.
const loadVerb = "load"

// load lets a client in the cluster's network do a job through f. While is called
// when the job is done and its connections are still there; it may be nil.
func (b *bench) load(ctx context.Context, f *forwarder, j load.Job, while func(load.Result) error) (load.Result, error) {
	j.Echo, j.Source = f.addrs[demopod.PortEcho], f.addrs[demopod.PortSource]
	j.Sink, j.Late = f.addrs[demopod.PortSink], f.addrs[demopod.PortLate]
	self, err := os.Executable()
	if err != nil {
		return load.Result{}, err
	}
	return load.Client(ctx, b.c.Command(self, loadVerb), j, while)
}
