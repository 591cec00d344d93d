// Package memnet is a loopback network in memory: what a pod's network
// namespace looks like from inside. Its connections behave like TCP ones where
// port-forwarding can tell the difference: they have buffers and back-pressure,
// either direction can end by itself (CloseWrite), and they can be reset.
//
// No goroutine belongs to the package. Everything may be called from any
// goroutine.
package memnet
