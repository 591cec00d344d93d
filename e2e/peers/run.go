package peers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// Options say what a run does.
type Options struct {
	Programs Programs
	Peers    string         // names with commas between them; empty means all
	Only     *regexp.Regexp // rows whose names it finds; nil means all
	Quick    bool           // leaves out what takes long
	Progress io.Writer
}

// Run measures the rows on a cluster with a real node that nobody else uses.
type Run struct {
	Options
	c     *real.Cluster
	peers []Peer
	home  string // of all peers

	machine string

	Results []Result // of the rows that are done, in the order of Rows

	mu   sync.Mutex
	port int // the next local port
	pods int // made so far
}

// Result is what a row has shown.
type Result struct {
	Row          string
	Faults       string // their numbers in docs/faults.md
	What         string // is done
	Seconds      float64
	Observations []Observation
	Trouble      string `json:",omitempty"` // why the row could not be done
}

// namespace holds what the rows need; rows that delete one have their own.
const namespace = "peers"

// firstPort is below those that the kernel gives away.
const firstPort = 20000

// New prepares a run. Home is a folder for the peers' own files.
func New(ctx context.Context, c *real.Cluster, home string, o Options) (*Run, error) {
	if !c.Real() {
		return nil, errors.New("the peers need a real node: run this as root")
	}
	r := &Run{Options: o, c: c, home: home, port: firstPort, machine: machine()}
	var err error
	if r.peers, err = selected(o.Peers); err != nil {
		return nil, err
	}
	if err := r.c.ApplyDemo(ctx); err != nil {
		return nil, err
	}
	return r, r.makeNamespace(ctx, namespace)
}

// makeNamespace makes a namespace in which pods can be made at once.
func (r *Run) makeNamespace(ctx context.Context, name string) error {
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := r.c.API().CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{}); err != nil {
		return err
	}
	// The controller manager would make it a little later; pods need it now.
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	_, err := r.c.API().CoreV1().ServiceAccounts(name).Create(ctx, account, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// Measure does the rows, those that hurt nobody else's some at a time. A row
// that cannot be done is a result too; the error names them.
func (r *Run) Measure(ctx context.Context) error {
	var rows []Row
	for _, w := range Rows() {
		if (r.Only == nil || r.Only.MatchString(w.Name)) && (!r.Quick || !w.Long) {
			rows = append(rows, w)
		}
	}
	r.Results = make([]Result, len(rows))
	var together sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, w := range rows {
		if ctx.Err() != nil {
			break
		}
		if w.alone {
			together.Wait()
			r.Results[i] = r.do(ctx, w)
			continue
		}
		slots <- struct{}{}
		together.Go(func() {
			defer func() { <-slots }()
			r.Results[i] = r.do(ctx, w)
		})
	}
	together.Wait()
	r.Results = slices.DeleteFunc(r.Results, func(one Result) bool { return one.Row == "" })
	var failed []string
	for _, one := range r.Results {
		if one.Trouble != "" {
			failed = append(failed, one.Row+": "+one.Trouble)
		}
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case len(failed) > 0:
		return fmt.Errorf("%d rows could not be done: %s", len(failed), strings.Join(failed, "; "))
	}
	return nil
}

// atOnce is how many rows are done at a time: more would wait for the processor.
const atOnce = 3

// rowPatience bounds a row; none takes that long.
const rowPatience = 4 * time.Minute

func (r *Run) do(ctx context.Context, w Row) Result {
	ctx, cancel := context.WithTimeout(ctx, rowPatience)
	defer cancel()
	began := time.Now()
	s := &scene{Run: r, row: w, trouble: make(chan error, 1)}
	s.ctx, s.cancel = context.WithCancel(ctx)
	err := w.do(ctx, s)
	err = errors.Join(err, s.end(context.WithoutCancel(ctx)))
	result := Result{Row: w.Name, Faults: w.Faults, What: w.What, Seconds: time.Since(began).Seconds()}
	for _, p := range s.all {
		result.Observations = append(result.Observations, p.o)
	}
	if err != nil {
		result.Trouble = redact(strings.ReplaceAll(err.Error(), "\n", " "))
	}
	r.tell(result)
	return result
}

func (r *Run) tell(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.Progress, "peers: %5.1f s  %s %s\n", result.Seconds, result.Row, result.Trouble)
	for _, o := range result.Observations {
		v := o.Verdict()
		fmt.Fprintf(r.Progress, "peers:    %d %-13s %s [%s]\n", v.Grade, o.Peer, v.Text, o.Said)
	}
}

// newPorts returns as many local ports as asked for, each only once in a run.
func (r *Run) newPorts(n int) []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	ports := make([]int, n)
	for i := range ports {
		ports[i] = r.port
		r.port++
	}
	return ports
}

// newName returns a name for a pod or a service, each only once in a run.
func (r *Run) newName() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pods++
	return fmt.Sprintf("p%d", r.pods)
}

// newPod makes a pod of the demo image with all of its ports and waits until it
// is ready. Change may be nil.
func (r *Run) newPod(ctx context.Context, change func(*corev1.Pod)) (string, error) {
	name := r.newName()
	return name, r.makePod(ctx, namespace, name, change)
}

func (r *Run) makePod(ctx context.Context, ns, name string, change func(*corev1.Pod)) error {
	p := real.NewPod(ns, name)
	p.Labels = map[string]string{"app": name}
	if change != nil {
		change(p)
	}
	if err := r.c.CreatePod(ctx, p); err != nil {
		return err
	}
	_, err := r.c.AwaitPod(ctx, ns, name, real.Ready)
	return err
}

// environ is that of a peer.
func (r *Run) environ(p Peer, kubeconfig string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "KUBE") || strings.HasPrefix(v, "XDG_") || strings.HasPrefix(v, "HOME=")
	})
	return append(append(env, p.env...), "KUBECONFIG="+kubeconfig, "HOME="+filepath.Join(r.home, p.Name))
}

// echoPort is what most rows forward to.
const echoPort = demopod.PortEcho
