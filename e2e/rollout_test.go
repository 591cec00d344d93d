package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const rollManifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: roll, namespace: NAMESPACE}
spec:
  replicas: 2
  selector:
    matchLabels: {app: roll}
  template:
    metadata:
      labels: {app: roll}
      annotations: {generation: "GENERATION"}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 5
      containers:
      - name: podsrv
        image: culvert.test/podsrv:1
        imagePullPolicy: Never
        env: [{name: PODSRV_GRACE, value: "AS_LONG"}]
        ports: [{name: late, containerPort: 9010}]
        readinessProbe: {tcpSocket: {port: 9010}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: roll, namespace: NAMESPACE}
spec:
  selector: {app: roll}
  ports: [{name: late, port: 80, targetPort: late}]
`

// A rollout of a Deployment, with requests all the while.
func TestRollout(t *testing.T) {
	if !shared.Real() {
		t.Fatal("the stand-in for a node runs no pods of a Deployment")
	}
	for _, tt := range []struct {
		name, grace, target, policy string
		loses                       bool // those in flight when their pod ends
	}{
		{"a server that finishes, by its deployment", "4s", "deploy/roll", "sticky", false},
		{"a server that finishes, by its service", "4s", "svc/roll", "sticky", false},
		{"a server that finishes, in turn", "4s", "svc/roll", "round-robin", false},
		{"a server that dies at once", "0s", "deploy/roll", "sticky", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			namespace := newNamespace(t)
			roll(t, namespace, tt.grace, 1)
			p := command(t, "forward", "-o", "json", "-n", namespace, "--policy", tt.policy, tt.target, ":late")
			r := makeRequests(t, boundInJSON(t, p))
			roll(t, namespace, tt.grace, 2)
			roll(t, namespace, tt.grace, 3)
			r.await(t, 100)
			r.end()
			told := toldFailures(p, len(r.failed))
			t.Logf("%d served, %d failed, at most %d at a time, %d took more than a second; failures told: %v", r.served, len(r.failed), r.most, r.slow, told)
			switch {
			case !tt.loses && len(r.failed) > 0:
				t.Errorf("%d failed: %v", len(r.failed), r.failed)
			case tt.loses && len(r.failed) > 4*r.most: // the pod in use ends once or twice in each rollout
				t.Errorf("%d failed, and no more than %d can have been in flight: %v", len(r.failed), 4*r.most, r.failed)
			case len(told) != len(r.failed):
				t.Errorf("%d failed, and %d are told of: %v", len(r.failed), len(told), r.failed)
			}
			for _, l := range told {
				if !strings.HasPrefix(l.Pod, "roll-") || l.Error == "" {
					t.Errorf("a failure is told as %+v", l)
				}
			}
			p.interrupt(t, syscall.SIGTERM)
		})
	}
}

// roll makes a generation of the deployment and waits until it is rolled out.
func roll(t *testing.T, namespace, grace string, generation int) {
	t.Helper()
	manifest := strings.NewReplacer("NAMESPACE", namespace, "GENERATION", fmt.Sprint(generation), "AS_LONG", grace).Replace(rollManifest)
	if err := shared.Apply(manifest); err != nil {
		t.Fatal(err)
	}
	if _, err := shared.Kubectl("rollout", "status", "-n", namespace, "deploy/roll", "--timeout=60s"); err != nil {
		t.Fatal(err)
	}
}

// requests are 50 a second, each answered 100 ms later, so that some are in
// flight at any time. The fields are to be read after end.
type requests struct {
	stop context.CancelFunc
	done sync.WaitGroup

	mu       sync.Mutex
	inFlight int
	served   int
	failed   []string
	slow     int // took more than a second
	most     int // in flight at a time
}

func makeRequests(t *testing.T, addr netip.AddrPort) *requests {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &requests{stop: cancel}
	r.done.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				r.done.Go(func() { r.make(addr) })
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(r.end)
	return r
}

func (r *requests) make(addr netip.AddrPort) {
	r.mu.Lock()
	r.inFlight++
	r.most = max(r.most, r.inFlight)
	r.mu.Unlock()
	began := time.Now()
	err := askLate(addr)
	took := time.Since(began)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inFlight--
	if took > time.Second {
		r.slow++
	}
	if err == nil {
		r.served++
		return
	}
	r.failed = append(r.failed, fmt.Sprintf("at %s after %v: %v", began.Format("05.000"), took.Round(time.Millisecond), err))
}

// askLate asks the service "late" for an answer after 100 ms.
func askLate(addr netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := shared.Dial(ctx, "tcp", addr.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "100ms\n"); err != nil {
		return err
	}
	got := make([]byte, len("late\n")) // its end comes a second later with containerd
	n, err := io.ReadFull(conn, got)
	if err != nil {
		err = fmt.Errorf("the answer is %q: %w", got[:n], err)
	}
	return err
}

// await waits until so many more requests are served.
func (r *requests) await(t *testing.T, more int) {
	t.Helper()
	count := func() int {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.served
	}
	before := count()
	eventually(t, "requests after the rollout", func() error {
		if n := count() - before; n < more {
			return fmt.Errorf("%d are served", n)
		}
		return nil
	})
}

// end makes no more requests and waits for the last one.
func (r *requests) end() {
	r.stop()
	r.done.Wait()
}

// toldLine is a line of `culvert forward -o json`, as far as tests look at it.
type toldLine struct {
	Event, State, Pod, Error string
	Bound                    []struct {
		Address string
		Port    uint16
	}
}

func toldLines(out []string) []toldLine {
	var all []toldLine
	for _, line := range out {
		var l toldLine
		if json.Unmarshal([]byte(line), &l) == nil {
			all = append(all, l)
		}
	}
	return all
}

// toldFailures returns the failures that are told of once there are so many, or
// those that there are after a second.
func toldFailures(p *process, want int) []toldLine {
	late := time.NewTimer(time.Second)
	defer late.Stop()
	for {
		p.mu.Lock()
		told, changed := failures(p.out), p.changed
		p.mu.Unlock()
		if len(told) >= want {
			return told
		}
		select {
		case <-changed:
		case <-late.C:
			return told
		}
	}
}

func failures(out []string) []toldLine {
	var all []toldLine
	for _, l := range toldLines(out) {
		if l.Event == "connection-failed" {
			all = append(all, l)
		}
	}
	return all
}

// boundInJSON waits until a tunnel is ready and returns its first address.
func boundInJSON(t *testing.T, p *process) netip.AddrPort {
	t.Helper()
	var addr netip.AddrPort
	p.await(t, "the tunnel", func(out, _ []string) bool {
		for _, l := range toldLines(out) {
			if l.State == "ready" && len(l.Bound) > 0 {
				addr = netip.AddrPortFrom(netip.MustParseAddr(l.Bound[0].Address), l.Bound[0].Port)
				return true
			}
		}
		return false
	})
	return addr
}
