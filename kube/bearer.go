package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"culvert/kube/keyring"
	"culvert/tunnels"
)

// How long a keyring is left alone that had no token, and one that was locked or
// hung: asking may bring up a window, but the user may have unlocked it.
const (
	askEmptyAgain  = 5 * time.Minute
	askLockedAgain = 20 * time.Second
)

// bearer is the token of one sign-in. It is fetched when it is first needed.
type bearer struct {
	keys    Secrets
	retried *atomic.Int64 // how often the keyring was asked anew
	key     string
	context Context

	turn  chan struct{} // holds a token while somebody uses what follows
	token string
	err   error     // why there is none
	until time.Time // how long that is taken for true
	after int64     // what retried was then
}

func newBearer(keys Secrets, retried *atomic.Int64, key string, context Context) *bearer {
	return &bearer{keys: keys, retried: retried, key: key, context: context, turn: make(chan struct{}, 1)}
}

// get returns the token, or an *tunnels.Error that asks to sign in. It waits for
// the keyring for as long as that may take, or until ctx is done.
func (b *bearer) get(ctx context.Context) (string, error) {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if b.token != "" {
		return b.token, nil
	}
	after := b.retried.Load()
	if b.err != nil && time.Now().Before(b.until) && b.after == after {
		return "", b.err
	}
	token, _, err := b.keys.Get(ctx, b.key)
	if ctx.Err() != nil && err != nil {
		return "", context.Cause(ctx)
	}
	again := askLockedAgain
	if errors.Is(err, keyring.ErrNotFound) {
		again = askEmptyAgain
	}
	b.token, b.err, b.until, b.after = token, b.explain(err), time.Now().Add(again), after
	return b.token, b.err
}

func (b *bearer) explain(err error) error {
	if err == nil {
		return nil
	}
	e := &tunnels.Error{
		Err:   fmt.Errorf("the sign-in for context %s is not kept here any more", b.context.Name),
		Hint:  signInAgain(b.context),
		Cause: tunnels.CauseSignIn, Permanent: true,
	}
	if known, ok := errors.AsType[*tunnels.Error](err); ok {
		e.Err = fmt.Errorf("the sign-in for context %s cannot be read: %w", b.context.Name, presentable(err))
		e.Hint = known.Hint + fmt.Sprintf(" Or sign in again: `culvert login --name %s %s`. Culvert then goes on by itself.", b.context.Name, howToSignIn(b.context))
	}
	return e
}

// wrap returns a round tripper that signs requests with the token.
func (b *bearer) wrap(next http.RoundTripper) http.RoundTripper { return &bearing{b, next} }

type bearing struct {
	bearer *bearer
	next   http.RoundTripper
}

func (t *bearing) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := t.bearer.get(req.Context())
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // as every round tripper has to
		}
		return nil, err
	}
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	return t.next.RoundTrip(req)
}

// WrappedRoundTripper lets the Kubernetes libraries find the transport below.
func (t *bearing) WrappedRoundTripper() http.RoundTripper { return t.next }

// signInAgain is the hint for a sign-in that has ended.
func signInAgain(c Context) string {
	return fmt.Sprintf("Sign in again: `culvert login --name %s %s`. Culvert then goes on by itself.", c.Name, howToSignIn(c))
}

// howToSignIn returns the arguments of culvert login that sign in as before.
func howToSignIn(c Context) string {
	switch {
	case c.With != WithPassword:
		return "--token-stdin"
	case contextName.MatchString(c.User): // the server has said it, and hints are copied into shells
		return "-u " + c.User
	}
	return "-u USER"
}

// signedInHint is what a hint about a kubeconfig says to who has signed in
// instead.
func signedInHint(hint string) string {
	if strings.Contains(hint, "certificate-authority-data") || strings.Contains(hint, "ask for a new kubeconfig") {
		return "Sign in again to see the server's certificate and to confirm it; a proxy that opens TLS shows this too."
	}
	return strings.NewReplacer(" in the kubeconfig", "", "proxy-url in the kubeconfig, ", "", "proxy-url or ", "").Replace(hint)
}
