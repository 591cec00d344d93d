// Package kube is the adapter between tunnels and Kubernetes: it reads
// kubeconfigs, lists and watches what a cluster has, resolves targets to pods
// and dials sessions to them. Apart from its own sub-packages it is the only
// one that imports k8s.io and spdystream; what crosses its border are its own
// value types and those of package tunnels.
//
// # Configuration
//
// [Open] reads what kubectl reads, through client-go, and follows the files
// until [Clusters.Close]. A file that has become unreadable leaves the last
// good configuration in use and its error with [Clusters.WatchContexts]. When
// a context changes, in a kubeconfig or in a certificate file that it names,
// its connections are made anew and its watches go on over them; sessions that
// were dialled before stay as they are.
//
// # Watches and threads
//
// Each Watch method blocks until its context is done and calls its function
// from the caller's goroutine, never concurrently; what comes while the
// function runs is told as one. Two watches of the same thing share one request
// to the server. Slices are immutable. The first answer to a list is told page by
// page and is [Listing].Complete with the last one; what is read anew later, and
// what a target means, is told only as a whole. An error comes with what was
// last known and means that the watch is trying again by itself: after 250 ms,
// then ever more slowly up to 10 s, and every 30 s where only the user can help.
//
// A credential plugin cannot be interrupted. When one hangs, requests give up
// after 60 s and none is sent until it has ended; its goroutine ends with it,
// which may be after Close.
package kube
