package control

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
	"time"

	"culvert/tunnels"
)

// releaseWithin is how long tunnels may take to stop whose holder has gone.
const releaseWithin = 10 * time.Second

// Held says that tunnels are held.
type Held struct {
	Hold string `json:"hold"` // names it in DELETE /v1/hold/{hold}
}

// holds are the holds that are open, by their names.
type holds struct {
	mu  sync.Mutex
	all map[string]*holding
}

// holding is one hold. It is released once, by whoever comes first.
type holding struct {
	release func(context.Context) error
	once    sync.Once
	err     error
	done    chan struct{} // closed when it is released
}

func newHolds() *holds { return &holds{all: make(map[string]*holding)} }

func (h *holds) add(release func(context.Context) error) (string, *holding) {
	name, one := rand.Text(), &holding{release: release, done: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all[name] = one
	return name, one
}

func (h *holds) find(name string) *holding {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[name]
}

// release releases a hold and waits for it.
func (h *holds) release(ctx context.Context, name string) error {
	one := h.find(name)
	if one == nil {
		return &tunnels.Error{Op: "hold", Err: errors.New("it was released before"), Cause: tunnels.CauseNotFound, Permanent: true}
	}
	one.end(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, name)
	return one.err
}

func (h *holding) end(ctx context.Context) {
	h.once.Do(func() {
		h.err = h.release(ctx)
		close(h.done)
	})
}

// hold answers POST /v1/hold: it holds tunnels for as long as the answer is read.
func (s *Server) hold(w http.ResponseWriter, r *http.Request, e Engine, all *holds) {
	var in tunnelIDs
	if !decode(w, r, maxBytes, &in) {
		return
	}
	st, end := s.openStream(w)
	if st == nil {
		return
	}
	defer end()
	release, err := e.Hold(r.Context(), each(in.IDs, func(id string) tunnels.ID { return tunnels.ID(id) }))
	if err != nil {
		w.Header().Del("Cache-Control")
		failed(w, err)
		return
	}
	name, one := all.add(release)
	defer func() { // the connection has ended: that releases it too
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), releaseWithin)
		defer cancel()
		if all.find(name) == nil {
			return
		}
		if err := all.release(ctx, name); err != nil {
			s.warn(err)
		}
	}()
	_ = s.keepHeld(r.Context(), st, name, one) // who is cut off has other worries
}

// keepHeld returns when the hold has ended.
func (s *Server) keepHeld(ctx context.Context, st *stream, name string, one *holding) error {
	if err := st.send(newsHeld, Held{name}); err != nil {
		return err
	}
	beat := time.NewTicker(s.limits.beat)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			if err := st.flush(); err != nil {
				return err
			}
		case <-one.done:
			return nil
		case <-s.left:
			return st.send(newsLeaving, struct{}{})
		case <-ctx.Done():
			return nil
		}
	}
}
