// Package portforward carries connections to the ports of a pod. It has two
// halves that know little of each other: a [Dialer] upgrades an HTTP request to
// the API server into a plain connection, and a [Session] speaks SPDY/3.1 with
// the pod's node over any such connection and multiplexes streams on it.
//
// # Transports
//
// There are three ways to such a connection, and [Dialer.Dial] is told which one
// to take: the upgrade to SPDY at the API server; SPDY inside the binary messages
// of a WebSocket, which the API server or the node takes out again; and the
// upgrade at the pod's node by way of the API server's proxy. All of them are one
// HTTP/1.1 request, sent with everything that the configuration says of
// credentials, certificates and proxies, on a connection of its own. The session
// is the same over each.
//
// # Streams
//
// Each forwarded connection is a pair of SPDY streams: an error stream, which
// we half-close at once, and a data stream. Both are opened in one write, and
// nothing waits for the replies. When the node cannot serve the connection it
// writes one text to the error stream; readErrorText turns it into a
// *tunnels.Error, which the data stream's readers get after all bytes that came
// before it.
//
// SPDY as Kubernetes speaks it has no flow control. A stream queues at most 1
// MiB for a slow local reader; after that the session stops reading for all its
// streams until that reader takes something, is reset or is closed, and
// [Session.Load] tells so.
//
// The other way round the peer stops reading for all streams when one pod does
// not take its upload. [Session.Load] tells that too, and on Linux tells it from
// a network that swallows what we send. Before it comes to that, the node's server
// leaves some of the new streams unanswered, while it serves the others: such a
// stream fails by itself, and the session only if the peer shows no sign of life.
// While an older stream waits for its answer for longer than usual, new ones keep
// their data back until they have their own, or the server would soon answer
// nobody. [Session.Load] tells of the one that waits longest.
//
// # Threads
//
// A session owns two goroutines, one that reads the connection and one that
// writes control frames; data is written by the callers of [Stream.Write] and
// [Stream.ReadFrom]. Both end when the session does, and [Session.Close] waits for
// them. The reading goroutine never writes to the peer, so two peers can never wait
// for each other; for the same reason a WebSocket's pings are answered by a
// goroutine that lives only as long as one waits, and that the connection's Close
// awaits. It does hand bytes to the local client itself where that takes no waiting,
// see [Stream.WriteTo]: one goroutine less to wake for each frame. What has arrived
// together for one client goes to it together.
//
// # Time
//
// Three things wait on purpose. A large download is read after half a millisecond's
// pause each time, unless something is said on this side, see bulk. What opens a
// stream waits for its first bytes, until there turn out to be none. And the frame
// that ends one leaves with the next that is written, or 20 ms later.
package portforward
