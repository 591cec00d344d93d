// Package judge decides what of a soak is right and what is not. It is told what
// happens, with times, in any order and from any goroutine, and answers with
// violations.
//
// # What is judged
//
// Bytes: a connection that gets a wrong byte, or an end that looks like success
// before the last byte, is a violation whatever else happens.
//
// Connections: one that fails is a violation unless a fault explains it, see below.
//
// Listeners: each address has the same socket from beginning to end, and none ever
// refuses.
//
// State: a tunnel that is shown as serving while its probes fail for more than
// [Lag], or as not serving while they succeed for more than that, is a lie.
//
// Resources: what the process uses at the end is compared with what it used before.
//
// # What a fault explains
//
// A [Window] begins with a fault. For each tunnel that the fault may hurt it lasts
// until the tunnel has recovered: until a probe that began after the fault's end has
// succeeded. That has to be within the window's allowance. After a silent fault it lasts at
// least until Culvert's pings have found what is dead. Connections that
// were opened before that may fail within it, and until [Drain] after the fault's
// end, for that is how long Culvert lets them run on a pod that it leaves. One that was
// opened later may not.
//
// A fault never explains a lie, with two exceptions. While nothing reaches the client,
// Culvert can know only by its pings, and may show a tunnel as serving for [SilentLag]. And
// when everything is slow, or Culvert itself stands still, probes may wait for as long as
// that lasts, and [WakeLag].
//
// When the machine was late, exactly that time is taken off a lie's length, and off nothing
// else: by what a ticker of the judge's own was late, a request to the same cluster past
// Culvert took, or Culvert and the judge were ready to run and got no processor. A request
// that fails excuses nothing.
package judge
