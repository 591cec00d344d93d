package tunnels

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"culvert/tunnels/crash"
)

// Options are the manager's surroundings. The zero value is ready to use.
type Options struct {
	// Events, when set, is called with each event, in order and never
	// concurrently, until Close, see [Manager.Follow].
	Events func(Event)
	// Listen binds one local address; nil binds the machine's own. Its errors
	// are those of net.ListenConfig.Listen.
	Listen func(ctx context.Context, addr netip.AddrPort) (net.Listener, error)
	// FINHold is how long the end of a client's input is kept back while the
	// pod is still answering; 0 means 10 s. Containerd cuts an answer one
	// second after it sees the end of the input.
	FINHold time.Duration
	// Crashes contains panics and reports them; nil contains them only.
	Crashes *crash.Reporter
}

// Manager keeps tunnels. Make one with [NewManager] and Close it at the end.
type Manager struct {
	backend   Backend
	opts      Options
	crashes   *crash.Reporter
	claims    *claims
	followers followers
	feed      feed
	connID    atomic.Uint64
	clock     func() moment
	looked    atomic.Pointer[moment] // when overslept was last asked
	sure      atomic.Int64           // on the monotonic clock: when it is known what a sleep has ended
	rest      context.CancelFunc     // ends the lookout
	resting   chan struct{}          // closed when it has ended

	mu      sync.Mutex
	order   []ID
	tunnels map[ID]*tunnel
	closed  bool
}

// NewManager returns a manager without tunnels. It owns goroutines until Close.
func NewManager(b Backend, o Options) *Manager {
	if o.Listen == nil {
		o.Listen = listenTCP
	}
	if o.FINHold == 0 {
		o.FINHold = 10 * time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &Manager{
		backend: b,
		opts:    o,
		crashes: o.Crashes,
		claims:  newClaims(),
		clock:   clocks(),
		rest:    cancel,
		resting: make(chan struct{}),
		tunnels: make(map[ID]*tunnel),
	}
	start := m.clock()
	m.looked.Store(&start)
	if o.Events != nil {
		q := newEventQueue(o.Events, m.crashes)
		m.followers.join(q)
		go m.crashes.Guard("telling events", func() { q.run(context.Background()) }) // until Close
	}
	go m.crashes.Guard("the lookout", func() {
		defer close(m.resting)
		m.keepLookout(ctx)
	})
	return m
}

// Put adds a tunnel, stopped and behind the others, or replaces the spec of the
// one with the same ID. A running tunnel whose target or mappings change is
// stopped and started again with its random ports kept; Put then blocks until
// the new listeners are bound, about a second at most. Where nothing but local
// ports becomes another number, the listeners alone change and connections go on. One whose StopAfter changes
// has that time from now on. The error is of CauseInvalid, and then nothing has
// changed.
func (m *Manager) Put(spec Spec) error { return m.PutBefore(spec, "") }

// Remove stops a tunnel, as Stop does, and forgets it. When ctx ends earlier
// the tunnel is stopped and of no use, and Remove has to be called again.
func (m *Manager) Remove(ctx context.Context, id ID) error {
	t, err := m.find(id)
	if err != nil {
		return err
	}
	if err := t.remove(ctx); err != nil {
		return err
	}
	m.forget(t)
	m.feed.notify()
	return nil
}

// forget drops a tunnel that has been removed, and not a new one under its ID.
func (m *Manager) forget(t *tunnel) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tunnels[t.id] == t {
		delete(m.tunnels, t.id)
		m.order = slices.DeleteFunc(m.order, func(o ID) bool { return o == t.id })
	}
}

// Move gives a tunnel another place in the order of [Snapshot]: right before
// another tunnel or, where before is empty, behind all. The tunnel itself is left
// alone. Move does not wait. An error means that one of the two does not exist,
// and then nothing has changed.
func (m *Manager) Move(id, before ID) error {
	err := m.move(id, before)
	if err == nil {
		m.feed.notify()
	}
	return err
}

func (m *Manager) move(id, before ID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tunnels[id] == nil {
		return noSuch(id)
	}
	if before != "" && m.tunnels[before] == nil {
		return noSuch(before)
	}
	if id == before {
		return nil
	}
	order := slices.DeleteFunc(m.order, func(o ID) bool { return o == id })
	to := len(order)
	if before != "" {
		to = slices.Index(order, before)
	}
	m.order = slices.Insert(order, to, id)
	return nil
}

// Start starts a tunnel; a running one is left alone. It returns once binding
// the listeners has been tried. A failed bind is no error but state: it is
// shown and tried again. An error means that there is no such tunnel, that ctx
// ended while waiting for a Stop, or that the manager is closed.
func (m *Manager) Start(ctx context.Context, id ID) error {
	t, err := m.find(id)
	if err != nil {
		return err
	}
	return t.start(ctx)
}

// Stop stops a tunnel and returns once its ports are free, its connections are
// cut and all its goroutines have ended; that takes less than a second. When
// ctx ends earlier, the tunnel goes on stopping and ctx's error is returned.
func (m *Manager) Stop(ctx context.Context, id ID) error {
	t, err := m.find(id)
	if err != nil {
		return err
	}
	return t.halt(ctx)
}

// Kick makes a running tunnel try again at once whatever it waits for, and
// replaces its session if it has one. The ports stay bound. It does not wait.
func (m *Manager) Kick(id ID) {
	if t, err := m.find(id); err == nil {
		t.kick()
	}
}

// Snapshot returns all tunnels as they are now.
func (m *Manager) Snapshot() Snapshot {
	ts := m.all()
	s := make(Snapshot, len(ts))
	for i, t := range ts {
		s[i] = t.status()
	}
	return s
}

// all returns the tunnels in their order.
func (m *Manager) all() []*tunnel {
	m.mu.Lock()
	defer m.mu.Unlock()
	ts := make([]*tunnel, len(m.order))
	for i, id := range m.order {
		ts[i] = m.tunnels[id]
	}
	return ts
}

// Connections returns the connections of a tunnel that are not over, oldest
// first.
func (m *Manager) Connections(id ID) []Conn {
	t, err := m.find(id)
	if err != nil {
		return nil
	}
	if r := t.running(); r != nil {
		return r.list()
	}
	return nil
}

// Recent returns the connections of a running tunnel that have ended last, at
// most 64, newest first.
func (m *Manager) Recent(id ID) []Conn {
	t, err := m.find(id)
	if err != nil {
		return nil
	}
	if r := t.running(); r != nil {
		return r.recent()
	}
	return nil
}

// Close stops all tunnels, as Stop does, and waits for them and, at most a
// second, for the last event to be delivered. Afterwards the manager holds its specs but starts
// nothing any more.
func (m *Manager) Close() {
	m.noteClosed()
	m.rest()
	<-m.resting
	var wg sync.WaitGroup
	for _, t := range m.all() {
		wg.Go(m.crashes.Contained("stopping a tunnel", func() { _ = t.remove(context.Background()) }, nil))
	}
	wg.Wait()
	m.followers.close()
}

func (m *Manager) noteClosed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
}

func (m *Manager) find(id ID) (*tunnel, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.tunnels[id]; ok {
		return t, nil
	}
	return nil, noSuch(id)
}

func noSuch(id ID) *Error {
	return &Error{Err: fmt.Errorf("there is no tunnel %q", id), Cause: CauseInvalid, Permanent: true}
}

// title names a tunnel in a message about another one.
func (m *Manager) title(id ID) string {
	t, err := m.find(id)
	if err != nil {
		return string(id)
	}
	return t.status().Spec.Title()
}

var (
	errClosed  = &Error{Err: errors.New("the tunnels have been closed"), Cause: CauseInvalid, Permanent: true}
	errRemoved = &Error{Err: errors.New("the tunnel has been removed"), Cause: CauseInvalid, Permanent: true}
)
