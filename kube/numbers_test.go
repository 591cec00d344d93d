package kube_test

import (
	"context"
	"maps"
	"testing"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
	"culvert/tunnels/tunneltest"
)

// TestNumbersOfPorts: what a tunnel tells of its remote ports are the numbers that the
// pod has, whatever the target calls them.
func TestNumbersOfPorts(t *testing.T) {
	labels := map[string]string{"app": "web"}
	declared := []kubetest.Port{{Name: "http", Number: 8080}, {Name: "admin", Number: 9090}}
	s := serve(t, kubetest.Options{Objects: []kubetest.Object{
		kubetest.Deployment{Name: "web", Replicas: 2, Template: kubetest.Pod{Labels: labels, Ports: declared}},
		kubetest.Service{Name: "web", Selector: labels, Ports: []kubetest.ServicePort{
			{Name: "public", Port: 80, Target: "http"}, {Name: "inside", Port: 81, Target: "9090"}, {Name: "same", Port: 7000},
		}},
	}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	sessions := make(chan tunnels.Event, 100)
	m := tunnels.NewManager(c, tunnels.Options{
		Listen: new(tunneltest.Network).Listen,
		Events: func(e tunnels.Event) {
			if e.Kind == tunnels.EventSession {
				sessions <- e
			}
		},
	})
	t.Cleanup(m.Close)
	tests := map[string]struct {
		target string
		ports  map[string]uint16
		policy tunnels.Policy
	}{
		"a service's ports":           {"svc/web", map[string]uint16{"80": 8080, "81": 9090, "7000": 7000}, tunnels.PolicySticky},
		"a service's ports by name":   {"svc/web", map[string]uint16{"public": 8080, "inside": 9090}, tunnels.PolicySticky},
		"a workload's ports":          {"deploy/web", map[string]uint16{"8080": 8080, "admin": 9090}, tunnels.PolicySticky},
		"those of several pods":       {"svc/web", map[string]uint16{"public": 8080}, tunnels.PolicyRoundRobin},
		"of a port that is not there": {"deploy/web", map[string]uint16{"8080": 8080, "nothing": 0}, tunnels.PolicySticky},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			target, err := tunnels.ParseTarget(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			spec := tunnels.Spec{ID: tunnels.ID(name), Target: target, Policy: tt.policy}
			want := make(map[tunnels.Port]uint16)
			for text, number := range tt.ports {
				p, err := tunnels.ParsePort(text)
				if err != nil {
					t.Fatal(err)
				}
				spec.Mappings = append(spec.Mappings, tunnels.Mapping{Remote: p})
				if number != 0 {
					want[p] = number
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if err := m.Put(spec); err != nil {
				t.Fatal(err)
			}
			if err := m.Start(ctx, spec.ID); err != nil {
				t.Fatal(err)
			}
			session := tunnels.Event{}
			for session.Tunnel != spec.ID {
				select {
				case session = <-sessions:
				case <-ctx.Done():
					t.Fatal("there is no session")
				}
			}
			if !maps.Equal(session.Numbers, want) {
				t.Errorf("of the session the numbers are %v, want %v", session.Numbers, want)
			}
			if st, _ := m.Snapshot().Find(spec.ID); !maps.Equal(st.Numbers, want) {
				t.Errorf("the numbers are %v, want %v", st.Numbers, want)
			}
			if err := m.Stop(ctx, spec.ID); err != nil {
				t.Fatal(err)
			}
		})
	}
}
