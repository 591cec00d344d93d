package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"culvert/tunnels"
)

// printer writes the events of tunnels for people and scripts. Its event
// method is called by one goroutine.
type printer struct {
	out, err io.Writer
	json     bool
	named    bool // say which tunnel a line is about
	where    addresses
	tunnels  map[tunnels.ID]*told
}

// told is what has been said of one tunnel.
type told struct {
	bound   []tunnels.Bound
	numbers map[tunnels.Port]uint16 // of remote ports, in the pod
	ready   bool                    // the first Ready is told
	pending []tunnels.Event         // what to tell then
	trouble string                  // the last error written to stderr, unless a session has come since
	said    map[string]bool         // all errors written to stderr
}

func newPrinter(d Deps, format string) (*printer, error) {
	asJSON, err := parseOutput(format)
	if err != nil {
		return nil, err
	}
	return &printer{out: d.Out, err: d.Err, json: asJSON, tunnels: make(map[tunnels.ID]*told)}, nil
}

// warn tells of something that is wrong but hinders nobody.
func (p *printer) warn(err error) { fmt.Fprintf(p.err, "culvert: %s\n", harmless(err.Error())) }

// event tells of one event. In the plain form stdout gets the lines of `oc
// port-forward`, the first of them when the tunnel is first ready, and stderr
// the rest; in JSON stdout gets all.
func (p *printer) event(spec tunnels.Spec, e tunnels.Event) {
	t := p.tunnels[e.Tunnel]
	if t == nil {
		t = new(told)
		p.tunnels[e.Tunnel] = t
	}
	t.note(e)
	if p.json {
		p.eventJSON(spec, t, e)
		return
	}
	title := ""
	if p.named {
		title = " (" + spec.Title() + ")"
	}
	switch e.Kind {
	case tunnels.EventState:
		p.state(spec, t, e, title)
	case tunnels.EventBound:
		if t.ready {
			p.forwarding(t, tunnels.Bound{Mapping: e.Mapping, Addr: e.Addr}, title)
		}
	case tunnels.EventConn, tunnels.EventUnbound:
		if !t.ready && !p.named { // what is not bound may end the program, which says so
			t.pending = append(t.pending, e)
			return
		}
		p.later(spec, t, e, title)
	case tunnels.EventWarning:
		p.log(e.Time, "%s: %s", spec.Title(), e.Warning)
	case tunnels.EventFailed:
		p.log(e.Time, "%s: a connection to port %s failed: %v", spec.Title(), e.Mapping.Remote, e.Err)
	case tunnels.EventCrash:
		p.log(e.Time, "%s: %v", spec.Title(), e.Err)
	case tunnels.EventLost:
		p.trouble(spec, t, e, "the session to pod "+e.Pod+" has ended")
	case tunnels.EventSession:
		t.trouble = ""
		p.log(e.Time, "%s: session to pod %s is ready (%v)", spec.Title(), e.Pod, e.Took.Round(time.Millisecond))
	}
}

// note keeps the bound addresses and the pod's ports up to date.
func (t *told) note(e tunnels.Event) {
	if e.Numbers != nil {
		t.numbers = e.Numbers
	}
	switch {
	case e.Kind == tunnels.EventBound:
		b := tunnels.Bound{Mapping: e.Mapping, Addr: e.Addr}
		if !slices.Contains(t.bound, b) {
			t.bound = append(t.bound, b)
		}
	case e.Kind == tunnels.EventState && e.State == tunnels.Stopped:
		t.bound = nil
	}
}

func (p *printer) state(spec tunnels.Spec, t *told, e tunnels.Event, title string) {
	if e.State.Serving() && !t.ready {
		t.ready = true
		bound := slices.Clone(t.bound)
		p.where.sort(bound, spec.Mappings)
		for _, b := range bound {
			p.forwarding(t, b, title)
		}
		for _, e := range t.pending {
			p.later(spec, t, e, title)
		}
		t.pending = nil
	}
	switch e.State {
	case tunnels.Ready, tunnels.Starting, tunnels.Stopped:
	case tunnels.Degraded, tunnels.Waiting, tunnels.Reconnecting:
		p.trouble(spec, t, e, e.State.String()+": "+e.Reason)
	case tunnels.NeedsUser:
		if t.ready || p.named { // otherwise it ends the program, which says why
			p.trouble(spec, t, e, "needs you: "+e.Reason)
		}
	}
}

// later tells of an event that waits for the first Ready of a single tunnel.
func (p *printer) later(spec tunnels.Spec, t *told, e tunnels.Event, title string) {
	if e.Kind == tunnels.EventConn {
		p.handling(e, title)
		return
	}
	p.trouble(spec, t, e, "")
}

// trouble writes what happened and, unless that has just been told, the error
// behind it with what to do.
func (p *printer) trouble(spec tunnels.Spec, t *told, e tunnels.Event, what string) {
	text := ""
	if e.Err != nil {
		text = e.Err.Error()
	}
	switch text {
	case "", t.trouble:
		if what == "" {
			return
		}
		p.log(e.Time, "%s: %s", spec.Title(), what)
	default:
		t.trouble = text
		if t.said == nil {
			t.said = make(map[string]bool)
		}
		t.said[text] = true
		if what != "" {
			what += ": "
		}
		if e.Err.Hint != "" {
			text += ". " + e.Err.Hint
		}
		p.log(e.Time, "%s: %s%s", spec.Title(), what, text)
	}
}

// hasTold says whether an error has been told of a tunnel.
func (p *printer) hasTold(id tunnels.ID, err error) bool {
	t := p.tunnels[id]
	return t != nil && t.said[err.Error()]
}

// forwarding tells of an address. What it leads to is the port's number in the pod; the
// pods of one target may have several, of which this is that of the first.
func (p *printer) forwarding(t *told, b tunnels.Bound, title string) {
	remote := b.Mapping.Remote.String()
	if n := t.numbers[b.Mapping.Remote]; n != 0 {
		remote = strconv.Itoa(int(n))
	}
	fmt.Fprintf(p.out, "Forwarding from %s -> %s%s\n", p.where.text(b.Addr), remote, title)
}

func (p *printer) handling(e tunnels.Event, title string) {
	fmt.Fprintf(p.out, "Handling connection for %d%s\n", e.Addr.Port(), title)
}

func (p *printer) log(at time.Time, format string, args ...any) {
	fmt.Fprintf(p.err, "%s %s\n", at.Format(time.TimeOnly), harmless(fmt.Sprintf(format, args...)))
}

// line is one event in JSON. Fields that do not belong to the event are left
// out, but for bound, which always tells all addresses listened on.
type line struct {
	Time       time.Time    `json:"time"`
	Event      string       `json:"event"`
	Tunnel     string       `json:"tunnel"`
	Context    string       `json:"context,omitempty"`
	Namespace  string       `json:"namespace,omitempty"`
	Target     string       `json:"target"`
	State      string       `json:"state"`
	Reason     string       `json:"reason,omitempty"`
	Pod        string       `json:"pod,omitempty"`
	Address    string       `json:"address,omitempty"` // of the event itself
	Error      string       `json:"error,omitempty"`
	Hint       string       `json:"hint,omitempty"`
	Warning    string       `json:"warning,omitempty"`
	TookMillis int64        `json:"tookMillis,omitempty"`
	Bound      []boundJSON  `json:"bound"`
	Mapping    *mappingJSON `json:"mapping,omitempty"`
}

type boundJSON struct {
	Address string     `json:"address"`
	Port    uint16     `json:"port"`
	Remote  remoteJSON `json:"remote"`
	Random  bool       `json:"random,omitempty"`
}

type mappingJSON struct {
	Local  uint16     `json:"local"` // 0 unless the user has named one
	Remote remoteJSON `json:"remote"`
}

// remoteJSON is a remote port: a number or, of a named one, a string.
type remoteJSON tunnels.Port

// MarshalJSON never fails.
func (r remoteJSON) MarshalJSON() ([]byte, error) {
	if r.Name != "" {
		return json.Marshal(r.Name)
	}
	return json.Marshal(r.Number)
}

// UnmarshalJSON takes what MarshalJSON makes.
func (r *remoteJSON) UnmarshalJSON(b []byte) error {
	*r = remoteJSON{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.Name)
	}
	return json.Unmarshal(b, &r.Number)
}

var eventNames = [...]string{
	tunnels.EventState:   "state",
	tunnels.EventBound:   "bound",
	tunnels.EventUnbound: "unbound",
	tunnels.EventConn:    "connection",
	tunnels.EventFailed:  "connection-failed",
	tunnels.EventSession: "session",
	tunnels.EventLost:    "session-lost",
	tunnels.EventWarning: "warning",
	tunnels.EventCrash:   "crash",
}

func (p *printer) eventJSON(spec tunnels.Spec, t *told, e tunnels.Event) {
	l := line{
		Time: e.Time, Event: eventNames[e.Kind], Tunnel: spec.Title(),
		Context: spec.Target.Context, Namespace: spec.Target.Namespace, Target: spec.Target.String(),
		State: e.State.String(), Reason: e.Reason, Pod: e.Pod, Warning: e.Warning, TookMillis: e.Took.Milliseconds(),
		Bound: []boundJSON{},
	}
	for _, b := range t.bound {
		l.Bound = append(l.Bound, boundJSON{b.Addr.Addr().String(), b.Addr.Port(), remoteJSON(b.Mapping.Remote), b.Mapping.Local == tunnels.AnyPort})
	}
	if e.Addr != (netip.AddrPort{}) {
		l.Address = e.Addr.String()
	}
	if e.Mapping != (tunnels.Mapping{}) {
		l.Mapping = &mappingJSON{e.Mapping.Local.Fixed(), remoteJSON(e.Mapping.Remote)}
	}
	if e.Err != nil {
		l.Error, l.Hint = e.Err.Error(), e.Err.Hint
	}
	b, err := json.Marshal(l)
	if err != nil {
		p.warn(fmt.Errorf("write an event as JSON: %w", err))
		return
	}
	fmt.Fprintf(p.out, "%s\n", b)
}
