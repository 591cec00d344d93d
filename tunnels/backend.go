package tunnels

import (
	"context"
	"io"
	"time"
)

// Backend is what a tunnel needs from clusters. Its methods are called from
// many goroutines at once.
type Backend interface {
	// Watch blocks until ctx is done and calls fn, never concurrently, with what
	// the target means: as soon as that is known and again at each change. While
	// it cannot be told, fn gets the reason as an *Error (with the last known
	// candidates, if any) and Watch keeps trying by itself. Watch returns early,
	// with an *Error, only for a target that no retry can ever resolve as the
	// configuration stands.
	Watch(ctx context.Context, t Target, ports []Port, fn func(Resolution, error)) error

	// Dial opens a session to one endpoint. It returns within ctx or its own
	// deadlines with an *Error when it fails: 10 s for an answer, 60 s where a
	// credential plugin has to run, and 10 s for each turn that a Backend makes it
	// wait for. ctx bounds the dialling only, not the session's life. The caller
	// owns the session and must Close it.
	//
	// Where [IsExtra] is true of ctx the tunnel has a session and wants another
	// one. A Backend that bears only so many keeps some for tunnels without any,
	// and fails at once rather than wait.
	Dial(ctx context.Context, e Endpoint, via Via) (Session, error)

	// Doubt says that connections of the Backend's own, over which it watches, may be
	// dead without anybody having told: the machine has slept, a session does not
	// answer, or a pod turns out to have gone. The Backend makes sure of them within
	// seconds. Doubt does not wait.
	Doubt()
}

type extraKey struct{}

// Extra returns a context for the dial of a session that a tunnel can do without.
func Extra(ctx context.Context) context.Context { return context.WithValue(ctx, extraKey{}, true) }

// IsExtra says whether ctx comes from [Extra].
func IsExtra(ctx context.Context) bool { return ctx.Value(extraKey{}) != nil }

// Resolution is what a target means at one moment. It is immutable.
type Resolution struct {
	// Endpoints are all pods that the target may mean, ready or not.
	Endpoints []Endpoint
	// Locals tells for the named ports asked for which number a mapping of SamePort
	// listens on, as far as that is known. Who uses it keeps the first one.
	Locals map[Port]uint16
	// Partial means that the endpoints are not known yet, but Locals may be.
	Partial bool
	// Reason is a short phrase for why there are no endpoints, as "scaled to 0";
	// empty when nothing more is known than that there are none.
	Reason string
}

// Endpoint is one pod that a target may mean, as last seen. It is immutable.
type Endpoint struct {
	Context   string // the kubeconfig context it was found in
	Namespace string
	Pod       string
	UID       string // changes when a pod of the same name is made anew
	Node      string // empty while unscheduled

	Ready       bool      // running and its readiness conditions hold
	Terminating bool      // being deleted
	Reason      string    // why it is not ready, as "Pending: ContainerCreating"; empty when ready
	Since       time.Time // ready since, or created at while not ready
	Created     time.Time
	Restarts    int // of all containers
	Ordinal     int // the number of a pod of a StatefulSet or an indexed Job; -1 for others

	// Declared are the TCP ports that the pod declares, which it need not listen on.
	Declared []uint16
	// Ports tells for each port asked for which number it is in this pod.
	Ports map[Port]PortResult
}

// PortResult is the number of a port in one pod, or why it has none.
type PortResult struct {
	Number  uint16 // 0 when Err is set
	Err     *Error // why the port cannot be forwarded, as for a UDP port
	Warning string // the port works perhaps, as when the pod does not declare it
}

// Session is one connection to a pod that carries many streams. Its methods
// may be called from many goroutines.
type Session interface {
	// Open starts a stream to a port of the pod and does not wait for the
	// answer: whether the pod accepted is known by the stream's first read. It
	// returns an error when the session has ended or takes no more streams.
	Open(ctx context.Context, port uint16) (Stream, error)
	// Ping returns nil once the other end has answered, else ctx's or the
	// session's error.
	Ping(ctx context.Context) error
	// Abandon ends the streams to a port that have not been answered at all for so
	// long, as if the other end had told them cause. Streams that have had any
	// answer go on.
	Abandon(port uint16, unheard time.Duration, cause error)
	// Load tells what the session is doing now; it never blocks.
	Load() Load
	// Done is closed when the session has ended, for whatever reason.
	Done() <-chan struct{}
	// Close ends all streams with cause, then the session and its connection.
	// It waits for all of that, at most a second. A nil cause is an orderly end.
	// Only the first call's cause counts; later ones return nil.
	Close(cause error) error
}

// Load is what a session is doing.
//
// Blocked is not 0 while the other end is there but takes no more bytes, or
// takes them slowly, so that whatever is written now waits. While an upload
// flows it is mostly a few milliseconds. It is 0 when the network swallows our
// bytes, as far as the system tells the two apart: on other systems than Linux
// every write that waits counts as Blocked.
type Load struct {
	Streams   int           // open ones
	Queued    int           // bytes received that local readers have not taken yet
	Stalled   time.Duration // how long one slow reader has been holding up the others; 0 if none
	Blocked   time.Duration // how long bytes for the other end have been waiting, see above; 0 if none
	Unheard   time.Duration // since when a stream has had no answer at all, also one that was given up; 0 if all have
	Draining  bool          // takes no new streams
	LastByte  time.Time     // when the other end was last heard of
	Transport string        // as "SPDY" or "WebSocket"
	Err       error         // why it ended; nil while it lives and after an orderly end
}

// Stream is one connection inside a session. Reads and writes may go on at the
// same time from two goroutines.
//
// When the pod reports an error for the connection, Read and WriteTo return it
// as an *Error, after all bytes that came before it. A clean end is io.EOF.
type Stream interface {
	io.ReadWriter
	io.WriterTo
	// CloseWrite tells the other end that no more bytes will follow; reading
	// goes on.
	CloseWrite() error
	// Reset ends the stream at once in both directions; bytes not yet read are
	// lost. Reads and writes return cause.
	Reset(cause error)
	// Close ends the stream, as Reset does when it is not over in both
	// directions. It may be called more than once.
	Close() error
}
