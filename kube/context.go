package kube

import (
	"time"

	"culvert/tunnels"
)

// Context is one context of the kubeconfigs.
type Context struct {
	Name      string
	Cluster   string // the name of its cluster entry
	Server    string // the API server's URL, without credentials
	User      string // the name of its user entry
	Namespace string // its own namespace, "default" when it names none
	Current   bool   // kubectl would use it now
	// ExecPlugin is the command that fetches its credentials; empty for none.
	ExecPlugin string
	// Err is why the context cannot be used as it stands; nil when it can.
	Err *tunnels.Error
}

// Namespace is one namespace of a cluster.
type Namespace struct {
	Context     string
	Name        string
	Terminating bool      // it is being deleted
	Created     time.Time // zero when unknown
	Source      NamespaceSource
}

// NamespaceSource says how a namespace is known.
type NamespaceSource uint8

// The sources. Only of the first two it is certain that the namespace exists.
const (
	NamespaceListed  NamespaceSource = iota // the cluster lists it
	NamespaceProject                        // OpenShift lists it among the user's projects
	NamespaceOwn                            // the context names it
	NamespaceUsed                           // it was used before
)

// String returns one word, as "listed".
func (s NamespaceSource) String() string {
	return [...]string{"listed", "project", "own", "used"}[s]
}

// Pod is one pod as last seen.
type Pod struct {
	Context   string
	Namespace string
	Name      string
	UID       string // changes when a pod of the same name is made anew
	Node      string // empty while unscheduled

	// Status is the STATUS column of kubectl, as Running, Pending,
	// CrashLoopBackOff, Terminating, Completed or Init:0/1.
	Status          string
	Ready           bool // its Ready condition holds and it is not being deleted
	ReadyContainers int  // as the READY column counts
	Containers      int
	Restarts        int
	Created         time.Time
	Ports           []ContainerPort // declared ones, in the pod's order
}

// Target returns what a tunnel to the pod leads to.
func (p Pod) Target() tunnels.Target {
	return tunnels.Target{Context: p.Context, Namespace: p.Namespace, Kind: tunnels.KindPod, Name: p.Name}
}

// ContainerPort is a port that a pod, or a workload for its pods, declares.
type ContainerPort struct {
	Name      string // may be empty
	Number    uint16
	Protocol  string // TCP, UDP or SCTP
	Container string
}
