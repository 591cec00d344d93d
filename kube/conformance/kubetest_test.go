package conformance_test

import (
	"context"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"culvert/kube/conformance"
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
			pod := kubetest.Pod{Namespace: "conformance", Name: "podsrv"}
			s, err := kubetest.New(kubetest.Options{
				Contexts:  []kubetest.Context{{Name: "admin", User: "admin"}, {Name: "nobody", User: "nobody"}, {Name: "limited", User: "limited"}},
				Users:     []kubetest.User{{Name: "nobody", Deny: []kubetest.Rule{{}}}, {Name: "limited", Allow: limitedRules()}},
				PassFIN:   tt.passFIN,
				OpenShift: true,
				Objects:   targets(),
				Pods: append(mixedPods(), []kubetest.Pod{
					pod,
					{Namespace: "conformance", Name: "waiting", Labels: map[string]string{"app": "unready"}, Phase: "Pending", Waiting: "ImagePullBackOff"},
					{Namespace: "conformance", Name: "unscheduled", Phase: "Pending", Unscheduled: true},
				}...),
			})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			conformance.Run(t, conformance.Cluster{
				Config: config(t, s, "admin"), Forbidden: config(t, s, "nobody"), Limited: config(t, s, "limited"),
				Namespace: "conformance", Pod: "podsrv", Waiting: "waiting", Unscheduled: "unscheduled",
				Create:    func(context.Context) error { return s.AddPod(pod) },
				PassesFIN: tt.passFIN,
			})
		})
	}
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
