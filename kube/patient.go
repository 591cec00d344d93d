package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"culvert/tunnels"
)

// What an answer may do, beside what the bounds allow.
const (
	// maxHeader is of all its header lines: API servers send a few hundred bytes.
	maxHeader = 256 << 10
	// maxTries is how many connections one request may open: HTTP/2 opens another
	// one by itself when the server closes it before it answers.
	maxTries = 4
	// leastProgress is what has to come in each answerTimeout of a list, so that a
	// byte in a second is no way to go on for ever.
	leastProgress = 1 << 10
)

var (
	errManyTries = errors.New("the server closes each connection before it answers")
	errNoAnswer  = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	errStopped   = errors.New("the server does not go on with its answer")
)

// patient is the round tripper next to the network: it bounds how long an answer
// takes to begin, wherever the server stops meanwhile, and then how slow it may be.
// A watch may be as slow as it likes.
type patient struct {
	next http.RoundTripper
	most time.Duration // until the header is there
}

type triesKey struct{}

func (p patient) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	begin := time.AfterFunc(p.most, func() { cancel(errNoAnswer) })
	defer begin.Stop()
	resp, err := p.next.RoundTrip(req.WithContext(context.WithValue(ctx, triesKey{}, new(atomic.Int32))))
	if err != nil {
		if req.Context().Err() == nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		cancel(nil)
		return nil, err
	}
	resp.Body = &answerBody{
		ReadCloser: resp.Body, ctx: ctx, cancel: cancel,
		watch: resp.StatusCode == http.StatusOK && req.URL.Query().Get("watch") == "true",
		least: leastProgress,
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		resp.Body.(*answerBody).least = 1 << 30 // all of an error has to come in time
	}
	return resp, nil
}

// counted is a dialer that ends a request's attempts after some.
func counted(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if tries, ok := ctx.Value(triesKey{}).(*atomic.Int32); ok && tries.Add(1) > maxTries {
			return nil, errManyTries
		}
		return dial(ctx, network, address)
	}
}

// answerBody is the body of an answer. The time that reads wait for so many bytes is
// bounded; the time between them is the reader's own. One goroutine reads.
type answerBody struct {
	io.ReadCloser
	ctx    context.Context // of the answer
	cancel context.CancelCauseFunc
	watch  bool
	least  int64

	waited time.Duration // for what has come since
	come   int64
}

func (b *answerBody) Read(p []byte) (int, error) {
	if b.watch {
		return b.ReadCloser.Read(p)
	}
	began := time.Now()
	late := time.AfterFunc(answerTimeout-b.waited, func() { b.cancel(errStopped) })
	n, err := b.ReadCloser.Read(p)
	late.Stop()
	b.waited += time.Since(began)
	if b.come += int64(n); b.come >= b.least {
		b.come, b.waited = 0, 0
	}
	if err != nil && !errors.Is(err, io.EOF) && errors.Is(context.Cause(b.ctx), errStopped) {
		err = errStopped
	}
	return n, err
}

func (b *answerBody) Close() error {
	defer b.cancel(nil)
	return b.ReadCloser.Close()
}

// explainAnswer judges how a server answers, whatever it says.
func (cl *cluster) explainAnswer(e *tunnels.Error, err error) bool {
	where := cl.context.Server
	text := err.Error()
	e.Cause = tunnels.CauseProtocol
	e.Hint = "Culvert tries again by itself; check the server's URL in the kubeconfig, and look for a proxy on the way, if it lasts."
	switch {
	case errors.Is(err, errManyTries):
		e.Err = fmt.Errorf("%s closes each connection before it answers", where)
	case errors.Is(err, errStopped), errors.Is(err, errNoTurn):
		e.Cause = tunnels.CauseUnreachable
		e.Err = fmt.Errorf("%s does not go on with its answer", where)
		e.Hint = "Check the network or VPN, and that the cluster runs."
	case strings.Contains(text, "response headers exceeded"), strings.Contains(text, "response header list larger than"):
		e.Err = fmt.Errorf("%s answers with headers that are too large", where)
	case strings.Contains(text, "malformed HTTP"), strings.Contains(text, "malformed MIME header"), strings.Contains(text, "too many 1xx"):
		e.Err = fmt.Errorf("%s answers with what is no HTTP: %s", where, firstLine(text, false))
	case strings.Contains(text, "connection error: "), strings.Contains(text, "stream error: "):
		e.Err = fmt.Errorf("%s breaks HTTP/2: %s", where, firstLine(text, false))
	default:
		e.Cause, e.Hint = tunnels.CauseUnknown, ""
		return false
	}
	return true
}
