package chaos

import (
	"context"
	"math/rand/v2"
	"time"

	"culvert/e2e/delay"
	"culvert/e2e/real"
)

// World is what faults are done to.
type World struct {
	// Cluster has a real node.
	Cluster *real.Cluster
	// Host is the client's machine: the Culvert under test runs there.
	Host *real.ClientHost
	// Link is what Culvert reaches the API server through; see [NewLink].
	Link *delay.Link
	// Process returns the process id of the Culvert under test.
	Process func() int
	// Workloads may be hurt; they serve when a fault begins.
	Workloads []Workload
	// Kubeconfig is the file that Culvert reads. It was written by
	// [real.Kubeconfig.Write], and one of its users is a service account; see
	// [real.Cluster.AccountAccess].
	Kubeconfig string
}

// Kind is what sort of thing a workload is.
type Kind string

// The kinds of workloads.
const (
	Deployment  Kind = "deployment"
	StatefulSet Kind = "statefulset"
	BarePod     Kind = "pod" // which nobody makes again but the fault that has deleted it
)

// Workload is what runs in the cluster and may be hurt. Its pods have the label
// app=Name.
type Workload struct {
	Kind      Kind
	Namespace string
	Name      string
}

// String returns the workload as notes name it.
func (w Workload) String() string { return w.Namespace + "/" + w.Name }

// Fault is one thing that is done and undone.
type Fault struct {
	// Name is short and unique.
	Name string
	// Silent says that no evidence reaches the client while the fault lasts:
	// Culvert can know of it only by its pings.
	Silent bool
	// Do returns when the fault is undone and the cluster is whole again, also
	// after an error or the end of ctx as far as that can be. All that it
	// chooses comes from r.
	Do func(ctx context.Context, w *World, r *rand.Rand) (Harm, error)
}

// Harm says what was hurt and when, so that an oracle knows what may be cut.
type Harm struct {
	Began, Ended time.Time
	// All says that every tunnel may have lost its connections.
	All bool
	// Workloads are those whose tunnels may have lost connections, if not All.
	Workloads []Workload
	// Note is one line for the log, as "rolled shop/web".
	Note string
}
