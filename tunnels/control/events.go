package control

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// The messages of GET /v1/events and POST /v1/hold.
const (
	newsTunnels  = "tunnels"
	newsProfiles = "profiles"
	newsSettings = "settings"
	newsEvent    = "event"
	newsDropped  = "dropped"
	newsHeld     = "held"
	newsLeaving  = "leaving"
)

// Tunnels is the news of tunnels in a stream: all of them at first, then what has
// become another.
type Tunnels struct {
	Whole   bool     `json:"whole,omitempty"` // Tunnels are all, in their order
	Tunnels []Status `json:"tunnels"`         // those that are new or have changed
	Removed []string `json:"removed,omitempty"`
	Order   []string `json:"order,omitempty"` // the IDs of all, where the order has changed
}

// Profiles is the news of profiles: all of them.
type Profiles struct {
	Profiles []Profile `json:"profiles"`
}

// Dropped says how many events were left out, as the reader was too slow.
type Dropped struct {
	Events int `json:"events"`
}

// feed is what one stream has to tell next.
type feed struct {
	events   *queue // its more tells of the others too
	settings bool   // they are to be looked at

	mu       sync.Mutex
	snapshot tunnels.Snapshot
	profiles []profiles.Profile
	news     map[string]bool // of these
}

// events answers GET /v1/events.
func (s *Server) events(w http.ResponseWriter, r *http.Request, e Engine) {
	of := strings.Split(r.URL.Query().Get("of"), ",")
	known := []string{newsTunnels, newsProfiles, newsSettings, newsEvent}
	for _, name := range of {
		if !slices.Contains(known, name) {
			refuse(w, http.StatusBadRequest, says("the query's of is a list of "+strings.Join(known, ", ")))
			return
		}
	}
	st, end := s.openStream(w)
	if st == nil {
		return
	}
	defer end()
	ctx, cancel := context.WithCancel(r.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	f := &feed{events: newQueue(), news: make(map[string]bool)}
	contained := func(fn func()) func() { // the stream ends with it, and is asked for again
		return s.crashes.Contained("telling another process", fn, func(*crash.Panic) { cancel() })
	}
	for _, name := range of {
		f.follow(ctx, &wg, name, e, s.warn, contained)
	}
	_ = s.tell(ctx, st, f, e) // who is cut off has other worries
}

// tell sends what there is to tell until the stream ends.
func (s *Server) tell(ctx context.Context, st *stream, f *feed, e Engine) error {
	beat, look := time.NewTicker(s.limits.beat), time.NewTicker(s.limits.look)
	defer beat.Stop()
	defer look.Stop()
	t := teller{st: st, feed: f, engine: e}
	if err := st.flush(); err != nil { // who asks is told that it has begun
		return err
	}
	for {
		if err := t.add(); err != nil {
			return err
		}
		if st.buf.Len() > 0 {
			if err := st.flush(); err != nil {
				return err
			}
		}
		select {
		case <-f.events.more:
		case <-look.C:
		case <-beat.C:
			if err := st.flush(); err != nil {
				return err
			}
		case <-s.left:
			return st.send(newsLeaving, struct{}{})
		case <-ctx.Done():
			return nil
		}
	}
}

// teller knows what one stream was told last.
type teller struct {
	st       *stream
	feed     *feed
	engine   Engine
	tunnels  tunnels.Snapshot
	settings *workspace.Settings
	begun    bool
}

// add puts all that is new into the stream.
func (t *teller) add() error {
	f := t.feed
	f.mu.Lock()
	snapshot, all, isNew := f.snapshot, f.profiles, maps.Clone(f.news)
	clear(f.news)
	f.mu.Unlock()
	var errs []error
	if isNew[newsTunnels] {
		if n, some := difference(t.tunnels, snapshot, !t.begun); some {
			errs = append(errs, t.st.add(newsTunnels, n))
		}
		t.tunnels, t.begun = snapshot, true
	}
	if isNew[newsProfiles] {
		errs = append(errs, t.st.add(newsProfiles, Profiles{each(all, ProfileOf)}))
	}
	if f.settings {
		if now := t.engine.Settings(); t.settings == nil || !reflect.DeepEqual(*t.settings, now) {
			errs = append(errs, t.st.add(newsSettings, now))
			t.settings = &now
		}
	}
	list, dropped := f.events.take()
	for _, e := range list {
		errs = append(errs, t.st.add(newsEvent, EventOf(e)))
	}
	if dropped > 0 {
		errs = append(errs, t.st.add(newsDropped, Dropped{dropped}))
	}
	return errors.Join(errs...)
}

// difference returns what has become another; false means that nothing has.
func difference(old, now tunnels.Snapshot, whole bool) (Tunnels, bool) {
	if whole {
		return Tunnels{Whole: true, Tunnels: each(append(tunnels.Snapshot{}, now...), StatusOf)}, true
	}
	n := Tunnels{Tunnels: []Status{}}
	was := make(map[tunnels.ID]*tunnels.Status, len(old))
	for i := range old {
		was[old[i].Spec.ID] = &old[i]
	}
	order := len(old) != len(now)
	for i := range now {
		st := &now[i]
		before := was[st.Spec.ID]
		delete(was, st.Spec.ID)
		if before == nil || !reflect.DeepEqual(before, st) {
			n.Tunnels = append(n.Tunnels, StatusOf(*st))
		}
		order = order || old[i].Spec.ID != st.Spec.ID
	}
	for i := range old {
		if was[old[i].Spec.ID] != nil {
			n.Removed = append(n.Removed, string(old[i].Spec.ID))
		}
	}
	if order {
		n.Order = each(now, func(st tunnels.Status) string { return string(st.Spec.ID) })
	}
	return n, order || len(n.Tunnels) > 0
}

// follow keeps one kind of news up to date until ctx is done.
func (f *feed) follow(ctx context.Context, wg *sync.WaitGroup, name string, e Engine, warn func(error), contained func(func()) func()) {
	switch name {
	case newsTunnels:
		wg.Go(contained(func() {
			e.Watch(ctx, func(s tunnels.Snapshot) { f.set(name, func() { f.snapshot = s }) })
		}))
	case newsProfiles:
		wg.Go(contained(func() {
			e.WatchProfiles(ctx, func(ps []profiles.Profile) { f.set(name, func() { f.profiles = ps }) })
		}))
	case newsSettings:
		f.settings = true
	case newsEvent:
		wg.Go(contained(func() {
			if err := e.Follow(ctx, f.events.add); err != nil && ctx.Err() == nil {
				warn(err)
			}
		}))
	}
}

func (f *feed) set(name string, change func()) {
	defer signal(f.events.more)
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	f.news[name] = true
}
