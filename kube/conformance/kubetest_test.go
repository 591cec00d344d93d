package conformance_test

import (
	"context"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"culvert/kube"
	"culvert/kube/conformance"
	"culvert/kube/conformance/resolving"
	"culvert/kube/kubetest"
)

func TestKubetest(t *testing.T) {
	for _, tt := range []struct {
		name    string
		passFIN bool
	}{
		{"as containerd", false},
		{"passing FIN", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := server(t, tt.passFIN)
			conformance.Run(t, conformance.Cluster{
				Config: config(t, s, "admin"), Forbidden: config(t, s, "nobody"), Limited: config(t, s, "limited"),
				Namespace: "conformance", Pod: "podsrv", Waiting: "waiting", Unscheduled: "unscheduled",
				Create:    func(context.Context) error { return s.AddPod(thePod) },
				PassesFIN: tt.passFIN,
			})
		})
	}
}

// TestResolving holds what targets mean on kubetest to the table that a real
// cluster is held to as well.
func TestResolving(t *testing.T) {
	s := server(t, false)
	clusters, err := kube.Open(kube.Options{Data: s.Kubeconfig()})
	if err != nil {
		t.Fatal(err)
	}
	defer clusters.Close()
	resolving.Run(t, resolving.Cluster{
		Clusters: clusters, Context: "admin", Namespace: namespace, Pod: thePod.Name, ReplicaSet: "web-" + webHash,
	})
}

var thePod = kubetest.Pod{Namespace: namespace, Name: "podsrv"}

// server returns a cluster with all that the tables look for, which ends with
// the test.
func server(t *testing.T, passFIN bool) *kubetest.Server {
	t.Helper()
	s, err := kubetest.New(kubetest.Options{
		Contexts:  []kubetest.Context{{Name: "admin", User: "admin"}, {Name: "nobody", User: "nobody"}, {Name: "limited", User: "limited"}},
		Users:     []kubetest.User{{Name: "nobody", Deny: []kubetest.Rule{{}}}, {Name: "limited", Allow: limitedRules()}},
		PassFIN:   passFIN,
		OpenShift: true,
		Objects:   targets(),
		Pods: append(mixedPods(), []kubetest.Pod{
			thePod,
			{Namespace: namespace, Name: "waiting", Labels: map[string]string{"app": "unready"}, Phase: "Pending", Waiting: "ImagePullBackOff"},
			{Namespace: namespace, Name: "unscheduled", Phase: "Pending", Unscheduled: true},
		}...),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func config(t *testing.T, s *kubetest.Server, name string) *rest.Config {
	t.Helper()
	raw, err := clientcmd.Load(s.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	c, err := clientcmd.NewNonInteractiveClientConfig(*raw, name, nil, nil).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
