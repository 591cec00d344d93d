package tunnels

import (
	"net/netip"
	"time"
)

// State is what a tunnel is doing. The zero value is Stopped.
type State uint8

// The states, from least to most pressing for the eye of the user.
const (
	Stopped      State = iota // not listening
	Ready                     // a session answered a ping
	Starting                  // listening; the first session is being opened
	Waiting                   // listening; there is no pod to serve it yet
	Degraded                  // a session is there, but the pod refuses a port or an address is not bound
	Reconnecting              // listening; the session was lost or could not be opened, and will be tried again
	NeedsUser                 // goes on only when the user, the configuration or the cluster changes something
)

// States lists all states.
var States = [...]State{Stopped, Ready, Starting, Waiting, Degraded, Reconnecting, NeedsUser}

// String returns the state's name in lower case, as used in JSON and logs.
func (s State) String() string {
	switch s {
	case Stopped:
		return "stopped"
	case Ready:
		return "ready"
	case Starting:
		return "starting"
	case Waiting:
		return "waiting"
	case Degraded:
		return "degraded"
	case Reconnecting:
		return "reconnecting"
	case NeedsUser:
		return "needs-user"
	}
	return "unknown"
}

// Serving says whether connections reach the pod in this state.
func (s State) Serving() bool { return s == Ready || s == Degraded }

// Bound is one address that a tunnel really listens on.
type Bound struct {
	Mapping Mapping
	Addr    netip.AddrPort
}

// Unbound is one address that a running tunnel wants to listen on and cannot
// for now; binding is tried again every 5 s.
type Unbound struct {
	Mapping Mapping
	Addr    netip.AddrPort // port 0 when any free port would do
	Err     *Error
}

// Status is a tunnel as it was at one moment.
type Status struct {
	Spec  Spec
	State State
	// Reason is a short phrase for the state, as "0 of 1 ready"; it may be empty.
	Reason string
	// Err is the trouble behind the state with what to do; nil when all is well.
	Err *Error
	// Bound is in the order of the spec's mappings, IPv4 first.
	Bound   []Bound
	Unbound []Unbound
	// Instead are the local ports that stand in for those of the spec, see
	// [Manager.StartOn]; nil when there are none.
	Instead map[Mapping]uint16
	// Warnings are whole sentences about what works but perhaps not as meant.
	Warnings []string

	// PortErrs tells of remote ports that the pod refuses or that cannot be forwarded;
	// nil when there are none.
	PortErrs map[Port]*Error
	// Declared are the TCP ports that the pod declares, as far as is known.
	Declared []uint16
	// Numbers tells for the remote ports which number each has in Pod; nil while no
	// connection goes there. A port of PortErrs may have none.
	Numbers map[Port]uint16

	Pod       string        // the pod that new connections go to; empty while there is none
	Pods      []string      // all such pods where there may be several, as with PolicyRoundRobin
	PodsReady int           // of the target's pods, those that are ready and not being deleted
	PodsAll   int           // the target's pods, as far as they are known
	Transport string        // as "SPDY"; empty while there is no session
	Latency   time.Duration // of the last answered ping; 0 while there is no session
	Since     time.Time     // when State was entered
	DialTime  time.Duration // how long the latest session took to open; 0 while there is none
	Sessions  int           // to the pod, that new connections may take
	RetryAt   time.Time     // when the next attempt comes; zero when none is planned
	Ended     time.Duration // after how long the tunnel stopped by itself; 0 while it runs and after a Stop
	StopAt    time.Time     // when the tunnel stops by itself, by the wall clock; zero if it does not

	Conns      int    // open connections, held ones included; not those whose client has had its answer and has closed
	Held       int    // of these, those that wait for a session
	Opened     uint64 // connections accepted since Start
	Failed     uint64 // of these, those that ended with an error
	Reconnects int    // sessions opened after the first one since Start
	In         uint64 // bytes from the pod since Start
	Out        uint64 // bytes to the pod since Start
	RateIn     uint64 // bytes per second from the pod, taken once a second
	RateOut    uint64 // bytes per second to the pod
}

// Snapshot is all tunnels in their order, at one moment. It is immutable.
type Snapshot []Status

// Find returns the status of one tunnel.
func (s Snapshot) Find(id ID) (Status, bool) {
	for _, st := range s {
		if st.Spec.ID == id {
			return st, true
		}
	}
	return Status{}, false
}

// ConnState is how far a client's connection is.
type ConnState uint8

// The states of a connection, in the order in which it passes them.
const (
	ConnHeld   ConnState = iota // accepted; waits for a session or for the pod's program
	ConnOpen                    // on its way to the pod and back
	ConnEnding                  // answered and closed by the client; the pod has yet to end it
	ConnEnded                   // over
)

// String returns the state's name in lower case, as used in JSON and logs.
func (s ConnState) String() string {
	switch s {
	case ConnHeld:
		return "held"
	case ConnOpen:
		return "open"
	case ConnEnding:
		return "ending"
	case ConnEnded:
		return "ended"
	}
	return "unknown"
}

// Conn is one client's connection through a tunnel, as it was at one moment.
type Conn struct {
	ID        uint64 // unique within the manager
	State     ConnState
	Client    netip.AddrPort
	Mapping   Mapping
	Pod       string // empty while held
	Transport string // as "SPDY"; empty while held
	Since     time.Time
	Ended     time.Time // zero while it is not over
	In, Out   uint64    // bytes from and to the pod
	RateIn    uint64    // bytes per second from the pod, taken once a second
	RateOut   uint64    // bytes per second to the pod
	Err       *Error    // why it failed; nil while it goes on and after a good end
}

// EventKind says what an Event tells.
type EventKind uint8

// The events of a tunnel's life.
const (
	EventState   EventKind = iota // the state or its reason changed; In and Out when it is Stopped
	EventBound                    // an address was bound: Addr, Mapping
	EventUnbound                  // an address could not be bound: Addr, Mapping, Err
	EventConn                     // a client's connection was accepted: Addr is the local one
	EventFailed                   // a client's connection ended with Err
	EventSession                  // a session is ready: Pod, Took, Transport, Numbers
	EventLost                     // a session ended: Pod, Err
	EventWarning                  // something works but perhaps not as meant: Warning
	EventCrash                    // a part of Culvert has failed and is tried again: Err
)

// Event is one thing that happened to a tunnel. Fields that do not belong to
// its kind are zero.
type Event struct {
	Time    time.Time
	Tunnel  ID
	Kind    EventKind
	State   State // the state after the event
	Reason  string
	Mapping Mapping
	Addr    netip.AddrPort
	Pod     string
	Took    time.Duration
	Warning string // a whole sentence
	Err     *Error
	Times   int // how often it happened in a row; only in a timeline

	Transport string
	Numbers   map[Port]uint16 // of an EventSession and of an EventState that is serving: see Status.Numbers
	In, Out   uint64          // bytes from and to the pod since Start
}
