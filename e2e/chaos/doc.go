// Package chaos hurts a cluster, the network before it, the client's machine
// and the Culvert on it, one [Fault] at a time, and mends what it has hurt.
//
// A fault chooses its victim and its length from the source that it is given
// and from nothing else, and [Faults] keeps its order: a seed names a run. A
// fault returns when it is undone and what was hurt serves again; what it says
// of the [Harm] is what an oracle may forgive.
//
// Faults are done one after the other: two at a time would undo each other's.
package chaos
