package tunnels

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// How many sessions a pool has. A session is one TLS connection, on which a slow
// reader holds up everybody else; connections of their own would cost a
// handshake each.
const (
	maxSessions = 8  // to one pod
	maxCrowded  = 16 // to one pod while all of maxSessions are held up
	crowd       = 3  // connections on one session before another one is opened
	maxDialling = 4  // sessions opened at the same time
)

const (
	// joinWait is how long a connection waits for a session that is being
	// opened rather than join a crowd: a handshake on a near network.
	joinWait = 25 * time.Millisecond
	// heldWait is how long one waits rather than join a session that is held up.
	heldWait = 5 * time.Second
	// heldLong is when a session that is held up does not serve, if no other can be
	// opened.
	heldLong = time.Second
	// heldAgain is how often that is looked at.
	heldAgain = 500 * time.Millisecond
	// spareFor is how long a session without connections is kept beside
	// another such one.
	spareFor = 90 * time.Second
	// trimEvery is how often that is looked at.
	trimEvery = 15 * time.Second
)

// A session that shows one of these is held up: what is new goes elsewhere.
const (
	stalledLimit = 20 * time.Millisecond // a local reader is slow
	queuedLimit  = 1 << 20               // bytes for slow local readers
	blockedLimit = 50 * time.Millisecond // the pod's node takes no more
	unheardLimit = 50 * time.Millisecond // or does not answer, and three round trips
)

// pool is the sessions to one pod.
type pool struct {
	more  chan struct{} // 1 slot: another session is wanted
	swept chan struct{} // 1 slot: look at the members' condition

	mu       sync.Mutex
	to       Endpoint // as last seen
	members  []*member
	dialling int
	refused  bool          // the last attempt to open one more failed, and its pause is not over
	refusal  *Error        // why it failed, until one succeeds or is not needed any more
	late     int           // of those that are being opened, such as take longer than heldLong
	over     bool          // takes no more members
	shut     map[Port]bool // ports that have refused a connection after they had accepted one
	changed  chan struct{} // closed and replaced when open may answer otherwise
}

// member is one session of a pool.
type member struct {
	session   Session
	transport string
	took      time.Duration // to open it
	busy      atomic.Int64  // connections, without those that are ending

	// Guarded by the pool's lock.
	latency time.Duration // of its last answered ping
	silent  bool          // has not answered for suspectAfter
	gone    bool          // takes no more streams for good
	idle    time.Time     // since when it has had no connections, as trim saw; zero if it has some
}

func newPool(e Endpoint, first *member) *pool {
	return &pool{
		to:      e,
		members: []*member{first},
		more:    make(chan struct{}, 1), swept: make(chan struct{}, 1),
		changed: make(chan struct{}),
	}
}

// endpoint returns the pod as last seen.
func (p *pool) endpoint() Endpoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.to
}

// refresh takes a newer sight of the same pod.
func (p *pool) refresh(e Endpoint) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.to = e
	p.tellLocked()
}

// errNoRoom means that it is better to wait than to open a stream now.
var errNoRoom = errors.New("no session takes a connection now")

// room is what open knows when it opens nothing.
type room struct {
	changed  <-chan struct{} // closed when open may answer otherwise
	patience time.Duration   // for how long to wait for that; 0 when no session can be used
}

// open starts a stream on an idle session, else on the least loaded one, and
// sees to it that there is another one for the next connection. When waiting is
// better it returns errNoRoom; with join, it takes any session that answers
// rather than wait. The stream counts as busy until its user takes it off, see
// [run.left].
func (p *pool) open(ctx context.Context, port uint16, join bool) (*member, Stream, room, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		best, patience := p.chooseLocked()
		if best == nil || patience > 0 && !join {
			return nil, nil, room{p.changed, patience}, errNoRoom
		}
		st, err := best.session.Open(ctx, port)
		if err == nil {
			best.idle = time.Time{}
			best.busy.Add(1)
			return best, st, room{}, nil
		}
		if !best.unusable() {
			return best, nil, room{}, err
		}
		best.gone = true
		signal(p.swept)
	}
}

// chooseLocked returns the best session for a new connection, nil if none can
// be used at all, and for how long to wait for a better one. It asks for another
// session where the next connection will want one.
func (p *pool) chooseLocked() (best *member, patience time.Duration) {
	v := p.surveyLocked()
	wanted := p.wantedLocked(v, 1)
	if wanted {
		signal(p.more)
	}
	switch {
	case !wanted && p.dialling == 0:
	case v.bestHeld:
		patience = heldWait
	case v.bestLoad.Streams >= crowd:
		patience = joinWait
	}
	return v.best, patience
}

// survey is what the sessions are doing.
type survey struct {
	best     *member // for the next connection; nil if no session can be used
	bestLoad Load
	bestAll  int  // streams of best, with those that are ending
	bestHeld bool // best is held up
	fit      int  // sessions that are not held up
	streams  int  // on these
}

func (p *pool) surveyLocked() survey {
	var v survey
	for _, m := range p.members {
		l, all := m.load()
		if m.silent || m.gone || l.Draining || l.Err != nil {
			continue
		}
		held := m.heldUp(l)
		if !held {
			v.fit++
			v.streams += l.Streams
		}
		if v.best == nil || v.bestHeld && !held || v.bestHeld == held && lighter(l, v.bestLoad, all, v.bestAll) {
			v.best, v.bestLoad, v.bestAll, v.bestHeld = m, l, all, held
		}
	}
	return v
}

// wantedLocked says whether to open another session, if so many connections
// more come: there is to be one for each crowd, and an idle one. Those that are
// held up do not count, nor do their connections.
func (p *pool) wantedLocked(v survey, coming int) bool {
	if p.over || p.refused || p.dialling >= maxDialling {
		return false
	}
	limit := maxSessions
	if v.fit == 0 {
		limit = maxCrowded
	}
	return len(p.members)+p.dialling < limit && v.fit+p.dialling < (v.streams+coming+crowd-1)/crowd+1
}

// lighter compares loads, and where these are the same all their streams.
func lighter(a, b Load, allA, allB int) bool {
	return cmp.Or(cmp.Compare(a.Streams, b.Streams), cmp.Compare(a.Queued, b.Queued), cmp.Compare(allA, allB)) < 0
}

// load is what a session is doing, without the connections that are ending; with
// them it has so many streams.
func (m *member) load() (l Load, streams int) {
	l = m.session.Load()
	streams, l.Streams = l.Streams, int(m.busy.Load())
	return l, streams
}

// heldUp says whether what is written to a session now would have to wait.
func (m *member) heldUp(l Load) bool {
	return l.Stalled > stalledLimit || l.Queued > queuedLimit || l.Blocked > blockedLimit ||
		l.Unheard > max(unheardLimit, 3*m.latency)
}

// heldLong says whether a session has been held up for longer than a slow client
// needs to take a breath. Nobody reads from it meanwhile: it may have ended.
func (m *member) heldLong() bool {
	l := m.session.Load()
	return max(l.Stalled, l.Blocked, l.Unheard) > heldLong
}

// unusable says whether a session takes no more streams for good. The caller
// has the pool's lock.
func (m *member) unusable() bool {
	l := m.session.Load()
	return m.gone || l.Draining || l.Err != nil || isDone(m.session)
}

// begin claims the right to open another session; grown gives it back.
func (p *pool) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.wantedLocked(p.surveyLocked(), 0) {
		return false
	}
	p.dialling++
	return true
}

// desperate says whether no session takes new connections without delay.
func (p *pool) desperate() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.surveyLocked().fit == 0
}

// grown ends an attempt to open another session: m is nil when it has failed, and
// then err says why. late says that it was said to be. It returns false when the
// pool takes no more, and m is still its caller's.
func (p *pool) grown(m *member, err *Error, late bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dialling--
	p.refused, p.refusal = m == nil, err
	if late {
		p.late--
	}
	if m != nil && !p.over {
		p.members = append(p.members, m)
	}
	p.tellLocked()
	return !p.over
}

// tarries notes that an attempt to open another session takes long.
func (p *pool) tarries() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late++
	signal(p.swept)
}

// lacks says whether another session could not be opened that was needed, or is
// long in coming.
func (p *pool) lacks() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refusal != nil || p.late > 0
}

// noteShut remembers that a port has stopped listening, and says whether that is new.
func (p *pool) noteShut(port Port) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut[port] {
		return false
	}
	if p.shut == nil {
		p.shut = make(map[Port]bool)
	}
	p.shut[port] = true
	return true
}

// shutPorts returns the numbers of the ports that have stopped listening in a
// pod that is being deleted, where they do not listen again.
func (p *pool) shutPorts() []uint16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []uint16
	for port := range p.shut {
		if n := p.to.Ports[port].Number; n != 0 && p.to.Terminating {
			out = append(out, n)
		}
	}
	return out
}

// retry lets the pool open sessions again after an attempt that failed.
func (p *pool) retry() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = false
	p.tellLocked()
}

func (p *pool) tellLocked() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// setSilent notes whether a member answers, and for how long its last answer
// took; 0 leaves that as it was.
func (p *pool) setSilent(m *member, silent bool, latency time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if latency > 0 {
		m.latency = latency
	}
	if m.silent == silent {
		return
	}
	m.silent = silent
	if silent {
		signal(p.more)
	}
	signal(p.swept)
	p.tellLocked()
}

// condition is how a pool stands.
type condition struct {
	left    []*member // sessions that have ended or take no more connections
	alive   int       // sessions that remain
	silent  int       // of these, those that do not answer
	held    int       // and those that have been held up for heldLong
	lacks   bool      // another was needed and did not come
	refusal *Error    // why; nil when it may still come
}

// sweep takes the sessions out that are of no more use, which are its caller's
// from then on.
func (p *pool) sweep() condition {
	p.mu.Lock()
	defer p.mu.Unlock()
	var c condition
	p.members = slices.DeleteFunc(p.members, func(m *member) bool {
		if m.unusable() {
			c.left = append(c.left, m)
			return true
		}
		c.alive++
		switch {
		case m.silent:
			c.silent++
		case m.heldLong():
			c.held++
		}
		return false
	})
	if c.silent+c.held < c.alive && p.surveyLocked().fit > 0 {
		p.refusal = nil
	}
	c.lacks, c.refusal = p.refusal != nil || p.late > 0, p.refusal
	if len(c.left) > 0 {
		p.tellLocked()
		if c.alive > 0 {
			signal(p.more)
		}
	}
	return c
}

// trim takes out the sessions that have been idle for long: of those without
// connections one is kept. One that has left a connection unheard is taken out as soon
// as it has none and another serves: it takes none any more, and others may want its
// place at the API server.
func (p *pool) trim(now time.Time) []*member {
	p.mu.Lock()
	defer p.mu.Unlock()
	idle, fit := 0, p.surveyLocked().fit
	spent := func(m *member) bool { return fit > 0 && m.session.Load().Unheard > heldLong }
	for _, m := range p.members {
		switch {
		case m.session.Load().Streams > 0:
			m.idle = time.Time{}
		case m.idle.IsZero():
			m.idle = now
		}
		if !m.idle.IsZero() && !spent(m) {
			idle++
		}
	}
	var out []*member
	for i := len(p.members) - 1; i >= 0; i-- {
		m := p.members[i]
		switch {
		case m.idle.IsZero():
			continue
		case spent(m):
		case idle > 1 && now.Sub(m.idle) >= spareFor:
			idle--
		default:
			continue
		}
		out = append(out, m)
		p.members = slices.Delete(p.members, i, i+1)
	}
	return out
}

// shun lets nothing new on the sessions, nor new sessions into the pool. It
// returns them; they stay the pool's.
func (p *pool) shun() []*member {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	for _, m := range p.members {
		m.silent = true
	}
	p.tellLocked()
	return slices.Clone(p.members)
}

// close lets the pool take no more sessions and returns those it has, which are
// its caller's from then on.
func (p *pool) close() []*member {
	p.mu.Lock()
	defer p.mu.Unlock()
	ms := p.members
	p.over, p.members = true, nil
	p.tellLocked()
	return ms
}

// told is what a status tells of a pool: its transport, how long its latest
// session took to open and how long the last answer took.
func (p *pool) told() (transport string, took, latency time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.members {
		transport, took = m.transport, m.took
		if m.latency > 0 {
			latency = m.latency
		}
	}
	return transport, took, latency
}

// took is how long the first session took to open; 0 if it is gone.
func (p *pool) took() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.members) == 0 {
		return 0
	}
	return p.members[0].took
}

// all returns the sessions.
func (p *pool) all() []*member {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.members)
}
