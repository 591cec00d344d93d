// Package conformance is one table of what a Kubernetes cluster does, as far as
// Culvert depends on it. It runs against package kubetest and against a real
// cluster alike, so that the imitation stays true.
//
// It talks HTTP and SPDY itself and knows nothing of Culvert's own client. Only
// tests import it.
package conformance

import (
	"context"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// Cluster is what the table runs against. All fields but the last three must be
// set.
type Cluster struct {
	// Config is of a user who may do everything.
	Config *rest.Config
	// Forbidden is of a user who is signed in and may do nothing in Namespace.
	Forbidden *rest.Config

	Namespace string
	// Pod is the name of a pod that runs the workload of package
	// kube/kubetest/demopod, is ready, and declares the ports echo 9001 and http
	// 9006. The table deletes it and has it made anew.
	Pod string
	// Waiting is a pod that is on a node with its network set up, but whose
	// container cannot start, as for want of an image.
	Waiting string
	// Unscheduled is a pod that no node takes.
	Unscheduled string

	// Limited is of a user who may in Namespace create pods/portforward, list
	// deployments, and get, list and watch the one pod Pod; it is needed without
	// NoTargets.
	Limited *rest.Config

	// Create makes Pod anew after it was deleted, and returns when it is ready.
	Create func(ctx context.Context) error
	// PassesFIN says that the runtime passes the end of a client's input on to
	// the pod. Containerd and CRI-O do not.
	PassesFIN bool
	// NoNodeRoute says that there is no way by the API server's proxy to the
	// nodes, as there is none to nodes on loopback.
	NoNodeRoute bool
	// NoTargets says that there are no workloads and services in the namespace
	// (see the file targets.yaml of package e2e), as without a real node.
	NoTargets bool
}

// patience bounds every step of the table.
const patience = 20 * time.Second

type expectation struct {
	name  string
	check func(t *testing.T, c *client)
}

// Run checks every expectation in a subtest of its own.
func Run(t *testing.T, cluster Cluster) {
	t.Helper()
	for _, table := range [][]expectation{apiExpectations(), watchExpectations()} {
		run(t, cluster, overSPDY, table)
	}
	transports := []transport{overSPDY, overWebSocket}
	if !cluster.NoNodeRoute {
		transports = append(transports, overNode)
	}
	t.Run("port-forwards", func(t *testing.T) {
		for _, over := range transports {
			t.Run("over "+over.String(), func(t *testing.T) {
				t.Parallel() // most of them wait for a node's patience to end
				run(t, cluster, over, refusalExpectations(over))
				run(t, cluster, over, forwardExpectations())
				run(t, cluster, over, endExpectations())
			})
		}
	})
	if !cluster.NoTargets {
		run(t, cluster, overSPDY, targetExpectations())
	}
	run(t, cluster, overSPDY, lifeExpectations())
}

func run(t *testing.T, cluster Cluster, over transport, table []expectation) {
	t.Helper()
	for _, e := range table {
		t.Run(e.name, func(t *testing.T) {
			c := newClient(t, cluster)
			c.over = over
			e.check(t, c)
		})
	}
}
