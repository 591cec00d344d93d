package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/e2e/real"
	"culvert/kube"
	"culvert/kube/conformance"
	"culvert/kube/conformance/resolving"
)

// The table that holds the project's own test server to the truth holds here.
func TestConformance(t *testing.T) {
	namespace := newNamespace(t)
	pod := func() error {
		p := real.NewPod(namespace, "conformance")
		p.Spec.Containers[0].Ports = real.DemoPorts()
		return shared.CreatePod(context.Background(), p)
	}
	if err := pod(); err != nil {
		t.Fatal(err)
	}
	waiting := imagelessPod(namespace, "waiting")
	waiting.Labels = map[string]string{"app": "unready"}
	createPod(t, waiting)
	createPod(t, unscheduledPod(namespace, "unscheduled"))
	if shared.Real() { // a stand-in for the node runs no pods of controllers
		createTargets(t, namespace)
	}
	awaitPod(t, namespace, "conformance", real.Ready)
	awaitPod(t, namespace, "waiting", stuck)
	server, stop, err := shared.Relay()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	nobody, err := shared.Access("nobody", real.Identity{Name: "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	limited, err := shared.Access("limited", real.Identity{Name: "limited"})
	if err != nil {
		t.Fatal(err)
	}
	admin := shared.RESTConfig()
	admin.Host, admin.Dial = server, nil
	forbidden := nobody.RESTConfig()
	forbidden.Host = server
	restricted := limited.RESTConfig()
	restricted.Host = server
	if shared.Real() {
		t.Run("targets", func(t *testing.T) { testResolving(t, namespace, server) })
	}
	conformance.Run(t, conformance.Cluster{
		Config: admin, Forbidden: forbidden, Limited: restricted,
		Namespace: namespace, Pod: "conformance", Waiting: "waiting", Unscheduled: "unscheduled",
		Create: func(ctx context.Context) error {
			if err := pod(); err != nil {
				return err
			}
			_, err := shared.AwaitPod(ctx, namespace, "conformance", real.Ready)
			return err
		},
		PassesFIN:   false,
		NoNodeRoute: !shared.Real(), // the API server leads no requests to a node on loopback
		NoTargets:   !shared.Real(),
	})
}

// testResolving holds what targets mean to the table that kubetest is held to as
// well.
func testResolving(t *testing.T, namespace, server string) {
	access, err := shared.Access("admin", real.Identity{Name: "tester", Groups: []string{"system:masters"}})
	if err != nil {
		t.Fatal(err)
	}
	access.Server = server
	path := filepath.Join(t.TempDir(), "config")
	if err := (real.Kubeconfig{access}).Write(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clusters, err := kube.Open(kube.Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer clusters.Close()
	sets, err := shared.Kubectl("get", "rs", "-n", namespace, "-l", "app=web", "-o", "name")
	if err != nil {
		t.Fatal(err)
	}
	resolving.Run(t, resolving.Cluster{
		Clusters: clusters, Context: "admin", Namespace: namespace, Pod: "conformance",
		ReplicaSet: strings.TrimPrefix(strings.TrimSpace(sets), "replicaset.apps/"),
	})
}
