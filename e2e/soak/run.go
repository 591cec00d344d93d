package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/chaos"
	"culvert/e2e/delay"
	"culvert/e2e/real"
	"culvert/e2e/soak/judge"
	"culvert/tunnels/control"
)

// Options say what a run is.
type Options struct {
	For     time.Duration
	Seed    uint64
	Tunnels int
	Culvert string    // the program under test
	Logs    string    // the folder for logs, which is made
	Out     io.Writer // where the run tells how it goes
}

// run is one run.
type run struct {
	Options
	judge   *judge.Judge
	cluster *real.Cluster
	host    *real.ClientHost
	connect func(ctx context.Context, network, addr string) (net.Conn, error) // on the client's machine
	link    *delay.Link
	home    *home
	product *product
	plans   []plan
	doors   doors
	shown   atomic.Pointer[map[string]control.Status] // what was shown last
	lines   *lines
	report  *Report

	mu      sync.Mutex
	samples []judge.Usage
}

// Run does a whole run. The report is there also after an error, as far as the run
// came; violations are no error.
func Run(ctx context.Context, o Options) (*Report, error) {
	if err := os.MkdirAll(o.Logs, 0o755); err != nil {
		return nil, err
	}
	said, err := os.Create(filepath.Join(o.Logs, "run.log"))
	if err != nil {
		return nil, err
	}
	r := &run{Options: o, lines: &lines{to: io.MultiWriter(o.Out, said)}, plans: plans(o.Tunnels), report: newReport(o)}
	var names []string
	for _, p := range r.plans {
		names = append(names, p.name)
	}
	r.judge = judge.New(names, r.found)
	err = r.all(ctx)
	r.report.end(r.judge)
	return r.report, errors.Join(err, said.Close())
}

// found tells of a violation, and how the tunnel is shown then.
func (r *run) found(v judge.Violation) {
	more := ""
	if shown := r.shown.Load(); shown != nil && v.Tunnel != "" {
		t := (*shown)[v.Tunnel]
		more = fmt.Sprintf(" (now %s; %d sessions, %d connections, %d held)", t.State, t.Sessions, t.Conns, t.Held)
	}
	r.logf("VIOLATION %s%s", v, more)
}

// all starts the world, does everything, and ends the world.
func (r *run) all(ctx context.Context) error {
	options, err := real.OptionsFromEnv()
	if err != nil {
		return err
	}
	options.RequireReal = true
	if r.cluster, err = real.Start(ctx, options); err != nil {
		return err
	}
	err = r.world(ctx)
	if err == nil {
		err = r.phases(ctx)
	}
	if err != nil || len(r.judge.Violations()) > 0 {
		err = errors.Join(err, r.cluster.SaveLogs(filepath.Join(r.Logs, "cluster")))
	}
	return errors.Join(err, r.end())
}

// world makes all but the Culvert under test.
func (r *run) world(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for _, ns := range namespaces() {
		if err := r.createNamespace(ctx, ns); err != nil {
			return err
		}
	}
	if err := r.cluster.Apply(manifest()); err != nil {
		return err
	}
	if err := r.awaitWorkloads(); err != nil {
		return err
	}
	var err error
	if r.host, err = r.cluster.NewClientHost(); err != nil {
		return err
	}
	r.connect = r.host.Dial
	var server string
	if r.link, server, err = chaos.NewLink(ctx, r.cluster); err != nil {
		return err
	}
	kubeconfig := filepath.Join(filepath.Dir(r.cluster.Kubeconfig()), "soak.kubeconfig") // it goes with the cluster
	if err := r.writeKubeconfig(ctx, kubeconfig, server); err != nil {
		return err
	}
	r.home, err = newHome(r.Culvert, kubeconfig, r.host)
	return err
}

// createNamespace makes a namespace in which pods can be made at once.
func (r *run) createNamespace(ctx context.Context, name string) error {
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := r.cluster.API().CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{}); err != nil {
		return err
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	_, err := r.cluster.API().CoreV1().ServiceAccounts(name).Create(ctx, account, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) { // the controller manager may have been faster
		return err
	}
	return nil
}

func (r *run) awaitWorkloads() error {
	for _, w := range workloads() {
		args := []string{"rollout", "status", "-n", w.Namespace, string(w.Kind) + "/" + w.Name, "--timeout=120s"}
		if w.Kind == chaos.BarePod {
			args = []string{"wait", "-n", w.Namespace, "pod/" + w.Name, "--for=condition=Ready", "--timeout=120s"}
		}
		if _, err := r.cluster.Kubectl(args...); err != nil {
			return err
		}
	}
	return nil
}

// writeKubeconfig writes the file that Culvert reads.
func (r *run) writeKubeconfig(ctx context.Context, path, server string) error {
	certificate, err := r.cluster.Access(byCertificate, real.Identity{Name: byCertificate, Groups: []string{"system:masters"}})
	if err != nil {
		return err
	}
	token, err := r.cluster.AccountAccess(ctx, byToken, "soak")
	if err != nil {
		return err
	}
	certificate.Server, token.Server = server, server
	return real.Kubeconfig{certificate, token}.Write(path)
}

// end ends all that was begun.
func (r *run) end() error {
	var errs []error
	if r.product != nil {
		errs = append(errs, r.product.kill())
	}
	if r.home != nil {
		errs = append(errs, r.home.remove(r.Logs))
	}
	if r.link != nil {
		r.link.Close()
	}
	if r.host != nil {
		errs = append(errs, r.host.Close())
	}
	return errors.Join(append(errs, r.cluster.Stop())...)
}

// source returns a source of choices of its own for each use.
func (r *run) source(use uint64) *rand.Rand { return rand.New(rand.NewPCG(r.Seed, use)) }

// The uses of sources; those of single faults and clients follow.
const (
	useOrder   = 1
	useProbes  = 1_000
	useFlows   = 2_000
	useFaults  = 10_000
	useForFlow = 100 // at most so many clients of one flow
)

// lines writes lines with times.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lines) printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.to, "soak: %s %s\n", stamp(time.Now()), fmt.Sprintf(format, args...))
}

func (r *run) logf(format string, args ...any) { r.lines.printf(format, args...) }
