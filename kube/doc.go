// Package kube is the adapter between tunnels and Kubernetes: it reads
// kubeconfigs, lists and watches what a cluster has, resolves targets to pods
// and dials sessions to them. Apart from its own sub-packages it is the only
// one that imports k8s.io and spdystream; what crosses its border are its own
// value types and those of package tunnels.
package kube
