package kube_test

import (
	"testing"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/kube/kubetest/demopod"
	"culvert/tunnels"
)

// TestTestOfASpec: what Manager.Test tells holds against a cluster, over each
// transport.
func TestTestOfASpec(t *testing.T) {
	s := serve(t, kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev"}},
		Pods:     []kubetest.Pod{{Namespace: "shop", Name: "web-1"}},
	})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	m := tunnels.NewManager(c, tunnels.Options{})
	t.Cleanup(m.Close)
	for _, via := range tunnels.Vias {
		t.Run(string(via), func(t *testing.T) {
			spec := tunnels.Spec{
				Target: tunnels.Target{Namespace: "shop", Kind: tunnels.KindPod, Name: "web-1"}, Via: via,
				Mappings: []tunnels.Mapping{
					{Remote: tunnels.Port{Number: demopod.PortEcho}},
					{Remote: tunnels.Port{Number: demopod.PortBanner}},
					{Remote: tunnels.Port{Number: 4}},
				},
			}
			got, err := m.Test(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []bool{true, true, false} {
				tt := got[i]
				if ok := tt.Err == nil; ok != want || tt.Pod != "web-1" || tt.Took <= 0 {
					t.Errorf("%s of %s after %v: %v, want it to answer: %v", tt.Mapping, tt.Pod, tt.Took, tt.Err, want)
				}
				if !want && tt.Err != nil && tt.Err.Cause != tunnels.CauseRefused {
					t.Errorf("%s is refused as %+v", tt.Mapping, tt.Err)
				}
			}
		})
	}
}
