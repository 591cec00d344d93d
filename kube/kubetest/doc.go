// Package kubetest is a small Kubernetes cluster inside the process: an API
// server over TLS on loopback, with namespaces, pods and port-forwarding to pods
// that really serve. Culvert's tests and `culvert demo` use the same one, and
// package conformance holds it to what a real cluster does.
//
// It answers version and discovery, pods (list, get, watch, delete, portforward),
// and namespaces, services, endpoint slices and the workloads, which it lists, gets
// and watches; on OpenShift also projects and deployment configs. Users may ask
// what they may do. Nothing else is created over REST; the methods of [Server] do
// that.
//
// Services and workloads behave as if their controllers ran: endpoint slices
// follow the pods, and a workload makes pods anew. But the controllers have no
// goroutine: a method that changes something returns when they have done all they
// can. Only pods that they delete end in the background, after
// [Options].Termination. A test that wants a rollout step by step makes its pods
// not ready: see [Server.Rollout].
//
// The node's half of a port-forward is the code that
// containerd and the kubelet serve it with, and by default a connection ends as
// containerd ends it: see [Options].PassFIN. Port-forwards may come over SPDY,
// through a WebSocket tunnel, and by way of the node, and each of these can be made
// to fail: see [Server.SetTransport] and [Options].NodeRoute.
//
// It says whose a token is (SelfSubjectReview). With [Options].OAuth it signs users
// in as OpenShift does: discovery, the challenge for openshift-challenging-client,
// tokens that end and can be deleted, and users/~.
//
// Because it ships in a program, it listens on 127.0.0.1 only, makes a
// certificate authority and bearer tokens of its own for every run, and never
// writes its kubeconfig to a disk.
//
// # Threads
//
// All methods of Server may be called from any goroutine, but not by a function
// that one of them was given. [Server.Close] ends and awaits every goroutine,
// connection and pod of the cluster. One thing it can only wait a second for: when
// a session ends while a pod leaves an upload unread, the streaming library (moby/spdystream) keeps some of its goroutines for ever.
// They hold no connection and no pod.
package kubetest
