package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// ended remembers how calls have ended, each under the name that its client has
// given to it, so that the client can ask.
type ended struct {
	mu   sync.Mutex
	how  map[string]string
	more chan struct{} // closed when another has ended
}

func newEnded() *ended { return &ended{how: make(map[string]string), more: make(chan struct{})} }

func (e *ended) tell(id, how string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.how[id] = how
	close(e.more)
	e.more = make(chan struct{})
}

// await returns how a call has ended, or "" when it has not when ctx is done.
func (e *ended) await(ctx context.Context, id string) string {
	for {
		e.mu.Lock()
		how, more := e.how[id], e.more
		e.mu.Unlock()
		if how != "" {
			return how
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ""
		}
	}
}

// ServeHTTP answers with how the call ?id= has ended, which it waits for.
func (e *ended) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 15*time.Second)
	defer cancel()
	how := e.await(ctx, r.URL.Query().Get("id"))
	if how == "" {
		http.Error(w, "it has not ended", http.StatusGatewayTimeout)
		return
	}
	fmt.Fprint(w, how)
}
