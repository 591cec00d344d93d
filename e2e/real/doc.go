// Package real builds and runs a real Kubernetes cluster of one node for the
// end-to-end tests: etcd, API server, controller manager, scheduler and kubelet
// from Go modules, containerd and runc from Debian packages, none of them
// installed. [Start] brings it up in a few seconds once all is built, in network,
// mount and process namespaces of its own.
//
// A client reaches the cluster from inside its network namespace: [Cluster.Command]
// makes a command that runs there, and nothing else of it is confined;
// [Cluster.Dial] connects from the test's own process.
//
// Everything ends with [Cluster.Stop], and also when the process that called
// Start dies in whatever way: package node tells how.
//
// Where namespaces are not allowed, Start says so and runs the real etcd and
// API server on the loopback interface, with a stand-in for the node that
// streams with the kubelet's own code and serves the demo pods in-process. See
// [Options].
package real
