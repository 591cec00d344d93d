// Package load is the client in the benchmark: it works through a forwarder's
// local ports as programs do, and says how that went.
//
// It runs in a process of its own beside the forwarder (see [Main]), in the
// same network, so that what is measured of the forwarder holds nothing of the
// clients'. The other ends are the ports of package kube/kubetest/demopod.
package load
