package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"culvert/e2e/chaos"
	"culvert/e2e/real"
)

// workloads are what the tunnels lead to.
const workloads = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: SPEC}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: echo, port: 80, targetPort: 9001}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 1
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: SPEC}
---
apiVersion: v1
kind: Pod
metadata: {name: lone}
spec: SPEC
`

const podSpec = `{automountServiceAccountToken: false, terminationGracePeriodSeconds: 2, containers: [{name: podsrv, image: "IMAGE",
  imagePullPolicy: Never, readinessProbe: {tcpSocket: {port: 9001}, periodSeconds: 1}}]}`

// tunnels are those of the Culvert that the faults are done to.
const tunnels = `version: 1
tunnels:
- {name: web, target: svc/web, context: certificate, ports: ':80'}
- {name: web-websocket, target: deploy/web, context: token, via: websocket, ports: ':9001'}
- {name: web-spdy, target: deploy/web, context: certificate, via: spdy, ports: ':9001'}
- {name: db, target: sts/db, context: token, ports: ':9001'}
- {name: lone, target: pod/lone, context: certificate, ports: ':9001'}
`

// stage is a cluster, a client's host and a Culvert there.
type stage struct {
	world   chaos.World
	home    string
	culvert *exec.Cmd
	doors   map[string]netip.AddrPort // by the tunnels' names
}

// newStage makes a stage. It is to be ended also after an error.
func newStage(ctx context.Context) (*stage, error) {
	s := &stage{doors: make(map[string]netip.AddrPort)}
	options, err := real.OptionsFromEnv()
	if err != nil {
		return s, err
	}
	options.RequireReal = true
	program, err := s.build()
	if err != nil {
		return s, err
	}
	if s.world.Cluster, err = real.Start(ctx, options); err != nil {
		return s, err
	}
	manifest := strings.ReplaceAll(workloads, "SPEC", strings.ReplaceAll(podSpec, "IMAGE", real.PodImage()))
	if err := s.world.Cluster.Apply(manifest); err != nil {
		return s, err
	}
	s.world.Workloads = []chaos.Workload{
		{Kind: chaos.Deployment, Namespace: "default", Name: "web"},
		{Kind: chaos.StatefulSet, Namespace: "default", Name: "db"},
		{Kind: chaos.BarePod, Namespace: "default", Name: "lone"},
	}
	if err := s.connect(ctx); err != nil {
		return s, err
	}
	return s, s.up(ctx, program)
}

// build builds Culvert into the stage's home.
func (s *stage) build() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if s.home, err = os.MkdirTemp("", "chaos"); err != nil {
		return "", err
	}
	program := filepath.Join(s.home, "culvert")
	return program, real.GoBuild(filepath.Dir(dir), program, "-tags", "nogui", ".")
}

// connect makes the client's host, its way to the cluster and its kubeconfig.
func (s *stage) connect(ctx context.Context) error {
	w := &s.world
	var err error
	if w.Host, err = w.Cluster.NewClientHost(); err != nil {
		return err
	}
	var server string
	if w.Link, server, err = chaos.NewLink(ctx, w.Cluster); err != nil {
		return err
	}
	certificate, err := w.Cluster.Access("certificate", real.Identity{Name: "tester", Groups: []string{"system:masters"}})
	if err != nil {
		return err
	}
	token, err := w.Cluster.AccountAccess(ctx, "token", "tester")
	if err != nil {
		return err
	}
	certificate.Server, token.Server = server, server
	w.Kubeconfig = filepath.Join(s.home, "kubeconfig")
	return real.Kubeconfig{certificate, token}.Write(w.Kubeconfig)
}

// up starts Culvert and returns when all tunnels are ready.
func (s *stage) up(ctx context.Context, program string) error {
	file := filepath.Join(s.home, "tunnels.yaml")
	if err := os.WriteFile(file, []byte(tunnels), 0o600); err != nil {
		return err
	}
	s.culvert = s.world.Host.Command(program, "up", "-f", file, "--wait", "-o", "json")
	s.culvert.Env = append(os.Environ(), "HOME="+s.home, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR="+s.home, "KUBECONFIG="+s.world.Kubeconfig)
	log, err := os.Create(filepath.Join(os.TempDir(), "chaos-culvert.log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	fmt.Fprintf(os.Stderr, "chaos: what culvert says is in %s\n", log.Name())
	s.culvert.Stderr = log
	out, err := s.culvert.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.culvert.Start(); err != nil {
		return err
	}
	s.world.Process = func() int { return s.culvert.Process.Pid }
	defer context.AfterFunc(ctx, func() { _ = s.culvert.Process.Kill() })()
	var told struct {
		Tunnels []struct {
			Name  string
			Ports []struct{ Address string }
		}
	}
	if err := json.NewDecoder(out).Decode(&told); err != nil {
		return fmt.Errorf("culvert up: %w", err)
	}
	for _, t := range told.Tunnels {
		addr, err := netip.ParseAddrPort(t.Ports[0].Address)
		if err != nil {
			return err
		}
		s.doors[t.Name] = addr
	}
	return nil
}

// end ends all that there is.
func (s *stage) end() error {
	var errs []error
	if s.culvert != nil && s.culvert.Process != nil {
		_ = s.culvert.Process.Signal(os.Interrupt)
		kill := time.AfterFunc(10*time.Second, func() { _ = s.culvert.Process.Kill() })
		errs = append(errs, s.culvert.Wait())
		kill.Stop()
	}
	if s.world.Link != nil {
		s.world.Link.Close()
	}
	if s.world.Host != nil {
		errs = append(errs, s.world.Host.Close())
	}
	if s.world.Cluster != nil {
		errs = append(errs, s.world.Cluster.Stop())
	}
	if s.home != "" {
		errs = append(errs, os.RemoveAll(s.home))
	}
	return errors.Join(errs...)
}
