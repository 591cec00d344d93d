package tunnels

import (
	"fmt"
	"time"
)

func (r *run) showWaiting(c candidates) {
	r.t.update(func(f *facts) {
		f.retryAt, f.pod, f.err = time.Time{}, "", c.err
		switch e := c.err; {
		case c.word == 0:
			f.phase, f.reason = Starting, "looking for "+r.spec.Target.String()
		case e == nil:
			f.phase, f.reason = Waiting, whyNone(r.spec.Target, c.endpoints)
		case e.Permanent:
			f.phase, f.reason = NeedsUser, reasonFor(e)
		case e.Cause == CauseNotFound, e.Cause == CausePodNotReady:
			f.phase, f.reason = Waiting, reasonFor(e)
		default:
			f.phase, f.reason = Reconnecting, reasonFor(e)
		}
	})
}

// showLost tells that there is nothing any more that serves.
func (r *run) showLost(e Endpoint, lost *Error) {
	r.t.update(func(f *facts) {
		f.phase, f.reason, f.err = Reconnecting, "opening a session", lost
		if lost != nil {
			f.reason = reasonFor(lost)
		}
		f.transport, f.latency, f.dialTime = "", 0, 0
		f.portErrs, f.portWarnings, f.refused = nil, nil, nil
	})
	r.t.emit(Event{Kind: EventLost, Pod: e.Pod, Err: lost})
}

// showReady tells that a pool serves.
func (r *run) showReady(p *pool) {
	e := p.endpoint()
	errs, warnings := portProblems(e, r.spec.Mappings)
	transport, took, latency := p.told()
	r.t.update(func(f *facts) {
		f.phase, f.reason, f.err, f.retryAt = Ready, "", nil, time.Time{}
		f.pod, f.transport, f.dialTime = e.Pod, transport, took
		f.portErrs, f.portWarnings = errs, warnings
		if latency > 0 {
			f.latency = latency
		}
	})
}

// showSilent tells that no session answers, which may pass.
func (r *run) showSilent() {
	r.t.update(func(f *facts) {
		f.phase, f.reason, f.retryAt = Reconnecting, "no answer from the cluster", time.Time{}
		f.err = &Error{
			Err:   fmt.Errorf("the sessions have not answered for %v", suspectAfter),
			Hint:  "The network or the node may be down; the tunnel keeps trying.",
			Cause: CauseSessionLost,
		}
	})
}

// sessionError is why a session ended: its own word, or else fallback.
func sessionError(s Session, e Endpoint, fallback error) *Error {
	err := s.Load().Err
	if err == nil {
		err = fallback
	}
	lost := *AsError(err)
	if lost.Op == "" {
		lost.Op = "session to " + e.Pod
	}
	if lost.Cause == CauseUnknown {
		lost.Cause = CauseSessionLost
	}
	return &lost
}
