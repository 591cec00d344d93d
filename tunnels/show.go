package tunnels

import (
	"fmt"
	"time"
)

func (l *lane) showWaiting(c candidates) {
	l.update(func(s *standing) {
		s.retryAt, s.pod, s.numbers, s.err = time.Time{}, "", nil, c.err
		switch e := c.err; {
		case c.word == 0:
			s.phase, s.reason = Starting, "looking for "+l.r.spec.Target.String()
		case e == nil:
			s.phase, s.reason = Waiting, whyNone(l.r.spec, c.Resolution)
		case e.Permanent:
			s.phase, s.reason = NeedsUser, reasonFor(e)
		case e.Cause == CauseNotFound, e.Cause == CausePodNotReady:
			s.phase, s.reason = Waiting, reasonFor(e)
		default:
			s.phase, s.reason = Reconnecting, reasonFor(e)
		}
	})
}

// showLost tells that there is nothing any more that serves.
func (l *lane) showLost(e Endpoint, lost *Error) {
	l.update(func(s *standing) {
		s.phase, s.reason, s.err = Reconnecting, "opening a session", lost
		if lost != nil {
			s.reason = reasonFor(lost)
		}
		s.transport, s.latency, s.dialTime, s.numbers = "", 0, 0, nil
		s.portErrs, s.portWarnings, s.declared, s.unseen = nil, nil, nil, ""
	})
	l.r.t.update(func(f *facts) {
		if len(l.r.allLanes()) == 1 { // else it may be another pod that refuses
			f.refused = nil
		}
	})
	l.r.t.emit(Event{Kind: EventLost, Pod: e.Pod, Err: lost})
}

// showReady tells that a pool serves.
func (l *lane) showReady(p *pool) {
	e := p.endpoint()
	errs, warnings := portProblems(e, l.r.spec.Mappings)
	numbers := portNumbers(e, l.r.spec.Mappings)
	transport, took, latency := p.told()
	unseen := l.r.lastCandidates().unseen()
	l.update(func(s *standing) {
		s.phase, s.reason, s.err, s.retryAt = Ready, "", nil, time.Time{}
		s.pod, s.transport, s.dialTime = e.Pod, transport, took
		s.portErrs, s.portWarnings, s.declared, s.numbers = errs, warnings, e.Declared, numbers
		s.unseen = unseen
		if latency > 0 {
			s.latency = latency
		}
	})
}

// showSilent tells that no session answers, which may pass.
func (l *lane) showSilent() {
	l.update(func(s *standing) {
		s.phase, s.reason, s.retryAt = Reconnecting, "no answer from the cluster", time.Time{}
		s.err = &Error{
			Err:   fmt.Errorf("the sessions have not answered for %v", suspectAfter),
			Hint:  "The network or the node may be down; the tunnel keeps trying.",
			Cause: CauseSessionLost,
		}
	})
}

// showHeldUp tells that the sessions there are wait for slow clients, which may hide
// that they have ended, and that no other can be opened.
func (l *lane) showHeldUp(refusal *Error) {
	l.update(func(s *standing) {
		s.phase, s.reason, s.err, s.retryAt = Reconnecting, "held up by a slow client", refusal, time.Time{}
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
