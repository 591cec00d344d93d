package kube

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"culvert/kube/portforward"
	"culvert/tunnels"
)

const (
	// raceAfter is how long the API server may take to answer the upgrade to SPDY
	// before the WebSocket tunnel is tried beside it. It counts from when the
	// request has been sent: what comes before is the same for both.
	raceAfter = time.Second
	// rememberFor is how long the transport that worked is taken without a race.
	rememberFor = time.Hour
)

// choice remembers which transport works with a cluster. SPDY is the faster one,
// so it comes first where nothing is known.
type choice struct {
	mu    sync.Mutex
	via   tunnels.Via
	until time.Time
}

// known returns the transport that worked last; ViaAuto when that is not known.
func (c *choice) known() tunnels.Via {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !time.Now().Before(c.until) {
		return tunnels.ViaAuto
	}
	return c.via
}

// remember keeps what works. It stays until its hour is over, so that a better
// transport gets its chance from time to time.
func (c *choice) remember(via tunnels.Via) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); via != c.via || !now.Before(c.until) {
		c.via, c.until = via, now.Add(rememberFor)
	}
}

func (c *choice) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = time.Time{}
}

// attempt is one dial and its outcome.
type attempt struct {
	via     tunnels.Via
	session *portforward.Session
	err     error
}

// attempt dials once the rate allows it. A refused credential is tried once more
// at once when something can renew it.
func (cl *cluster) attempt(ctx context.Context, pod portforward.PodRef, via tunnels.Via) attempt {
	a := attempt{via: via}
	for again := false; ; again = true {
		if a.err = cl.limits.await(ctx); a.err != nil {
			return a
		}
		if cl.pending.Load() > 0 {
			a.err = errPluginPending
			return a
		}
		a.session, a.err = cl.sessions.Dial(ctx, pod, via)
		refused, ok := errors.AsType[*portforward.StatusError](a.err)
		if !ok || refused.Code != http.StatusUnauthorized || again || !cl.refreshes() {
			return a
		}
	}
}

// dialAuto dials over the transport that works. It returns the failed attempts
// when none does: one or two, the first one first.
func (cl *cluster) dialAuto(ctx context.Context, pod portforward.PodRef) (*portforward.Session, []attempt) {
	known := cl.choice.known()
	first, second := tunnels.ViaSPDY, tunnels.ViaWebSocket
	if known == second {
		first, second = second, first
	}
	r := newRace(ctx, cl, pod)
	defer r.end()
	r.start(first)
	var failed []attempt
	for {
		var late <-chan time.Time
		if known == tunnels.ViaAuto {
			late = r.late
		}
		select {
		case <-r.sent:
			timer := time.NewTimer(raceAfter)
			defer timer.Stop()
			r.late = timer.C
		case <-late:
			r.start(second)
		case a := <-r.over:
			if a.err == nil {
				cl.choice.remember(a.via)
				return a.session, nil
			}
			failed = append(failed, a)
			if otherMayWork(a.err) {
				r.start(second)
			}
		}
		if len(failed) == r.started {
			if errors.Is(failed[0].err, context.DeadlineExceeded) {
				cl.choice.forget() // something on the way may have changed
			}
			return nil, failed
		}
	}
}

// race is one or two attempts under way. Its methods are for one goroutine.
type race struct {
	cluster *cluster
	pod     portforward.PodRef
	ctx     context.Context // of the attempts
	cancel  context.CancelFunc
	ended   chan struct{}

	started int
	sent    chan struct{}    // tells once that the first request is on its way
	late    <-chan time.Time // when it has been for too long; nil before it is
	over    chan attempt
}

func newRace(ctx context.Context, cl *cluster, pod portforward.PodRef) *race {
	r := &race{cluster: cl, pod: pod, ended: make(chan struct{}), sent: make(chan struct{}, 1), over: make(chan attempt)}
	r.ctx, r.cancel = context.WithCancel(ctx)
	return r
}

// end ends the attempts that have not won; it is called once. They end soon
// afterwards: a session that comes too late is closed.
func (r *race) end() {
	close(r.ended)
	r.cancel()
}

// start begins an attempt, of which there are two at most. Its goroutine lives
// until the attempt has failed, which it does when the caller's context is done,
// or until end.
func (r *race) start(via tunnels.Via) {
	if r.started == 2 {
		return
	}
	ctx := r.ctx
	if r.started == 0 {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) {
			select {
			case r.sent <- struct{}{}:
			default: // sent again with other credentials
			}
		}})
	}
	r.started++
	go r.cluster.crashes.Guard("dialling", func() {
		a := attempt{via: via}
		if p := r.cluster.crashes.Contain("dialling", func() { a = r.cluster.attempt(ctx, r.pod, via) }); p != nil {
			a.err = tunnels.PanicError(p)
		}
		select {
		case r.over <- a:
		case <-r.ended:
			if a.session != nil {
				_ = a.session.Close(nil) // it has no error
			}
		}
	})
}

// otherMayWork tells whether an error is about the transport, so that the other
// one may do: something refused the upgrade, or the user lacks the right for this
// form of it. Credentials, the network and time-outs are the same for both.
func otherMayWork(err error) bool {
	if _, wrong := errors.AsType[*portforward.ProtocolError](err); wrong {
		return true
	}
	answer, ok := errors.AsType[*portforward.StatusError](err)
	if !ok {
		return false
	}
	return answer.Code == http.StatusForbidden || refusesUpgrade(answer) ||
		answer.Code == http.StatusBadGateway && answer.Reason == "" // by a gateway that takes no upgrades
}

// refusesUpgrade tells whether an answer means that the server, or something
// before it, does not do this upgrade.
func refusesUpgrade(answer *portforward.StatusError) bool {
	switch answer.Code {
	case http.StatusBadRequest:
		return !strings.Contains(answer.Message, noHostYet) && !policyDenies(answer.Message)
	case http.StatusMethodNotAllowed:
		return !handlersOff(answer)
	case http.StatusNotAcceptable, http.StatusUpgradeRequired, http.StatusNotImplemented:
		return true
	}
	return false
}

// handlersOff tells whether the pod's node, asked in whatever way, forwards no
// ports at all.
func handlersOff(answer *portforward.StatusError) bool {
	return answer.Code == http.StatusMethodNotAllowed && strings.Contains(answer.Message, "Debug endpoints are disabled")
}
