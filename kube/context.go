package kube

import (
	"time"

	"culvert/tunnels"
)

// Origin is where a context comes from.
type Origin uint8

// The origins. OriginKubeconfig is the zero value.
const (
	OriginKubeconfig Origin = iota
	OriginSignedIn          // [Clusters.Login]
	OriginImported          // [Clusters.Import]
)

// What one can sign in with.
const (
	WithToken    = "token"
	WithPassword = "password"
)

// Context is one context of the kubeconfigs, or a cluster that the user has
// signed in to.
type Context struct {
	Name      string
	Origin    Origin
	Cluster   string // the name of its cluster entry
	Server    string // the API server's URL, without credentials
	User      string // the name of its user entry, or who is signed in; empty when unknown
	Namespace string // its own namespace, "default" when it names none
	Current   bool   // kubectl would use it now
	// ExecPlugin is the command that fetches its credentials; empty for none.
	ExecPlugin string
	// Unverified says why whoever is between can read and change all, as "its
	// kubeconfig says insecure-skip-tls-verify"; empty where TLS makes sure of the
	// server.
	Unverified string
	// File is the kubeconfig that it comes from; empty for none.
	File string
	// Consent is what the user has to allow before the context of an imported
	// file is used; nil when there is nothing.
	Consent *Consent
	// Production says that the user has marked it so.
	Production bool
	// Unsure says that Culvert's own settings cannot be read, so that it may be
	// production although Production does not say so.
	Unsure bool
	// Recent are the namespaces that were used before, the newest first.
	Recent []string
	// With is what the user signed in with: WithToken or WithPassword; empty for
	// a kubeconfig's context.
	With string
	// Expires is when the sign-in ends; zero when that is not known.
	Expires time.Time
	// Err is why the context cannot be used as it stands; nil when it can.
	Err *tunnels.Error
}

// Consent is what a context of an imported file would do beside talking to its
// server with what the file holds.
type Consent struct {
	Text  string // in full, in several lines of printable characters
	Hash  string // of all of it; another one when anything is changed
	Given bool
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
