// Package memnet is a loopback network in memory, for tests and for the pods of
// the demo: what a pod's network namespace looks like from inside. Its connections behave like TCP ones where
// port-forwarding can tell the difference: they have buffers and back-pressure,
// either direction can end by itself (CloseWrite), and they can be reset.
//
// No goroutine belongs to the package, and all of it works inside a
// testing/synctest bubble. Everything may be called from any goroutine.
package memnet
