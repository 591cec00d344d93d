package kubetest

import (
	"strconv"
	"strings"
	"time"
)

// Options describe a cluster. The zero value is a cluster without pods, with one
// context "demo" whose user may do everything.
type Options struct {
	// Name is the cluster's name in the kubeconfig; empty means "demo".
	Name string
	// Contexts of the kubeconfig, the first one being current; empty means one
	// called as the cluster, of a user "admin", in the namespace "default".
	Contexts []Context
	// Users who may sign in. Those that a context names and this list lacks may
	// do everything.
	Users []User
	// Namespaces without pods; those of pods need not be named. "default" is
	// always there.
	Namespaces []string
	// Pods to start with, besides those that the objects make.
	Pods []Pod
	// Objects to start with: services, endpoint slices and workloads.
	Objects []Object

	// PassFIN passes the end of the client's input on to the pod and waits for
	// the pod's answer. Without it the server does as containerd does: the pod
	// never learns of the end, and one second after either side has ended the
	// connection is cut.
	PassFIN bool
	// Termination is how long a deleted pod goes on running; 0 ends it at once.
	Termination time.Duration
	// BookmarkEvery is how often a watch that asked for bookmarks gets one; 0
	// means a minute, as in a real API server.
	BookmarkEvery time.Duration
	// NodeRoute is where the API server has its proxy to nodes.
	NodeRoute NodeRoute
	// Version of Kubernetes, as "1.34"; empty means "1.37". Before 1.35 the right
	// to "get" pods/portforward is enough for its WebSocket form, since then
	// "create" is needed too.
	Version string
	// OpenShift adds the resources that only OpenShift has: projects and
	// deploymentconfigs.
	OpenShift bool
	// ExpiredCert makes the server's certificate one that expired an hour ago.
	ExpiredCert bool
	// OAuth makes the cluster sign users in as OpenShift does; nil for plain
	// Kubernetes.
	OAuth *OAuth
}

// Context is a context of the kubeconfig.
type Context struct {
	Name      string
	User      string
	Namespace string
}

// User is somebody who signs in with a token of their own.
type User struct {
	Name string
	// Allow is all that the user may do; nil means everything. As in a real
	// cluster, everybody may also ask what they may do and, on OpenShift, list
	// the projects, of which they see those they may get.
	Allow []Rule
	// Deny is what the user may not do, even if Allow says so.
	Deny []Rule
}

// Rule matches requests. An empty list matches everything.
type Rule struct {
	Verbs      []string // "get", "list", "watch", "create", "delete"
	Groups     []string // "" in the list stands for the core group
	Resources  []string // "pods", "pods/portforward", "namespaces", "nodes/proxy"
	Namespaces []string // "" in the list stands for requests across all namespaces
	// Names of the objects. A list or a watch with a field selector for a name is
	// a request for the object of that name.
	Names []string
}

const (
	defaultName     = "demo"
	defaultUser     = "admin"
	defaultNode     = "node-1"
	defaultVersion  = "1.37"
	defaultBookmark = time.Minute
)

// getForwards says whether the right to get pods/portforward is enough for its
// WebSocket form.
func (o Options) getForwards() bool {
	major, minor, _ := strings.Cut(o.Version, ".")
	n, err := strconv.Atoi(minor)
	return major == "1" && err == nil && n < 35
}

func (o Options) withDefaults() Options {
	if o.Name == "" {
		o.Name = defaultName
	}
	if len(o.Contexts) == 0 {
		o.Contexts = []Context{{Name: o.Name, User: defaultUser, Namespace: "default"}}
	}
	if o.Version == "" {
		o.Version = defaultVersion
	}
	if o.BookmarkEvery == 0 {
		o.BookmarkEvery = defaultBookmark
	}
	return o
}
