package kube_test

import (
	"errors"
	"slices"
	"testing"

	"culvert/kube"
	"culvert/tunnels"
)

// TestMissingTargets: what may have been meant, and what outlives a pod.
func TestMissingTargets(t *testing.T) {
	o := team("")
	o.Users[0].Allow = nil // everything
	s := serve(t, o)
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	m := tunnels.NewManager(c, tunnels.Options{})
	t.Cleanup(m.Close)
	const stale = "api-5f8d97c6b4-zzzzz"
	tests := map[string]struct {
		target tunnels.Target
		near   bool
		owner  string
	}{
		"a pod of a Deployment":  {tunnels.Target{Kind: tunnels.KindPod, Name: stale}, true, "deploy/api"},
		"a pod of a StatefulSet": {tunnels.Target{Kind: tunnels.KindPod, Name: "db-7"}, true, "sts/db"},
		"a pod of nobody":        {tunnels.Target{Kind: tunnels.KindPod, Name: "web-9"}, true, ""},
		"a service":              {tunnels.Target{Kind: tunnels.KindService, Name: "wep"}, true, ""},
		"nothing near":           {tunnels.Target{Kind: tunnels.KindPod, Name: "something-else"}, false, ""},
		"a namespace":            {tunnels.Target{Namespace: "team-b", Kind: tunnels.KindPod, Name: "web-1"}, true, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := m.Test(t.Context(), tunnels.Spec{Target: tt.target, Mappings: []tunnels.Mapping{{Remote: tunnels.Port{Number: 9001}}}})
			missing, ok := errors.AsType[*kube.MissingError](err)
			if !ok {
				t.Fatalf("%v", err)
			}
			owner := ""
			if missing.Owner != (tunnels.Target{}) {
				owner = missing.Owner.String()
			}
			if (len(missing.Near) > 0) != tt.near || owner != tt.owner || slices.Contains(missing.Near, missing.Name) {
				t.Errorf("%+v, want the owner %q", missing, tt.owner)
			}
			if tt.target.Namespace != "" && (missing.Kind != "" || missing.Name != tt.target.Namespace) {
				t.Errorf("%+v", missing)
			}
		})
	}
}
