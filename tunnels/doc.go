// Package tunnels holds what a tunnel is and keeps tunnels running. It knows
// neither Kubernetes nor the window: a [Backend] brings the cluster, and
// [Manager.Watch] tells whoever draws.
//
// # Life of a tunnel
//
// A [Spec] says what the user wants. [Manager.Put] stores it, [Manager.Start]
// binds its listeners and only then looks for a pod. From Start to Stop the
// listeners stay bound, whatever happens to the cluster: connections that
// arrive while no session is ready wait up to the spec's hold time.
//
//	Stopped ── Start ──▶ Starting ──▶ Ready ◀──▶ Degraded
//	                        │  ▲         │
//	                        ▼  │         ▼
//	             Waiting (no pod yet)  Reconnecting (retries by itself)
//	                        │
//	                        ▼
//	                    NeedsUser (nothing to do without the user, still watching)
//
// A tunnel goes to one pod of its target at a time, which its [Policy] chooses
// and [Manager.Swap] changes, or with PolicyRoundRobin to several. Sessions come
// in a pool, all to one pod: connections go to an idle one, else to the least
// loaded that is not held up, and another is opened for the next. When the pod
// has to be left, or the user asks for it, the next pool has its first session
// before the old one stops serving; the old one's connections go on for as long as
// its pod is there, and half a minute longer at most. A lane is the succession of such pools.
//
// A connection that the pod refuses before its port has ever accepted one is
// tried again, and so is one that found the pod gone: in both cases nothing of it
// has reached a program. Everything else that fails is told to the client by a
// reset.
//
// A tunnel may stop by itself some time after its Start, see Spec.StopAfter and
// [Manager.Extend]; a sleep of the machine counts.
//
// A tunnel is Ready only when a session has answered a ping; each other state
// carries its reason.
//
// # Ownership and threads
//
// A running tunnel owns one tree of goroutines; [Manager.Stop] cancels the tree
// and waits for all of it, so the ports are free when it returns. All methods
// of Manager may be called from any goroutine. Snapshots, and everything that
// hangs on them, are immutable: keep them, never change them.
//
// Callbacks (see [Manager.Watch] and [Options].Events) are never called with a
// lock held and never concurrently with themselves. They must return soon, and
// must not call Stop, Remove or Close, which wait for the caller.
package tunnels
