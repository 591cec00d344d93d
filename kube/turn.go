package kube

import (
	"context"
	"net/http"
	"sync"
)

// turn lets one request of a context at a time ask for credentials. The zero
// value is free.
type turn struct {
	once  sync.Once
	taken chan struct{} // holds a token while it is taken
}

// take waits for its turn, or returns the cause of the end of ctx. The turn ends
// with the first call of done.
func (t *turn) take(ctx context.Context) (done func(), err error) {
	t.once.Do(func() { t.taken = make(chan struct{}, 1) })
	select {
	case t.taken <- struct{}{}:
		return sync.OnceFunc(func() { <-t.taken }), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

type turnKey struct{}

// withTurn returns a request whose turn ends once it has its credentials.
func withTurn(req *http.Request, done func()) *http.Request {
	return req.WithContext(context.WithValue(req.Context(), turnKey{}, done))
}

// endsTurn is the round tripper below those that add credentials.
type endsTurn struct{ http.RoundTripper }

func (e endsTurn) RoundTrip(req *http.Request) (*http.Response, error) {
	if done, ok := req.Context().Value(turnKey{}).(func()); ok {
		done()
	}
	return e.RoundTripper.RoundTrip(req)
}
