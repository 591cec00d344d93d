// Package soak runs Culvert for as long as one likes on a real cluster, with
// thirty tunnels, traffic and faults, and judges it by what anybody can see from
// outside: the bytes that come through, the sockets in /proc, what `culvert status`
// says, and what the process uses.
//
// [Run] does a whole run. The oracle's part is in package judge, which knows neither a
// cluster nor a process and is tested with worlds that are made up.
package soak
